//! The first administrator: one link, once.

use erikti_tests::browser::{self, Browser};
use erikti_tests::process::Member;

use crate::flows::people;
use crate::world;

#[test]
fn the_first_administrator_comes_in_by_a_link_that_works_once() {
    if !browser::available() {
        return;
    }
    for (language, hand) in people() {
        let mut member = Member::init("Ерікті Центр", &[]);
        member.start();
        let link = member.first_administrator.clone();
        let browser = Browser::start(&member.pages, language, hand);
        browser.open(&link);
        world::keeps_nobody_out(&browser);
        world::fill_in_first(&browser);
        browser.arrives("/account");
        browser.sees(&browser.say("nav-health"));

        // Out, and in again with what was chosen.
        browser.press(&browser.say("sign-out"));
        browser.misses(&browser.say("nav-health"));
        world::sign_in(&browser);
        browser.sees(&browser.say("nav-health"));

        // Whoever finds the link later comes too late.
        let late = Browser::start(&member.pages, language, hand);
        late.expect_status(404);
        late.expect_status(410);
        late.open(&link);
        assert!(!late.offers(&late.say("link-do")), "{}", late.scene());
        world::keeps_nobody_out(&late);
    }
}
