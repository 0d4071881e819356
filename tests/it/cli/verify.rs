//! `erikti verify`: nothing but files, and every kind of file.

use std::fs;
use std::path::{Path, PathBuf};

use erikti_tests::process::Member;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{STRANGER, check_problem, erikti, exit, names, opportunity, stderr, stdout};

struct Files {
    folder: TempDir,
    organisation: String,
    id: String,
    record: PathBuf,
    bundle: PathBuf,
}

fn files() -> Files {
    let member = Member::init("Verify", &[]);
    let id = opportunity(&member, "Checked");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (record, bundle) = (
        folder.path().join("record.json"),
        folder.path().join("bundle.json"),
    );
    for (file, more) in [(&record, None), (&bundle, Some("--bundle"))] {
        let mut args = vec![
            "record",
            "export",
            &id,
            "--out",
            file.to_str().expect("UTF-8"),
        ];
        args.extend(more);
        member.ask(&args);
    }
    Files {
        folder,
        organisation: member.organisation.clone(),
        id,
        record,
        bundle,
    }
}

impl Files {
    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("a file of the test");
        path
    }
}

/// Exit code and JSON of `verify`.
fn verify(files: &[&Path], roots: &[&str]) -> (i32, Value) {
    let mut args = vec!["--json", "verify"];
    args.extend(files.iter().map(|file| file.to_str().expect("UTF-8")));
    for root in roots {
        args.extend(["--root", root]);
    }
    let output = erikti(&args);
    (
        exit(&output),
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output))),
    )
}

#[test]
fn a_record_and_a_bundle_are_accepted_and_told() {
    let files = files();
    let (exit_code, answer) = verify(&[&files.record, &files.bundle], &[]);
    assert_eq!((exit_code, &answer["ok"]), (0, &json!(true)));
    let [alone, bundle] = [0, 1].map(|number| &answer["files"][number]);
    assert_eq!(
        names(alone),
        [
            "as_of",
            "faults",
            "file",
            "id",
            "issuer",
            "issuer_name",
            "kind",
            "logged",
            "number",
            "ok",
            "organisation",
            "signed",
            "standing",
            "version"
        ]
    );
    assert_eq!(
        (&alone["kind"], &alone["id"], &alone["issuer_name"]),
        (&json!("opportunity"), &json!(files.id), &json!("Verify"))
    );
    assert_eq!(
        (&alone["organisation"], &alone["logged"]),
        (&json!(null), &json!(null)),
        "alone it proves neither"
    );
    assert_eq!(bundle["organisation"], json!(files.organisation));
    assert_eq!(
        (&bundle["logged"]["index"], &bundle["logged"]["size"]),
        (&json!(2), &json!(3))
    );
    let (exit_code, answer) = verify(&[&files.bundle], &[&files.organisation]);
    assert_eq!(exit_code, 0);
    assert_eq!(answer["files"][0]["standing"]["chain"], json!([]));
    let told = stdout(&erikti(&["verify", files.bundle.to_str().expect("UTF-8")]));
    for part in [
        "good",
        "opportunity version 1",
        "entry 2 of",
        "as of size 3",
        "not judged",
    ] {
        assert!(told.contains(part), "{part} is missing: {told}");
    }
}

#[test]
fn standing_is_judged_against_the_roots_named() {
    let files = files();
    let (exit_code, answer) = verify(&[&files.bundle], &[STRANGER]);
    assert_eq!((exit_code, &answer["ok"]), (65, &json!(false)));
    assert_eq!(answer["files"][0]["signed"], true);
    let (exit_code, answer) = verify(&[&files.record], &[&files.organisation]);
    assert_eq!(exit_code, 65, "a record alone proves no standing: {answer}");
    let record = files.record.to_str().expect("UTF-8");
    let problem = check_problem(
        &erikti(&["--json", "verify", record, "--root", "me"]),
        "usage",
    );
    assert_eq!(
        (&problem["field"], &problem["found"]),
        (&json!("root"), &json!("me"))
    );
}

#[test]
fn a_changed_byte_anywhere_is_refused_and_something_is_said_to_be_wrong() {
    let files = files();
    for source in [&files.record, &files.bundle] {
        let good = fs::read(source).expect("it was exported");
        for at in (0..good.len()).step_by(good.len() / 40) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            let path = files.write("bad.json", &bad);
            let verdict =
                erikti_protocol::bundle::verify(&bad, &std::collections::BTreeSet::new(), day());
            assert!(!verdict.ok(), "byte {at} of {}", source.display());
            if at % 7 == 0 {
                let (exit_code, answer) = verify(&[&path], &[]);
                assert_eq!(exit_code, 65, "byte {at}");
                assert!(
                    answer["files"][0]["faults"]
                        .as_array()
                        .is_some_and(|faults| !faults.is_empty())
                );
            }
        }
        let mut longer = good.clone();
        longer.push(b'\n');
        assert_eq!(verify(&[&files.write("longer.json", &longer)], &[]).0, 65);
        assert_eq!(
            verify(
                &[&files.write("shorter.json", &good[..good.len() - 1])],
                &[]
            )
            .0,
            65
        );
    }
}

fn day() -> erikti_protocol::time::Date {
    erikti_protocol::time::Date::parse("2026-11-22").expect("a day")
}

#[test]
fn garbage_is_refused_whatever_it_is() {
    let files = files();
    let huge = files.folder.path().join("huge.json");
    let file = fs::File::create(&huge).expect("a file of the test");
    // A hole: no disk is used, and no memory may be.
    file.set_len(8 * 1024 * 1024 * 1024).expect("a sparse file");
    let garbage = [
        files.write("empty", b""),
        files.write("text", b"hello"),
        files.write("null", b"null"),
        files.write("object", b"{}"),
        files.write("binary", &[0xff, 0x00, 0x1b, b'[', b'2', b'J']),
        files.write("deep", "[".repeat(100_000).as_bytes()),
        files.write("bundle", b"{\"erikti\":\"bundle/1\""),
        files.write("large", &vec![b' '; 5 * 1024 * 1024]),
        huge,
        files.folder.path().to_owned(),
        files.folder.path().join("missing"),
    ];
    for path in &garbage {
        let (exit_code, answer) = verify(&[path], &[]);
        assert_eq!(
            (exit_code, &answer["ok"]),
            (65, &json!(false)),
            "{}",
            path.display()
        );
        assert!(answer["files"][0]["faults"][0].is_string(), "{answer}");
        let told = erikti(&["verify", path.to_str().expect("UTF-8")]);
        assert_eq!(exit(&told), 65);
        assert!(
            stdout(&told).contains("REFUSED") && stdout(&told).contains("wrong"),
            "{}",
            stdout(&told)
        );
        assert!(!stdout(&told).contains('\u{1b}'));
    }
    // One bad file among good ones does not hide them.
    let (exit_code, answer) = verify(&[&garbage[0], &files.record], &[]);
    assert_eq!(exit_code, 65);
    assert_eq!(
        (&answer["files"][0]["ok"], &answer["files"][1]["ok"]),
        (&json!(false), &json!(true))
    );
}

#[test]
fn several_records_of_one_export_are_checked_each() {
    let member = Member::init("Several", &[]);
    let (one, two) = (opportunity(&member, "One"), opportunity(&member, "Two"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("both.jsonl");
    member.ask(&[
        "record",
        "export",
        &one,
        &two,
        "--out",
        path.to_str().expect("UTF-8"),
    ]);
    let (exit_code, answer) = verify(&[&path], &[]);
    assert_eq!(exit_code, 0);
    assert_eq!(
        (&answer["files"][0]["id"], &answer["files"][1]["id"]),
        (&json!(one), &json!(two))
    );
    assert_eq!(answer["files"][1]["number"], 2);
    let text = fs::read_to_string(&path)
        .expect("it was exported")
        .replace("\"Two\"", "\"Too\"");
    fs::write(&path, text).expect("a file of the test");
    let (exit_code, answer) = verify(&[&path], &[]);
    assert_eq!(exit_code, 65);
    assert_eq!(
        (&answer["files"][0]["ok"], &answer["files"][1]["ok"]),
        (&json!(true), &json!(false))
    );
}
