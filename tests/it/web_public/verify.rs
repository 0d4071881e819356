//! The page where somebody shows a credential.

use std::fs;

use erikti_node::desk::verify::SHOWN_BYTES_MAX;
use erikti_node::text::Language;
use erikti_protocol::kind::credential;
use erikti_tests::http::Answer;
use erikti_tests::process::Member;
use erikti_tests::shared;
use serde_json::Value;

use super::{browser, id_of, member, opportunity};

/// Shows a text, as somebody without scripts does.
fn show(member: &Member, text: &str) -> Answer {
    let mut browser = browser(member, Language::English);
    let form = browser.get("/verify").form("/verify");
    let answer = browser.submit(&form.fill("text", text));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

fn verdict(answer: &Answer) -> String {
    answer
        .texts("#verdict-title")
        .pop()
        .unwrap_or_else(|| panic!("no verdict: {}", answer.text()))
}

fn files(member: &Member, id: &str, name: &str) -> String {
    let answer = browser(member, Language::English).get(&format!("/records/{id}/files/{name}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// Issues a credential that everybody may read.
fn issue(member: &Member, until: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("credential.json");
    let mut members = (credential::KIND.sample)();
    members.extend((credential::KIND.sample_extra)());
    members.insert("validUntil".to_owned(), Value::from(until));
    fs::write(&path, Value::Object(members).to_string()).expect("the file can be written");
    let path = path.to_str().expect("a path");
    id_of(&member.ask(&[
        "record",
        "new",
        "credential",
        "--from",
        path,
        "--readers",
        "public",
    ]))
}

#[test]
fn a_genuine_credential_is_told_from_a_tampered_and_an_expired_one() {
    let member = member("Issuer");
    let id = issue(&member, "2099-01-01T00:00:00Z");
    let record = files(&member, &id, "record.json");
    let good = show(&member, &record);
    assert!(
        verdict(&good).ends_with("Genuine and in force"),
        "{}",
        verdict(&good)
    );
    assert!(
        good.texts(".steps li.good p")
            .iter()
            .any(|text| text == "It was issued by Issuer.")
    );
    assert!(good.texts("#verdict dd a").contains(&"Issuer".to_owned()));

    let tampered = record.replacen("2099-01-01", "2098-01-01", 1);
    assert_ne!(tampered, record);
    let bad = show(&member, &tampered);
    assert!(verdict(&bad).ends_with("Do not rely on it"));
    assert!(bad.texts("#verdict strong")[0].starts_with("The signature does not fit"));

    // How it is spaced says nothing.
    let value: Value = serde_json::from_str(&record).expect("a record is JSON");
    let spaced = serde_json::to_string_pretty(&value).expect("JSON is written");
    assert!(verdict(&show(&member, &spaced)).ends_with("Genuine and in force"));

    let old = issue(&member, "2026-01-02T00:00:00Z");
    let old = show(&member, &files(&member, &old, "record.json"));
    assert!(
        verdict(&old).ends_with("Do not rely on it"),
        "{}",
        verdict(&old)
    );
    assert!(old.texts("#verdict strong")[0].starts_with("It expired"));
}

#[test]
fn what_was_replaced_or_erased_is_said_to_be() {
    let member = member("Changes");
    let id = opportunity(&member, &["title.en=First"]);
    let first = files(&member, &id, "record.json");
    member.ask(&[
        "record",
        "new",
        "opportunity",
        "--id",
        &id,
        "--set",
        "title.en=Second",
    ]);
    let answer = show(&member, &first);
    assert!(verdict(&answer).ends_with("Look closer"));
    assert_eq!(
        answer.texts("#verdict .notice strong"),
        ["This is version 1. The organisation has replaced it with version 2."]
    );
    member.ask(&["erase", &id, "--reason", "holder_request"]);
    let answer = show(&member, &first);
    assert!(verdict(&answer).ends_with("Do not rely on it"));
    let by_id = browser(&member, Language::English).get(&format!("/verify?id={id}"));
    assert!(by_id.texts(".notice.bad strong")[0].contains("erased"));
}

#[test]
fn a_bundle_proves_itself_and_a_stranger_stays_unknown() {
    let issuer = member("Issuer");
    let stranger = member("Stranger");
    let id = opportunity(&issuer, &["title.en=Plant trees"]);
    let bundle = files(&issuer, &id, "bundle.json");
    assert!(verdict(&show(&issuer, &bundle)).ends_with("Genuine and in force"));
    let cut = &bundle[..bundle.len() / 2];
    assert!(verdict(&show(&issuer, cut)).ends_with("Do not rely on it"));
    let elsewhere = show(&stranger, &bundle);
    assert!(
        verdict(&elsewhere).ends_with("Look closer"),
        "{}",
        verdict(&elsewhere)
    );
    assert!(elsewhere.texts("#verdict .notice strong")[0].contains("no accreditation"));
    let alone = show(&stranger, &files(&issuer, &id, "record.json"));
    assert!(verdict(&alone).ends_with("Look closer"));
    assert!(alone.texts("#verdict .notice strong")[0].contains("does not know the key"));
}

#[test]
fn what_cannot_be_checked_here_is_not_called_good() {
    let member = member("Foreign");
    let unsigned = r#"{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"https://a.example","name":"A & <i>B</i>"},"credentialSubject":{"achievement":{"name":"Teamwork"}}}"#;
    let answer = show(&member, unsigned);
    assert!(verdict(&answer).ends_with("Do not rely on it"));
    assert!(
        answer
            .texts("#verdict dd")
            .contains(&"A & <i>B</i>".to_owned())
    );
    for (text, says) in [
        (
            "no json at all, but long enough to be no id either",
            "Do not rely on it",
        ),
        ("{\"a\":1}", "Do not rely on it"),
    ] {
        assert!(verdict(&show(&member, text)).ends_with(says), "{text}");
    }
    // As large as a file may be that is checked here.
    let large = format!("{{\"a\":\"{}\"}}", "b".repeat(SHOWN_BYTES_MAX - 8));
    assert!(verdict(&show(&member, &large)).ends_with("Do not rely on it"));
    let refused = show(&member, "   ");
    assert!(refused.texts("#verdict-title").is_empty());
    let Some(folder) = shared::path("data/credentials/ob3") else {
        return;
    };
    for (name, says) in [
        ("simple.json", "Cannot be checked here"),
        ("simple-noproof.json", "Do not rely on it"),
        ("simple-err-expired.json", "Do not rely on it"),
        ("simple.jwt", "Cannot be checked here"),
    ] {
        let text = fs::read_to_string(folder.join(name)).expect("the file can be read");
        assert!(
            verdict(&show(&member, &text)).ends_with(says),
            "{name}: {}",
            verdict(&show(&member, &text))
        );
    }
}
