//! A certificate that somebody hands over: who issued it, and whether a word of it was changed.

use erikti_protocol::kind;
use erikti_tests::browser::{self, Browser};
use erikti_tests::process::Member;
use serde_json::Value;

use crate::flows::people;
use crate::world;

#[test]
fn a_good_credential_is_told_from_a_tampered_one() {
    if !browser::available() {
        return;
    }
    let mut member = Member::init("Алғыс", &[]);
    member.start();
    let made = member.ask(&["record", "new", "credential", "--from", &sample(&member)]);
    let id = made["id"].as_str().unwrap_or_default().to_owned();
    let file = member.data().with_file_name("bundle.json");
    let path = file.to_str().expect("a path in UTF-8").to_owned();
    member.ask(&["record", "export", &id, "--bundle", "--out", &path]);
    let good = std::fs::read_to_string(&file).expect("an exported bundle");
    let tampered = good.replacen("\"48\"", "\"84\"", 1);
    assert_ne!(good, tampered, "{good}");
    let tampered_file = file.with_file_name("tampered.json");
    std::fs::write(&tampered_file, &tampered).expect("a file beside the node's folder");

    for (language, hand) in people() {
        let browser = Browser::start(&member.pages, language, hand);
        browser.open("/");
        browser.follow(&browser.say("nav-verify"));
        browser.attach(&browser.say("verify-file"), &file);
        browser.press(&browser.say("verify-do"));
        browser.sees(&browser.say("verdict-steps"));
        browser.sees(&member.name);
        assert!(
            browser.texts("#verdict > .notice.good").len() == 1,
            "{}",
            browser.scene()
        );
        world::keeps_nobody_out(&browser);

        browser.attach(&browser.say("verify-file"), &tampered_file);
        browser.press(&browser.say("verify-do"));
        browser.until("the change is found", || {
            (browser.texts("#verdict > .notice.bad").len() == 1).then_some(())
        });
        world::keeps_nobody_out(&browser);

        // Pasted instead of given as a file.
        browser.fill(&browser.say("verify-text"), &record_of(&good));
        browser.press(&browser.say("verify-do"));
        browser.until("a record alone is judged too", || {
            (browser.texts("#verdict > .notice.bad").is_empty()).then_some(())
        });
    }
}

/// A file with the kind's own sample.
fn sample(member: &Member) -> String {
    let kind = kind::by_name("credential").expect("a kind of ours");
    let file = member.data().with_file_name("credential.json");
    let mut sample = (kind.sample)();
    sample.extend((kind.sample_extra)());
    std::fs::write(&file, Value::Object(sample).to_string())
        .expect("a file beside the node's folder");
    file.to_str().expect("a path in UTF-8").to_owned()
}

/// The record alone, without what proves where it is logged.
fn record_of(bundle: &str) -> String {
    let bundle: Value = serde_json::from_str(bundle).expect("a bundle is JSON");
    bundle["record"].to_string()
}
