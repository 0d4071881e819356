//! What every page has: a language, a way past the frame, room on a small screen.

use erikti_node::text::Language;
use erikti_tests::browser::{self, Browser, Hand};
use erikti_tests::process::Member;

#[test]
fn a_page_speaks_the_language_that_the_browser_asks_for() {
    if !browser::available() {
        return;
    }
    let mut member = Member::init("Ерікті", &[]);
    member.start();
    for language in Language::OFFERED {
        for hand in Hand::ALL {
            let browser = Browser::start(&member.pages, language, hand);
            browser.open("/about");
            browser.sees(&browser.say("about-node"));
            browser.resize(320, 640);
            assert_eq!(browser.layout_faults(), Vec::<String>::new());
            let walk = browser.walk();
            assert!(walk.stops >= 4 && walk.missed.is_empty(), "{walk:?}");
        }
    }
}
