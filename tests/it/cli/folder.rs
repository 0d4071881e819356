//! The data folder: made once, locked, private, of one version, with settings that are checked.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use erikti_tests::process::{Member, binary};
use serde_json::{Value, json};

use super::{check_problem, erikti, exit, names, refused, stderr, stdout};

fn init(data: &Path, more: &[&str]) -> std::process::Output {
    let data = data.to_str().expect("UTF-8");
    let mut args = vec![
        "--data",
        data,
        "--json",
        "init",
        "--name",
        "Init",
        "--country",
        "KZ",
    ];
    args.extend(more);
    erikti(&args)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it exists").permissions().mode() & 0o777
}

#[test]
fn init_makes_a_private_folder_and_says_what_the_recovery_file_is_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("a/new");
    let output = init(&data, &["--network", "test"]);
    assert_eq!(exit(&output), 0, "{}", stderr(&output));
    let answer: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(
        names(&answer),
        ["data", "organisation", "origin", "recovery"]
    );
    for (path, expected) in [
        ("", 0o700),
        ("keys", 0o700),
        ("keys/organisation.key", 0o600),
        ("keys/node.key", 0o600),
        ("keys/witness.key", 0o600),
        ("RECOVERY-move-me-away.key", 0o600),
        ("log", 0o700),
    ] {
        assert_eq!(mode(&data.join(path)), expected, "{path}");
    }
    let recovery = fs::read_to_string(data.join("RECOVERY-move-me-away.key")).expect("written");
    assert!(recovery.contains("recovery file") && recovery.contains("NEXT key"));
    // Nothing half-made is left beside it.
    let beside: Vec<_> = fs::read_dir(folder.path().join("a"))
        .expect("a folder")
        .collect();
    assert_eq!(beside.len(), 1);

    let plain = folder.path().join("plain");
    let plain = plain.to_str().expect("UTF-8");
    let output = erikti(&["--data", plain, "init", "--name", "Init", "--country", "KZ"]);
    assert!(stderr(&output).contains("The node runs without it"));
    assert!(stderr(&output).contains("next: erikti"));
}

#[test]
fn init_refuses_what_is_in_use_and_leaves_it_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let busy = folder.path().join("busy");
    fs::create_dir(&busy).expect("a folder");
    fs::write(busy.join("letter.txt"), "dear").expect("a file");
    check_problem(&init(&busy, &[]), "data.exists");
    assert_eq!(fs::read_dir(&busy).expect("a folder").count(), 1);
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    assert_eq!(exit(&init(&empty, &[])), 0, "an empty folder is taken");
    check_problem(&init(&empty, &[]), "data.exists");
    let recovery = busy.join("letter.txt");
    let recovery = recovery.to_str().expect("UTF-8");
    let third = folder.path().join("third");
    check_problem(&init(&third, &["--recovery", recovery]), "file.unwritable");
    assert!(!third.exists(), "nothing half-made stays");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
}

#[test]
fn init_names_field_found_and_allowed_of_a_wrong_word() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("new");
    for (args, field, found) in [
        (&["--network", "Big Net"][..], "network", "Big Net"),
        (
            &["--root", "urn:erikti:org:z1"],
            "trust.roots",
            "urn:erikti:org:z1",
        ),
        (&["--listen", "localhost:80"], "listen", "localhost:80"),
    ] {
        let problem = check_problem(&init(&data, args), "usage");
        assert_eq!(problem["field"], field);
        assert_eq!(problem["found"], found);
        assert!(problem["allowed"].is_string(), "{problem}");
        assert!(!data.exists());
    }
    let data = data.to_str().expect("UTF-8");
    let country = [
        "--data",
        data,
        "--json",
        "init",
        "--name",
        "x",
        "--country",
        "kazakhstan",
    ];
    assert_eq!(
        check_problem(&erikti(&country), "usage")["field"],
        "country"
    );
}

#[test]
fn a_folder_without_a_node_is_said_to_be_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().to_str().expect("UTF-8");
    for command in [&["status"][..], &["run"], &["record", "list"], &["doctor"]] {
        let args: Vec<&str> = ["--data", data, "--json"]
            .iter()
            .chain(command)
            .copied()
            .collect();
        let problem = check_problem(&erikti(&args), "data.missing");
        assert!(
            problem["hint"]
                .as_str()
                .is_some_and(|hint| hint.contains("erikti init"))
        );
    }
}

#[test]
fn a_second_process_on_the_folder_is_told_who_has_it() {
    let mut member = Member::init("Locked", &[]);
    member.start();
    let process = member.process().expect("it runs").to_string();
    let problem = refused(&member, &["run"], "data.locked");
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains(&process)),
        "{problem}"
    );
    // A command that finds no socket does not open the folder beside the node either.
    fs::remove_file(member.data().join("control.sock")).expect("the socket is there");
    refused(&member, &["status"], "data.locked");
}

#[test]
fn a_folder_or_key_that_others_can_read_stops_every_start() {
    let member = Member::init("Exposed", &[]);
    for (path, wide, right) in [
        ("keys/node.key", 0o640, 0o600),
        ("keys", 0o755, 0o700),
        ("", 0o750, 0o700),
    ] {
        let path = member.data().join(path);
        let set = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))
                .expect("a file of the test");
        };
        set(wide);
        for command in ["status", "run"] {
            let problem = refused(&member, &[command], "keys.exposed");
            assert_eq!(problem["found"], format!("{wide:04o}"));
            assert_eq!(problem["allowed"], format!("{right:04o}"));
            assert!(
                problem["hint"]
                    .as_str()
                    .is_some_and(|hint| hint.starts_with("chmod"))
            );
        }
        set(right);
        member.ask(&["status"]);
    }
    let key = member.data().join("keys/witness.key");
    fs::write(&key, "no key").expect("a file of the test");
    refused(&member, &["status"], "keys.invalid");
}

#[test]
fn a_setting_that_is_none_is_answered_with_the_nearest_name() {
    let member = Member::init("Settings", &[]);
    let file = member.data().join("erikti.toml");
    let good = fs::read_to_string(&file).expect("init wrote it");
    fs::write(&file, format!("netwrok = \"x\"\n{good}")).expect("a file of the test");
    let problem = refused(&member, &["status"], "config.invalid");
    assert_eq!(problem["field"], "netwrok");
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("`network`")),
        "{problem}"
    );
    fs::write(&file, format!("{good}\n[limits]\nconnections = 0\n")).expect("a file of the test");
    let problem = refused(&member, &["run"], "config.invalid");
    // Depending on what `init` wrote the group may stand twice; either way the file is named.
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("erikti.toml"))
    );
    fs::write(&file, "= nonsense").expect("a file of the test");
    refused(&member, &["status"], "config.invalid");
    fs::remove_file(&file).expect("a file of the test");
    refused(&member, &["status"], "config.invalid");
    fs::write(&file, &good).expect("a file of the test");

    let environment = |name: &str, value: &str| {
        Command::new(binary())
            .args(["--json", "status", "--data"])
            .arg(member.data())
            .env(name, value)
            .output()
            .expect("`erikti` starts")
    };
    let problem = check_problem(&environment("ERIKTI_NETWROK", "x"), "config.invalid");
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("`network`")),
        "{problem}"
    );
    let problem = check_problem(
        &environment("ERIKTI_LIMITS__CONNECTIONS", "lots"),
        "config.invalid",
    );
    assert_eq!(problem["field"], "limits.connections");
    assert_eq!(problem["found"], "lots");
    let output = environment("ERIKTI_NAME", "Renamed");
    assert_eq!(exit(&output), 0, "{}", stderr(&output));
    let output = Command::new(binary())
        .args(["status", "--data"])
        .arg(member.data())
        .env("ERIKTI_JSON", "1")
        .output()
        .expect("`erikti` starts");
    assert!(serde_json::from_str::<Value>(&stdout(&output)).is_ok());
}

#[test]
fn members_json_is_read_as_strictly_as_everything() {
    let member = Member::init("Members", &[]);
    let file = member.data().join("members.json");
    let good = json!({"roots": [], "partners": {}, "blocked": [], "invitations": {}, "frozen": {}});
    fs::write(&file, good.to_string()).expect("a file of the test");
    member.ask(&["status"]);
    let mut other = good;
    other["friends"] = json!([]);
    fs::write(&file, other.to_string()).expect("a file of the test");
    let problem = refused(&member, &["status"], "config.invalid");
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("friends"))
    );
}

#[test]
fn a_folder_of_another_version_is_refused() {
    let member = Member::init("Version", &[]);
    let file = member.data().join("VERSION");
    let text = fs::read_to_string(&file).expect("init wrote it");
    fs::write(&file, text.replace('1', "9")).expect("a file of the test");
    refused(&member, &["status"], "data.version");
    fs::write(&file, text).expect("a file of the test");
    member.ask(&["status"]);
}

#[test]
fn a_node_that_does_not_answer_is_named_as_that() {
    let member = Member::init("Silent", &[]);
    let socket = member.data().join("control.sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket of the test");
    let hanging_up = std::thread::spawn(move || drop(listener.accept()));
    refused(&member, &["status"], "node.unreachable");
    hanging_up.join().expect("it hung up");
    // A socket that nobody listens on any more was left by a process that was killed.
    member.ask(&["status"]);
}
