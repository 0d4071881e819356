//! What programs are told of something that is shown to the node.

use erikti_node::desk::verify::SHOWN_BYTES_MAX;
use erikti_protocol::kind::credential;
use erikti_tests::process::Member;
use serde_json::{Value, json};

use super::wire::{Answer, Door};

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn running(name: &str) -> Member {
    let mut member = Member::init(name, &[]);
    member.start();
    member
}

/// Issues a credential and returns its id.
fn issue(door: &Door, readers: &str, until: &str) -> String {
    let mut subject = (credential::KIND.sample)();
    subject.extend((credential::KIND.sample_extra)());
    subject.insert("validUntil".to_owned(), Value::from(until));
    let body = json!({"kind": "credential", "subject": subject, "readers": readers});
    let made = door.post("/v1/records", &body).good();
    made["id"].as_str().expect("an id").to_owned()
}

fn record(door: &Door, id: &str) -> Value {
    door.get(&format!("/v1/records/{id}")).good()["record"].clone()
}

fn verify(door: &Door, body: &[u8]) -> Answer {
    door.ask("POST", "/v1/verify", &[JSON], body)
}

fn outcome(door: &Door, shown: &Value) -> (String, Vec<String>) {
    let answer = verify(door, shown.to_string().as_bytes()).good();
    let steps = answer["steps"].as_array().expect("steps").iter();
    let steps = steps
        .map(|step| {
            let text = |name: &str| step[name].as_str().expect("text").to_owned();
            format!("{} {}", text("finding"), text("step"))
        })
        .collect();
    (
        answer["outcome"].as_str().expect("a word").to_owned(),
        steps,
    )
}

#[test]
fn a_genuine_credential_is_told_from_a_tampered_an_expired_and_an_erased_one() {
    let member = running("Issuer");
    let operator = Door::operator(&member);
    let world = Door::world(&member);
    let id = issue(&operator, "public", "2099-01-01T00:00:00Z");
    let good = record(&world, &id);
    let (word, steps) = outcome(&world, &good);
    assert_eq!(word, "good", "{steps:?}");
    assert!(steps.contains(&"good signature-good".to_owned()));
    let answer = verify(&world, good.to_string().as_bytes());
    assert!(answer.header("ratelimit").is_some(), "{answer:?}");
    let told = answer.good();
    assert_eq!(told["record"]["id"], id.as_str());
    assert_eq!(told["record"]["held"], true);
    assert!(told["organisation"].as_str().is_some());
    // An id is as good as what it stands for, also by the bundle that proves itself.
    assert_eq!(outcome(&world, &json!(id)).0, "good");
    let bundle = world.get(&format!("/v1/records/{id}/bundle")).good();
    assert_eq!(outcome(&world, &bundle).0, "good");

    let mut tampered = good.clone();
    tampered["validUntil"] = json!("2098-01-01T00:00:00Z");
    let (word, steps) = outcome(&world, &tampered);
    assert_eq!(
        (word.as_str(), steps.as_slice()),
        ("bad", &["bad signature-bad".to_owned()][..])
    );

    let old = issue(&operator, "public", "2026-01-02T00:00:00Z");
    let (word, steps) = outcome(&world, &record(&world, &old));
    assert_eq!(word, "bad");
    assert!(steps.contains(&"bad expired".to_owned()), "{steps:?}");

    let reason = json!({"reason": "holder_request"});
    let tag = operator.get(&format!("/v1/records/{id}"));
    let tag = tag.header("etag").expect("a tag").to_owned();
    let erased = operator.send(
        "POST",
        &format!("/v1/records/{id}/erase"),
        &[("If-Match", &tag)],
        &reason,
    );
    assert_eq!(erased.status, 200, "{}", erased.text());
    assert_eq!(outcome(&world, &good).0, "bad");
    let gone = verify(&world, json!(id).to_string().as_bytes());
    assert_eq!(
        (gone.status, gone.problem().as_str()),
        (410, "record.erased")
    );
}

#[test]
fn a_stranger_learns_nothing_of_hidden_records_by_their_ids() {
    let member = running("Hiding");
    let operator = Door::operator(&member);
    let hidden = issue(&operator, "network", "2099-01-01T00:00:00Z");
    let never = "urn:uuid:00000000-0000-4000-8000-000000000000";
    let ask = |door: &Door, id: &str| verify(door, json!(id).to_string().as_bytes());
    assert_eq!(ask(&operator, &hidden).good()["outcome"], "good");
    let world = Door::world(&member);
    let (seen, missing) = (ask(&world, &hidden), ask(&world, never));
    assert_eq!(seen.problem(), "record.unknown");
    assert_eq!(
        seen.text().replace(&hidden, never).len(),
        missing.text().len()
    );
}

#[test]
fn credentials_of_others_are_never_called_good() {
    let member = running("Elsewhere");
    let world = Door::world(&member);
    let unsigned = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://a.example", "name": "A"}, "credentialSubject": {"achievement": {"name": "Teamwork"}},
    });
    assert_eq!(outcome(&world, &unsigned).0, "bad");
    assert_eq!(outcome(&world, &json!({"a": 1})).0, "bad");
    let jwt = format!("{}.{}.{}", "e".repeat(30), "f".repeat(40), "0".repeat(50));
    assert_eq!(outcome(&world, &json!(jwt)).0, "unknown");
}

#[test]
fn what_is_no_document_or_too_large_a_one_is_refused() {
    let member = running("Refusing");
    for world in [Door::world(&member), Door::operator(&member)] {
        for body in [
            &b""[..],
            b"[]",
            b"7",
            b"\"\"",
            b"null",
            b"{\"a\":1,\"a\":1}",
            b"\xff",
        ] {
            let answer = verify(&world, body);
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (400, "usage"),
                "{body:?}"
            );
        }
        let filled = |bytes: usize| format!("{{\"a\":\"{}\"}}", "b".repeat(bytes - 8));
        let most = verify(&world, filled(SHOWN_BYTES_MAX).as_bytes());
        assert_eq!(most.good()["outcome"], "bad");
        let more = verify(&world, filled(SHOWN_BYTES_MAX + 1).as_bytes());
        assert_eq!((more.status, more.problem().as_str()), (413, "usage.size"));
        let nested = "[".repeat(10_000) + &"]".repeat(10_000);
        let nested = verify(&world, format!("{{\"a\":{nested}}}").as_bytes());
        assert_eq!(nested.problem(), "usage");
    }
}
