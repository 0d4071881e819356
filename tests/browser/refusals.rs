//! Pages that say no: what was typed was wrong, somebody else was faster, or there is nothing there any more.

use erikti_node::text::Language;
use erikti_tests::browser::{self, Browser, Hand};
use erikti_tests::process::Member;

use crate::world::{self, keeps_nobody_out};

#[test]
fn pages_that_refuse_keep_nobody_out_either() {
    if !browser::available() {
        return;
    }
    for language in Language::OFFERED {
        let mut member = Member::init("Бас тарту", &[]);
        member.start();
        let browser = Browser::start(&member.pages, language, Hand::Mouse);
        for status in [400, 401, 404, 409, 410, 422] {
            browser.expect_status(status);
        }
        browser.open("/nowhere");
        keeps_nobody_out(&browser);

        browser.open("/signin");
        browser.fill(&browser.say("account-field-name"), "nobody");
        browser.fill(&browser.say("account-field-password"), "not this one");
        browser.press(&browser.say("sign-in"));
        browser.sees(&browser.say("sign-in-wrong"));
        keeps_nobody_out(&browser);

        world::become_administrator(&browser, &member);
        browser.open("/manage/records/new/opportunity");
        browser.press(&browser.say("form-publish"));
        browser.sees(&browser.count("form-faults", 1));
        keeps_nobody_out(&browser);

        browser.open("/admin/partners");
        browser.fill(&browser.say("accept-link"), "erikti:nothing");
        browser.press(&browser.say("accept-look"));
        keeps_nobody_out(&browser);

        // Two change the title; the one who comes second chooses.
        let title = |title: &str| format!("title.kk={title}");
        let made = member.ask(&["record", "new", "opportunity", "--set", &title("Бірінші")]);
        let id = made["id"].as_str().expect("an id");
        browser.open(&format!("/manage/records/{id}/edit"));
        world::fill_title(&browser, "Менікі");
        member.ask(&[
            "record",
            "new",
            "opportunity",
            "--id",
            id,
            "--set",
            &title("Басқаныкі"),
        ]);
        browser.press(&browser.say("form-publish"));
        browser.sees(&browser.say("conflict-title"));
        keeps_nobody_out(&browser);

        member.ask(&["erase", id, "--reason", "mistake"]);
        browser.open(&format!("/opportunities/{id}"));
        keeps_nobody_out(&browser);
        let complaints = browser.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}
