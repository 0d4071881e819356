//! Two organisations become partners: only the screens, and six words over the telephone.

use erikti_tests::browser::{self, Browser};
use erikti_tests::process::Member;

use crate::flows::people;
use crate::world;

#[test]
fn two_administrators_become_partners_and_see_the_same_six_words() {
    if !browser::available() {
        return;
    }
    for (language, hand) in people() {
        let mut inviting = Member::init("Қоңырау", &[]);
        let mut invited = Member::init("Колокол", &[]);
        inviting.start();
        invited.start();
        let here = Browser::start(&inviting.pages, language, hand);
        let there = Browser::start(&invited.pages, language, hand);
        for (browser, member) in [(&here, &inviting), (&there, &invited)] {
            world::become_administrator(browser, member);
            browser.follow(&browser.say("nav-partners"));
        }

        here.press(&here.say("invite-do"));
        here.sees(&here.say("words-title"));
        let link = here.written(&here.say("accept-link"));
        assert!(link.starts_with("erikti:"), "{link}");

        there.fill(&there.say("accept-link"), &link);
        there.press(&there.say("accept-look"));
        there.sees(&there.say("words-title"));
        there.sees(&inviting.name);
        world::keeps_nobody_out(&there);
        let words = here.texts("#words li");
        assert_eq!(words.len(), 6, "{words:?}");
        assert_eq!(there.texts("#words li"), words);

        there.press(&there.say("invited-accept"));
        there.sees(&there.say("invitation-partners"));
        there.follow(&there.say("nav-partners"));
        there.sees(&inviting.name);
        here.follow(&here.say("nav-partners"));
        here.until("the one who invited sees the other", || {
            here.open("/admin/partners");
            here.reads().contains(&invited.name).then_some(())
        });
    }
}
