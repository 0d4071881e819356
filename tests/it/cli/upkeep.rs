//! Upkeep: status, doctor, the store checked and mended, and what a stopped node says.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;

use erikti_tests::process::{Member, binary, partner};
use serde_json::{Value, json};

use super::{both, exit, names, opportunity, plainly, refused, stderr, stdout};

#[test]
fn status_tells_who_the_node_is() {
    for member in both("Status") {
        let answer = member.ask(&["status"]);
        for name in [
            "organisation",
            "node",
            "listen",
            "network",
            "origin",
            "name",
            "running",
            "partners",
            "logs",
        ] {
            assert!(
                names(&answer).contains(&name),
                "{name} is missing: {answer}"
            );
        }
        assert_eq!(answer["running"], member.process().is_some());
        let told = stdout(&plainly(&member, &["status"]));
        assert!(
            told.contains(&member.organisation) && told.contains("Status"),
            "{told}"
        );
    }
}

/// Runs what `doctor` said would mend something, in a shell, with this build's program first in the path.
fn mend(fix: &str, home: &std::path::Path) -> std::process::ExitStatus {
    let programs = binary().parent().expect("a program lies in a folder");
    let path = format!(
        "{}:{}",
        programs.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    Command::new("sh")
        .args(["-c", fix])
        .env("PATH", path)
        .env("HOME", home)
        .output()
        .expect("a shell starts")
        .status
}

fn failing(member: &Member) -> Vec<(String, String)> {
    let output = member.run(&["doctor"]);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let checks = answer["checks"].as_array().expect("a list");
    assert!(
        checks
            .iter()
            .all(|check| names(check) == ["check", "fix", "found", "ok"]),
        "{answer}"
    );
    let failing: Vec<_> = checks
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| {
            let text = |name: &str| {
                check[name]
                    .as_str()
                    .unwrap_or_else(|| panic!("no {name}: {check}"))
                    .to_owned()
            };
            (text("check"), text("fix"))
        })
        .collect();
    assert_eq!(exit(&output), if failing.is_empty() { 0 } else { 2 });
    assert_eq!(answer["ok"], failing.is_empty());
    failing
}

#[test]
fn every_failing_check_of_the_doctor_names_a_command_that_mends_it() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut member = Member::init("O'Doctor", &[]);
    let found: Vec<_> = failing(&member)
        .into_iter()
        .map(|(check, _)| check)
        .collect();
    assert_eq!(found, ["running", "recovery file", "partners"]);
    for (check, fix) in failing(&member) {
        if check == "recovery file" {
            assert!(mend(&fix, home.path()).success(), "{fix}");
        } else {
            // It would not come back: the test starts the node the same way itself.
            assert!(fix.ends_with(" run"), "{check}: {fix}");
        }
    }
    assert!(home.path().join("RECOVERY-move-me-away.key").exists());
    member.start();
    let invite = failing(&member);
    assert_eq!(invite.len(), 1, "{invite:?}");
    assert!(invite[0].1.ends_with("peer invite") && mend(&invite[0].1, home.path()).success());
    let mut other = Member::init("Other", &[]);
    other.start();
    partner(&member, &other);
    let roots = failing(&member);
    assert_eq!(roots[0].0, "roots", "{roots:?}");
    assert!(mend(&roots[0].1, home.path()).success());
    assert_eq!(failing(&member), []);
    assert!(
        stdout(&plainly(&member, &["doctor"]))
            .lines()
            .all(|line| line.starts_with("ok"))
    );
}

#[test]
fn a_stopped_node_with_partners_is_degraded_and_says_so() {
    let (mut one, mut two) = (Member::init("One", &[]), Member::init("Two", &[]));
    let none = one.run(&["sync", "status"]);
    assert_eq!(exit(&none), 0, "without partners nothing is amiss");
    one.start();
    two.start();
    partner(&one, &two);
    one.stop();
    let output = one.run(&["sync", "status"]);
    assert_eq!(exit(&output), 2, "{}", stderr(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&answer["running"], &answer["degraded"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        (
            &answer["partners"][0]["name"],
            &answer["partners"][0]["state"]
        ),
        (&json!("Two"), &json!("node stopped"))
    );
}

#[test]
fn the_store_is_verified_and_its_index_made_anew() {
    for member in both("Store") {
        let id = opportunity(&member, "Kept");
        let erased = opportunity(&member, "Erased");
        member.ask(&["erase", &erased, "--reason", "mistake"]);
        let answer = member.ask(&["store", "verify"]);
        assert_eq!(names(&answer), ["entries", "faults", "ok", "records"]);
        assert_eq!(
            (&answer["ok"], &answer["faults"]),
            (&json!(true), &json!([]))
        );
        let answer = member.ask(&["store", "rebuild"]);
        assert!(
            answer["records"]
                .as_u64()
                .is_some_and(|records| records >= 4),
            "{answer}"
        );
        member.ask(&["record", "show", &id]);
        refused(&member, &["record", "show", &erased], "record.erased");
    }
}

#[test]
fn an_index_that_was_deleted_is_made_again_and_that_is_said() {
    let member = Member::init("Index", &[]);
    let id = opportunity(&member, "Found again");
    fs::remove_dir_all(member.data().join("index")).expect("it was there");
    assert_eq!(member.ask(&["record", "show", &id])["kind"], "opportunity");
    fs::remove_dir_all(member.data().join("index")).expect("it was there");
    let notes = member.ask(&["status"])["notes"].to_string();
    assert!(notes.contains("made again"), "{notes}");
}

fn segments(member: &Member) -> Vec<PathBuf> {
    let mut folders = vec![member.data().join("log")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the store") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|name| name == "seg") => files.push(path),
                false => {}
            }
        }
    }
    files.sort_by_key(|path| {
        std::cmp::Reverse(fs::metadata(path).map_or(0, |metadata| metadata.len()))
    });
    files
}

#[test]
fn damage_on_the_disk_is_found_and_named() {
    let member = Member::init("Damage", &[]);
    opportunity(&member, &"Long enough to be hit ".repeat(8));
    let journal = segments(&member).remove(0);
    let mut bytes = fs::read(&journal).expect("the journal");
    let used = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .expect("something was written");
    bytes[used - 20] ^= 0xff;
    fs::write(&journal, &bytes).expect("a file of the test");
    let output = member.run(&["store", "verify"]);
    assert_eq!(exit(&output), 1, "{} {}", stdout(&output), stderr(&output));
    let problem: Value = serde_json::from_slice(&output.stderr).expect("JSON");
    assert_eq!(problem["code"], "store.damaged");
}

#[test]
fn what_the_router_does_not_know_is_a_problem_too() {
    let mut member = Member::init("Router", &[]);
    member.start();
    let ask = |request: &str| {
        let mut stream =
            UnixStream::connect(member.data().join("control.sock")).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .expect("it answers and hangs up");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer of HTTP");
        let problem: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
        assert!(head.contains("application/problem+json"), "{head}");
        (
            head.split(' ').nth(1).unwrap_or_default().to_owned(),
            problem["code"].clone(),
        )
    };
    let get = |path: &str| {
        ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        ))
    };
    let post = |path: &str, body: &str| {
        ask(&format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    assert_eq!(get("/v1/nowhere"), ("404".to_owned(), json!("usage.route")));
    assert_eq!(get("/v1/export"), ("405".to_owned(), json!("usage.method")));
    assert_eq!(
        get("/v1/records?colour=red"),
        ("400".to_owned(), json!("usage"))
    );
    assert_eq!(post("/v1/records", "{"), ("400".to_owned(), json!("usage")));
    assert_eq!(
        post(
            "/v1/records",
            "{\"kind\": \"service\", \"kind\": \"service\"}"
        ),
        ("400".to_owned(), json!("usage"))
    );
    assert_eq!(
        post("/v1/records", "{\"kind\": \"service\", \"sort\": 1}"),
        ("400".to_owned(), json!("usage"))
    );
    assert_eq!(
        post("/v1/records", &"[".repeat(100_000)),
        ("400".to_owned(), json!("usage"))
    );
}

#[cfg(target_env = "gnu")]
#[test]
fn a_node_that_runs_keeps_few_heaps() {
    let heaps = |member: &Member| {
        let process = member.process().expect("it runs");
        let environment = std::fs::read(format!("/proc/{process}/environ")).expect("readable");
        let environment = String::from_utf8_lossy(&environment).into_owned();
        let mut lines = environment.split('\0');
        let found = lines.find_map(|line| line.strip_prefix("MALLOC_ARENA_MAX="));
        found.map(str::to_owned)
    };
    let mut member = Member::init("Heaps", &[]);
    member.start();
    assert_eq!(heaps(&member).as_deref(), Some("2"));
}
