//! Invitations and partners, between real nodes.

use std::time::{Duration, Instant};

use erikti_tests::process::{Member, converge, partner};
use serde_json::{Value, json};

use super::{STRANGER, exit, names, opportunity, plainly, refused, stderr, stdout};

/// How long something between two nodes of one machine may take.
const SOON: Duration = Duration::from_secs(30);

/// Asks until the answer is as it must be.
#[track_caller]
fn until(member: &Member, args: &[&str], holds: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let output = member.run(args);
        let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        if holds(&answer) {
            return answer;
        }
        assert!(
            begun.elapsed() < SOON,
            "{args:?}: {answer} {}",
            stderr(&output)
        );
    }
}

fn two() -> (Member, Member) {
    let (mut one, mut two) = (Member::init("One", &[]), Member::init("Two", &[]));
    one.start();
    two.start();
    (one, two)
}

#[test]
fn an_invitation_is_shown_with_words_and_without_a_picture_for_programs() {
    let mut member = Member::init("Invite", &[]);
    let problem = refused(&member, &["peer", "invite"], "node.stopped");
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("erikti run"))
    );
    member.start();
    let invitation = member.ask(&["peer", "invite", "--role", "issuer", "--valid-hours", "2"]);
    assert_eq!(names(&invitation), ["expires", "link", "role", "words"]);
    assert_eq!(invitation["words"].as_array().map(Vec::len), Some(6));
    assert!(
        invitation["link"]
            .as_str()
            .is_some_and(|link| link.starts_with("erikti:"))
    );
    let told = stdout(&plainly(&member, &["peer", "invite"]));
    assert!(
        told.contains("erikti peer accept") && told.contains("same six words"),
        "{told}"
    );
    assert!(
        !told.contains('█') && !told.contains('▀'),
        "a picture is for terminals"
    );
    for hours in ["0", "2161"] {
        let problem = refused(
            &member,
            &["peer", "invite", "--valid-hours", hours],
            "usage",
        );
        assert_eq!(
            (&problem["field"], &problem["allowed"]),
            (&json!("valid_hours"), &json!("1 to 2160"))
        );
    }
    assert_eq!(
        refused(&member, &["peer", "invite", "--role", "king"], "usage")["field"],
        "role"
    );
}

#[test]
fn a_used_altered_foreign_or_own_invitation_is_refused_with_its_reason() {
    let (one, two) = two();
    let invitation = one.ask(&["peer", "invite"]);
    let link = invitation["link"].as_str().expect("a link");
    let accepted = two.ask(&["peer", "accept", link]);
    assert_eq!(names(&accepted), ["name", "organisation", "state", "words"]);
    assert_eq!(
        (&accepted["words"], &accepted["organisation"]),
        (&invitation["words"], &json!(one.organisation))
    );
    assert_eq!(
        (&accepted["state"], &accepted["name"]),
        (&json!("partners"), &json!("One"))
    );

    let mut third = Member::init("Third", &[]);
    third.start();
    refused(&third, &["peer", "accept", link], "invitation.used");
    assert_eq!(
        third.ask(&["peer", "list"])["peers"],
        json!([]),
        "a refusal leaves nothing behind"
    );
    let mut altered = link.to_owned();
    let last = altered.pop().expect("a link has characters");
    altered.push(if last == 'A' { 'B' } else { 'A' });
    let problem = third.refused(&["peer", "accept", &altered]);
    assert_eq!(problem.0, 65);
    let code = problem.1["code"].as_str().unwrap_or_default();
    assert!(
        ["invitation.altered", "invitation.invalid"].contains(&code),
        "{problem:?}"
    );
    let middle = link.len() / 2;
    let changed = if &link[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    let altered = format!("{}{changed}{}", &link[..middle], &link[middle + 1..]);
    refused(&third, &["peer", "accept", &altered], "invitation.altered");
    refused(
        &third,
        &["peer", "accept", "erikti:hello"],
        "invitation.invalid",
    );
    refused(
        &third,
        &["peer", "accept", &link[..40]],
        "invitation.invalid",
    );
    refused(&one, &["peer", "accept", link], "invitation.invalid");
    let fresh = one.ask(&["peer", "invite"])["link"]
        .as_str()
        .expect("a link")
        .to_owned();
    let file = one.data().join("members.json");
    drop(file);
    // A node that forgot its invitation, as after a restored backup.
    let mut one = one;
    one.stop();
    let members = one.data().join("members.json");
    let text = std::fs::read_to_string(&members).expect("it was written");
    let mut decided: Value = serde_json::from_str(&text).expect("JSON");
    decided["invitations"] = json!({});
    std::fs::write(&members, decided.to_string()).expect("a file of the test");
    one.start();
    let answer = third.run(&["peer", "accept", &fresh]);
    // The restarted node has another port, so the third may not reach it: then it keeps trying.
    if exit(&answer) != 0 {
        super::check_problem(&answer, "invitation.unknown");
    } else {
        assert!(stdout(&answer).contains("as soon as they can be reached"));
    }
}

#[test]
fn an_invitation_accepted_offline_is_told_later() {
    let mut one = Member::init("One", &[]);
    one.start();
    let link = one.ask(&["peer", "invite"])["link"]
        .as_str()
        .expect("a link")
        .to_owned();
    let mut two = Member::init("Two", &[]);
    let accepted = two.ask(&["peer", "accept", &link]);
    assert_eq!(
        accepted["state"],
        "accepted: they are told when this node runs"
    );
    assert_eq!(
        two.ask(&["peer", "list"])["peers"][0]["state"],
        "invitation pending"
    );
    two.start();
    until(&two, &["peer", "list"], |answer| {
        answer["peers"][0]["state"] == "connected"
    });
    until(&one, &["peer", "list"], |answer| {
        answer["peers"][0]["organisation"] == json!(two.organisation)
    });
}

#[test]
fn partners_are_listed_shown_blocked_and_removed() {
    let (one, two) = two();
    partner(&one, &two);
    converge(&[&one, &two], 2);
    let listed = until(&one, &["peer", "list"], |answer| {
        answer["peers"][0]["state"] == "connected"
    });
    assert_eq!(names(&listed), ["blocked", "peers"]);
    assert_eq!(
        names(&listed["peers"][0]),
        [
            "addresses",
            "name",
            "organisation",
            "origin",
            "roles",
            "since",
            "state",
            "sync"
        ]
    );
    let start = &two.organisation["urn:erikti:org:z".len()..][..8];
    let shown = one.ask(&["peer", "show", start]);
    assert_eq!(
        (&shown["organisation"], &shown["name"]),
        (&json!(two.organisation), &json!("Two"))
    );
    let sync = one.ask(&["sync", "status"]);
    for name in [
        "organisation",
        "name",
        "state",
        "connected",
        "lag",
        "last_contact",
        "stale",
        "refusals",
    ] {
        assert!(
            names(&sync["partners"][0]).contains(&name),
            "{name} is missing: {sync}"
        );
    }
    assert_eq!(sync["degraded"], false);
    let told = stdout(&plainly(&one, &["sync", "status"]));
    assert!(
        told.contains("Two") && told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
    assert_eq!(one.ask(&["org", "show", start])["standing"], "partner");

    assert_eq!(one.ask(&["peer", "block", start])["state"], "blocked");
    assert_eq!(one.ask(&["peer", "list"])["peers"][0]["state"], "blocked");
    opportunity(&two, "Not for the other");
    until(&one, &["org", "show", start], |answer| {
        answer["standing"] != "partner"
    });
    assert_eq!(one.ask(&["peer", "remove", start])["state"], "removed");
    assert_eq!(
        one.ask(&["peer", "list"]),
        json!({"peers": [], "blocked": []})
    );
    refused(&one, &["peer", "remove", start], "peer.unknown");
    refused(&one, &["peer", "show", start], "peer.unknown");
    // What was exchanged stays.
    assert_eq!(one.roots().len(), 2);

    assert_eq!(one.ask(&["peer", "block", STRANGER])["state"], "blocked");
    assert_eq!(one.ask(&["peer", "list"])["blocked"], json!([STRANGER]));
    assert!(stdout(&plainly(&one, &["peer", "list"])).contains("blocked"));
    assert_eq!(
        one.ask(&["peer", "remove", STRANGER])["state"],
        "removed",
        "a block can be lifted"
    );
    refused(&one, &["peer", "block", "nobody"], "organisation.unknown");
    let own = one.organisation.clone();
    refused(&one, &["peer", "block", &own], "not_allowed");
}

#[test]
fn anothers_record_cannot_be_changed_or_erased_here() {
    let (one, two) = two();
    partner(&one, &two);
    let id = opportunity(&two, "Theirs");
    until(&one, &["record", "show", &id], |answer| {
        answer["kind"] == "opportunity"
    });
    let problem = refused(
        &one,
        &["erase", &id, "--reason", "mistake"],
        "record.not_own",
    );
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("Two")),
        "{problem}"
    );
    refused(
        &one,
        &[
            "record",
            "new",
            "opportunity",
            "--id",
            &id,
            "--set",
            "capacity=1",
        ],
        "record.not_own",
    );
    let theirs = two.organisation.clone();
    let listed = one.ask(&[
        "record",
        "list",
        "--issuer",
        &theirs,
        "--kind",
        "opportunity",
    ]);
    assert_eq!(listed["records"][0]["id"], json!(id));
}

#[test]
fn an_erasure_lists_who_destroyed_the_record_and_who_has_not_answered() {
    let (one, two) = two();
    partner(&one, &two);
    let id = opportunity(&one, "To be erased");
    until(&two, &["record", "show", &id], |answer| {
        answer["kind"] == "opportunity"
    });
    one.ask(&["erase", &id, "--reason", "consent_withdrawn"]);
    let history = until(&one, &["record", "history", &id], |answer| {
        answer["erasures"][0]["receipts"]
            .as_array()
            .is_some_and(|receipts| receipts.len() == 1)
    });
    let erasure = &history["erasures"][0];
    assert_eq!(
        erasure["receipts"][0]["organisation"],
        json!(two.organisation)
    );
    assert_eq!(
        (&erasure["unanswered"], &erasure["reason"]),
        (&json!([]), &json!("consent_withdrawn"))
    );
    let told = stdout(&plainly(&one, &["record", "history", &id]));
    assert!(told.contains("destroyed by Two at "), "{told}");
    refused(&two, &["record", "show", &id], "record.erased");
    let theirs = two.ask(&["record", "history", &id]);
    assert_eq!(
        theirs["erasures"][0]["unanswered"],
        Value::Null,
        "only the issuer is answered"
    );

    // A partner that does not run does not answer.
    let second = opportunity(&one, "To be erased too");
    until(&two, &["record", "show", &second], |answer| {
        answer["kind"] == "opportunity"
    });
    let mut two = two;
    two.stop();
    one.ask(&["erase", &second, "--reason", "mistake"]);
    let history = one.ask(&["record", "history", &second]);
    let silent = &history["erasures"][0]["unanswered"];
    assert_eq!(
        silent[0]["organisation"],
        json!(two.organisation),
        "{history}"
    );
    assert!(stdout(&plainly(&one, &["record", "history", &second])).contains("NO ANSWER from Two"));
    two.start();
    until(&one, &["record", "history", &second], |answer| {
        answer["erasures"][0]["unanswered"] == json!([])
    });
}
