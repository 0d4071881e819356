//! Logs: status, checkpoint, proof.

use erikti_protocol::hash::Hash;
use erikti_protocol::log::proof::LogProof;
use erikti_protocol::log::{Class, Entry, SignedCheckpoint};
use serde_json::json;

use super::{NOWHERE, both, exit, names, opportunity, plainly, refused, stdout};

#[test]
fn log_status_counts_every_entry_of_every_log() {
    for member in both("Status") {
        let ids = ["One", "Two", "Three"].map(|title| opportunity(&member, title));
        member.ask(&["erase", &ids[0], "--reason", "mistake"]);
        let answer = member.ask(&["log", "status"]);
        let log = &answer["logs"][0];
        for name in [
            "origin",
            "organisation",
            "size",
            "root",
            "held",
            "absent",
            "erased",
            "audited",
            "bad",
        ] {
            assert!(names(log).contains(&name), "{name} is missing: {log}");
        }
        assert_eq!(
            (&log["origin"], &log["organisation"]),
            (&json!(member.origin), &json!(member.organisation))
        );
        let count = |name: &str| log[name].as_u64().expect("a number");
        assert_eq!(
            count("size"),
            count("held") + count("erased") + count("absent") + count("bad")
        );
        assert_eq!((count("erased"), count("absent"), count("bad")), (1, 0, 0));
        assert!(
            count("size") >= 6,
            "founding records, opportunities, the erasure"
        );
    }
}

#[test]
fn a_checkpoint_verifies_with_nothing_but_its_text() {
    for member in both("Checkpoint") {
        opportunity(&member, "One");
        let answer = member.ask(&["log", "checkpoint"]);
        assert_eq!(names(&answer), ["key", "origin", "root", "size", "text"]);
        let text = answer["text"].as_str().expect("a text");
        let signed = SignedCheckpoint::parse(text.as_bytes()).expect("it is signed by its log");
        assert_eq!(signed.checkpoint().origin.to_string(), member.origin);
        assert_eq!(json!(signed.checkpoint().size), answer["size"]);
        let status = member.ask(&["log", "status"]);
        assert_eq!(status["logs"][0]["root"], answer["root"]);
        let named = member.ask(&["log", "checkpoint", "--origin", &member.origin]);
        assert_eq!(named["text"], answer["text"]);
        let plain = plainly(&member, &["log", "checkpoint"]);
        assert!(
            SignedCheckpoint::parse(&plain.stdout).is_ok(),
            "{}",
            stdout(&plain)
        );
        refused(
            &member,
            &["log", "checkpoint", "--origin", "theirs"],
            "usage",
        );
        let last = if member.origin.ends_with('x') {
            'y'
        } else {
            'x'
        };
        let other = format!("{}{last}", &member.origin[..member.origin.len() - 1]);
        let problem = member.refused(&["log", "checkpoint", "--origin", &other]);
        assert!([1, 64].contains(&problem.0), "{problem:?}");
        let elsewhere = member.origin.replace("/test/", "/elsewhere/");
        refused(
            &member,
            &["log", "checkpoint", "--origin", &elsewhere],
            "log.unknown",
        );
    }
}

#[test]
fn a_proof_verifies_against_the_records_digest_and_no_other() {
    for member in both("Prove") {
        let id = opportunity(&member, "One");
        let answer = member.ask(&["log", "prove", &id]);
        assert_eq!(names(&answer), ["id", "index", "origin", "text"]);
        let proof = LogProof::parse(answer["text"].as_str().expect("a text").as_bytes())
            .expect("a tlog-proof");
        assert_eq!(json!(proof.index), answer["index"]);
        let shown = member.ask(&["record", "show", &id]);
        let digest = shown["digest"]
            .as_str()
            .and_then(Hash::parse)
            .expect("a digest");
        let entry = Entry {
            class: Class::Record,
            digest,
        };
        assert_eq!(proof.verify(&entry), Ok(()));
        assert!(
            proof
                .verify(&Entry {
                    class: Class::Control,
                    ..entry
                })
                .is_err()
        );
        let plain = plainly(&member, &["log", "prove", &id]);
        assert_eq!(exit(&plain), 0);
        assert!(LogProof::parse(&plain.stdout).is_ok(), "{}", stdout(&plain));
        refused(&member, &["log", "prove", NOWHERE], "record.unknown");
        refused(&member, &["log", "prove", "x"], "record.malformed");
    }
}
