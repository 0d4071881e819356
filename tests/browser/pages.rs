//! Pages as axe-core sees them: what keeps people out of them, and what sticks out of a small screen.

use erikti_node::text::Language;
use erikti_protocol::kind;
use erikti_tests::browser::{self, Axe, Browser, Hand};
use erikti_tests::demo::Demo;

use super::world;

#[test]
fn the_form_of_every_kind_keeps_nobody_out() {
    let Some(axe) = Axe::load().filter(|_| browser::available()) else {
        return;
    };
    let demo = Demo::start();
    let browser = Browser::start(&demo.pages[1], Language::Kazakh, Hand::Mouse);
    // Some kinds are made elsewhere than in a form.
    browser.expect_status(403);
    browser.open(&demo.link);
    world::fill_in_first(&browser);
    browser.resize(360, 800);
    let mut forms = 0;
    for kind in kind::all() {
        browser.open(&format!("/manage/records/new/{}", kind.name));
        forms += usize::from(browser.offers(&browser.say("form-publish")));
        assert_eq!(
            axe.findings(&browser),
            Vec::<String>::new(),
            "{}",
            kind.name
        );
        assert_eq!(
            browser.layout_faults(),
            Vec::<String>::new(),
            "{}",
            kind.name
        );
    }
    assert!(forms >= 5, "{forms} kinds have a form");
}
