//! Searching: Kazakh grows at the end of its words, so the beginning of a word finds all of its forms.

use erikti_tests::browser::{self, Browser};
use erikti_tests::process::{Member, until};

use crate::flows::people;
use crate::world;

#[test]
fn the_beginning_of_a_kazakh_word_finds_its_forms() {
    if !browser::available() {
        return;
    }
    let mut member = Member::init("Оқырман", &[]);
    member.start();
    for title in [
        "Кітапханада балалармен бірге оқу",
        "Кітапханаға сөре жасау",
        "Өзен жағасын тазалау",
    ] {
        member.ask(&[
            "record",
            "new",
            "opportunity",
            "--set",
            &format!("title.kk={title}"),
        ]);
    }
    until("what was published can be found", || {
        let found = member.ask(&["record", "list", "--kind", "opportunity"]);
        found["records"]
            .as_array()
            .is_some_and(|all| all.len() == 3)
    });
    for (language, hand) in people() {
        let browser = Browser::start(&member.pages, language, hand);
        browser.open("/");
        browser.sees("Өзен жағасын тазалау");
        browser.fill(&browser.say("filter-words"), "кітапх");
        browser.press(&browser.say("search"));
        browser.sees("Кітапханада балалармен бірге оқу");
        browser.sees("Кітапханаға сөре жасау");
        browser.misses("Өзен жағасын тазалау");
        browser.sees(&browser.count("opportunities-found", 2));
        world::keeps_nobody_out(&browser);

        browser.fill(&browser.say("filter-words"), "жоқ нәрсе");
        browser.press(&browser.say("search"));
        browser.sees(&browser.say("opportunities-none"));
        world::keeps_nobody_out(&browser);
    }
}
