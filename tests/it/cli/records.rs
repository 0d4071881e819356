//! Records: made, listed, shown, exported, erased; the same with and without a running node.

use std::collections::BTreeSet;
use std::fs;

use erikti_protocol::json::canonical;
use erikti_protocol::kind;
use erikti_protocol::log::Class;
use erikti_tests::process::Member;
use serde_json::{Value, json};

use super::{NOWHERE, STRANGER, both, exit, names, opportunity, plainly, refused, stdout};

#[test]
fn every_kind_can_be_made_from_its_own_sample() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("fields.json");
    let path = file.to_str().expect("UTF-8");
    for member in both("Kinds") {
        for kind in kind::all() {
            let mut fields = (kind.sample)();
            let extra = (kind.sample_extra)();
            fields.extend(extra.clone());
            fs::write(&file, Value::Object(fields).to_string()).expect("a file of the test");
            let args = ["record", "new", kind.name, "--from", path];
            if kind.class == Class::Control {
                let problem = refused(&member, &args, "not_allowed");
                assert!(
                    problem["hint"]
                        .as_str()
                        .is_some_and(|hint| hint.contains("erikti erase"))
                );
                continue;
            }
            let receipt = member.ask(&args);
            assert_eq!(
                names(&receipt),
                ["digest", "id", "index", "origin", "version"]
            );
            let id = receipt["id"].as_str().expect("an id");
            let shown = member.ask(&["record", "show", id]);
            assert_eq!(shown["kind"], kind.name);
            assert_eq!(shown["malformed"], Value::Null, "{}", kind.name);
            assert_eq!(
                shown["record"]["credentialSubject"],
                Value::Object((kind.sample)()),
                "{}",
                kind.name
            );
            for (name, value) in extra {
                assert_eq!(shown["record"][&name], value, "{} {name}", kind.name);
            }
        }
    }
}

#[test]
fn a_change_is_a_new_version_and_the_old_one_can_still_be_shown() {
    for member in both("Versions") {
        let id = opportunity(&member, "First");
        let receipt = member.ask(&[
            "record",
            "new",
            "opportunity",
            "--id",
            &id,
            "--set",
            "title.en=Second",
            "--set",
            "capacity=7",
        ]);
        assert_eq!(
            (&receipt["id"], &receipt["version"]),
            (&json!(id), &json!(2))
        );
        let shown = member.ask(&["record", "show", &id]);
        assert_eq!(
            names(&shown),
            [
                "audited",
                "conflict",
                "digest",
                "kind",
                "log",
                "malformed",
                "organisation",
                "record",
                "standing"
            ]
        );
        assert_eq!(shown["record"]["version"], 2);
        assert_eq!(
            shown["record"]["credentialSubject"]["title"]["en"],
            "Second"
        );
        // What was not named stays.
        assert_eq!(shown["record"]["credentialSubject"]["status"], "open");
        let bare = id.strip_prefix("urn:uuid:").expect("a record id");
        let old = member.ask(&["record", "show", bare, "--version", "1"]);
        assert_eq!(old["record"]["credentialSubject"]["title"]["en"], "First");
        let problem = refused(
            &member,
            &["record", "show", &id, "--version", "3"],
            "record.unknown",
        );
        assert_eq!(
            (&problem["found"], &problem["allowed"]),
            (&json!("3"), &json!("1, 2"))
        );

        let history = member.ask(&["record", "history", &id]);
        assert_eq!(
            names(&history),
            [
                "conflict",
                "deeds",
                "erasures",
                "id",
                "organisation",
                "versions"
            ]
        );
        let versions = history["versions"].as_array().expect("a list");
        assert_eq!(versions.len(), 2);
        assert_eq!(
            names(&versions[0]),
            [
                "current",
                "digest",
                "index",
                "origin",
                "state",
                "validFrom",
                "version"
            ]
        );
        assert_eq!(
            (&versions[0]["current"], &versions[1]["current"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(history["erasures"], json!([]));
        let problem = refused(
            &member,
            &["record", "new", "service", "--id", &id],
            "record.malformed",
        );
        assert_eq!(
            (&problem["field"], &problem["allowed"]),
            (&json!("kind"), &json!("opportunity"))
        );
    }
}

#[test]
fn two_who_change_one_thing_at_once_never_make_one_version_twice() {
    let mut member = Member::init("Race", &[]);
    member.start();
    let id = opportunity(&member, "Contended");
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let racing: Vec<_> = (0..8)
            .map(|number| {
                let (member, id) = (&member, &id);
                scope.spawn(move || {
                    let title = format!("title.en=By {number}");
                    member.run(&["record", "new", "opportunity", "--id", id, "--set", &title])
                })
            })
            .collect();
        racing
            .into_iter()
            .map(|one| one.join().expect("it ran"))
            .collect()
    });
    let mut versions = BTreeSet::new();
    for outcome in &outcomes {
        if exit(outcome) == 0 {
            let receipt: Value = serde_json::from_slice(&outcome.stdout).expect("JSON");
            assert!(
                versions.insert(receipt["version"].as_u64()),
                "a version stands twice"
            );
        } else {
            super::check_problem(outcome, "record.conflict");
        }
    }
    let shown = member.ask(&["record", "show", &id]);
    assert_eq!(
        shown["record"]["version"].as_u64(),
        Some(1 + versions.len() as u64)
    );
    assert_eq!(shown["conflict"], false);
}

#[test]
fn a_wrong_field_or_value_is_named_with_what_is_allowed() {
    let member = Member::init("Fields", &[]);
    let new = |set: &str, code: &str| {
        refused(
            &member,
            &[
                "record",
                "new",
                "opportunity",
                "--set",
                "title.en=x",
                "--set",
                set,
            ],
            code,
        )
    };
    let problem = new("titel.en=x", "record.malformed");
    assert_eq!(
        (&problem["field"], &problem["hint"]),
        (&json!("titel"), &json!("did you mean `title`?"))
    );
    assert!(
        problem["allowed"]
            .as_str()
            .is_some_and(|allowed| allowed.contains("capacity"))
    );
    let problem = new("capacity=lots", "record.malformed");
    assert_eq!(
        (&problem["field"], &problem["found"]),
        (&json!("capacity"), &json!("lots"))
    );
    assert!(
        problem["allowed"]
            .as_str()
            .is_some_and(|allowed| allowed.contains("whole number"))
    );
    assert_eq!(
        new("startDate=tomorrow", "record.malformed")["field"],
        "startDate"
    );
    assert_eq!(new("status=perhaps", "record.malformed")["field"], "status");
    assert_eq!(new("capacity", "usage")["found"], "capacity");
    let problem = refused(&member, &["record", "new", "oportunity"], "kind.unknown");
    assert_eq!(
        (&problem["found"], &problem["hint"]),
        (&json!("oportunity"), &json!("did you mean `opportunity`?"))
    );
    refused(
        &member,
        &["record", "new", "opportunity"],
        "record.malformed",
    );
    refused(
        &member,
        &[
            "record",
            "new",
            "opportunity",
            "--set",
            "title.en=x",
            "--id",
            NOWHERE,
        ],
        "record.unknown",
    );
    refused(
        &member,
        &[
            "record",
            "new",
            "opportunity",
            "--set",
            "title.en=x",
            "--readers",
            "friends",
        ],
        "organisation.unknown",
    );
    for text in [
        "",
        "[1]",
        "{\"title\": {\"en\": \"x\"}, \"titel\": 1}",
        "{\"status\": \"open\", \"status\": \"open\"}",
        "{",
    ] {
        let file = member.data().join("fields.json");
        fs::write(&file, text).expect("a file of the test");
        let path = file.to_str().expect("UTF-8");
        refused(
            &member,
            &["record", "new", "opportunity", "--from", path],
            "record.malformed",
        );
    }
    refused(
        &member,
        &["record", "new", "opportunity", "--from", "/nowhere.json"],
        "file.unreadable",
    );
    assert_eq!(
        member.ask(&["log", "status"])["logs"][0]["size"],
        2,
        "nothing was written"
    );
}

#[test]
fn readers_are_who_was_named() {
    let member = Member::init("Readers", &[]);
    let new = |readers: &str| {
        let receipt = member.ask(&[
            "record",
            "new",
            "opportunity",
            "--set",
            "title.en=x",
            "--set",
            "status=open",
            "--readers",
            readers,
        ]);
        let id = receipt["id"].as_str().expect("an id").to_owned();
        member.ask(&["record", "show", &id])["record"]["termsOfUse"][0]["readers"].clone()
    };
    assert_eq!(new("public"), "public");
    assert_eq!(new("network"), "network");
    let own = &member.organisation;
    let both = new(&format!("{own},{STRANGER}"));
    assert_eq!(both.as_array().map(Vec::len), Some(2));
}

#[test]
fn pages_reach_the_end_over_superseded_and_erased_records() {
    for member in both("Pages") {
        let ids: Vec<String> = (0..9)
            .map(|number| opportunity(&member, &format!("No {number}")))
            .collect();
        for id in &ids[2..5] {
            member.ask(&[
                "record",
                "new",
                "opportunity",
                "--id",
                id,
                "--set",
                "capacity=1",
            ]);
        }
        for id in &ids[6..8] {
            member.ask(&["erase", id, "--reason", "mistake"]);
        }
        let mut seen = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut args = vec!["record", "list", "--kind", "opportunity", "--limit", "2"];
            if let Some(cursor) = &cursor {
                args.extend(["--cursor", cursor]);
            }
            let page = member.ask(&args);
            assert_eq!(names(&page), ["next", "records"]);
            let records = page["records"].as_array().expect("a list");
            assert!(records.len() <= 2);
            for record in records {
                assert_eq!(
                    names(record),
                    [
                        "id",
                        "issuer",
                        "kind",
                        "organisation",
                        "title",
                        "validFrom",
                        "version"
                    ]
                );
                seen.push(record["id"].as_str().expect("an id").to_owned());
            }
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        let expected: BTreeSet<String> = ids
            .iter()
            .enumerate()
            .filter(|(n, _)| !(6..8).contains(n))
            .map(|(_, id)| id.clone())
            .collect();
        assert_eq!(seen.len(), expected.len(), "nothing twice");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);
        let own = member.organisation.clone();
        let all = member.ask(&["record", "list", "--issuer", &own]);
        assert_eq!(
            all["records"].as_array().map(Vec::len),
            Some(7 + 2 + 2),
            "two founding records and two erasures"
        );
        let none = member.ask(&["record", "list", "--issuer", STRANGER]);
        assert_eq!(none, json!({"records": [], "next": null}));
        assert_eq!(
            refused(&member, &["record", "list", "--limit", "0"], "usage")["allowed"],
            "1 to 200"
        );
        refused(&member, &["record", "list", "--limit", "201"], "usage");
        refused(
            &member,
            &["record", "list", "--cursor", "last week"],
            "usage",
        );
        refused(
            &member,
            &["record", "list", "--kind", "sesion"],
            "kind.unknown",
        );
        refused(
            &member,
            &["record", "list", "--issuer", "nobody"],
            "organisation.unknown",
        );
    }
}

#[test]
fn export_writes_the_exact_bytes_one_several_or_a_bundle() {
    for member in both("Export") {
        let (one, two) = (opportunity(&member, "One"), opportunity(&member, "Two"));
        let file = member.data().join("out");
        let path = file.to_str().expect("UTF-8");
        let answer = member.ask(&["record", "export", &one, "--out", path]);
        assert_eq!(answer, json!({"file": path, "records": 1}));
        let bytes = fs::read(&file).expect("it was written");
        let shown = member.ask(&["record", "show", &one]);
        assert_eq!(bytes, canonical(&shown["record"]), "the record's own text");
        member.ask(&["record", "export", &one, &two, "--out", path]);
        let text = fs::read_to_string(&file).expect("it was written");
        assert_eq!(text.lines().count(), 2);
        assert_eq!(text.lines().next().map(str::as_bytes), Some(&*bytes));
        member.ask(&["record", "export", &one, "--bundle", "--out", path]);
        let bundle: Value =
            serde_json::from_slice(&fs::read(&file).expect("written")).expect("JSON");
        assert_eq!(names(&bundle), ["erikti", "logs", "proof", "record"]);
        let problem = refused(
            &member,
            &["record", "export", &one, &two, "--bundle", "--out", path],
            "usage",
        );
        assert_eq!(problem["found"], "2");
        refused(
            &member,
            &["record", "export", &one, "--out", "/nowhere/at/all"],
            "file.unwritable",
        );
        refused(
            &member,
            &["record", "export", NOWHERE, "--out", path],
            "record.unknown",
        );
    }
}

#[test]
fn what_is_erased_is_gone_stays_gone_and_is_remembered_as_that() {
    for member in both("Erase") {
        let id = opportunity(&member, "Unwanted");
        member.ask(&[
            "record",
            "new",
            "opportunity",
            "--id",
            &id,
            "--set",
            "capacity=3",
        ]);
        let problem = refused(
            &member,
            &["erase", &id, "--reason", "Ivan asked for it"],
            "record.malformed",
        );
        assert_eq!(
            (&problem["field"], &problem["found"]),
            (&json!("reason"), &json!("Ivan asked for it"))
        );
        let answer = member.ask(&["erase", &id, "--reason", "mistake"]);
        assert_eq!(names(&answer), ["erased", "id"]);
        assert_eq!(
            answer["erased"].as_array().map(Vec::len),
            Some(2),
            "every version"
        );
        for args in [
            &["record", "show", &id][..],
            &["log", "prove", &id],
            &["record", "show", &id, "--version", "1"],
        ] {
            let problem = refused(&member, args, "record.erased");
            assert!(
                problem["hint"]
                    .as_str()
                    .is_some_and(|hint| hint.contains("record history"))
            );
        }
        refused(
            &member,
            &["erase", &id, "--reason", "mistake"],
            "record.erased",
        );
        refused(
            &member,
            &[
                "record",
                "new",
                "opportunity",
                "--id",
                &id,
                "--set",
                "capacity=4",
            ],
            "record.erased",
        );
        refused(
            &member,
            &["erase", NOWHERE, "--reason", "mistake"],
            "record.unknown",
        );
        refused(
            &member,
            &["erase", "../../etc", "--reason", "mistake"],
            "record.malformed",
        );
        let history = member.ask(&["record", "history", &id]);
        let versions = history["versions"].as_array().expect("a list");
        assert_eq!(versions.len(), 2);
        assert!(
            versions.iter().all(|version| version["state"] == "erased"),
            "{history}"
        );
        let erasures = history["erasures"].as_array().expect("a list");
        assert_eq!(erasures.len(), 2);
        assert_eq!(
            names(&erasures[0]),
            [
                "at",
                "erased",
                "erasure",
                "index",
                "origin",
                "reason",
                "receipts",
                "unanswered"
            ]
        );
        assert_eq!(
            (&erasures[0]["receipts"], &erasures[0]["unanswered"]),
            (&json!([]), &json!([]))
        );
        let told = stdout(&plainly(&member, &["record", "history", &id]));
        assert!(
            told.contains("erased") && told.contains("mistake"),
            "{told}"
        );
        let status = member.ask(&["log", "status"]);
        assert_eq!(status["logs"][0]["erased"], 2);
    }
}
