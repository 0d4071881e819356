//! Words that are none, help, and what `erikti` alone says.

use erikti_tests::process::Member;
use serde_json::Value;

use super::{check_problem, erikti, exit, plainly, stderr, stdout};

#[test]
fn words_that_are_none_are_usage_errors_in_both_voices() {
    for (args, found) in [
        (&["frob"][..], "frob"),
        (&["record", "frob"], "frob"),
        (&["status", "--frob"], "--frob"),
        (&["status", "more"], "more"),
        (&["record", "list", "--limit", "many"], "many"),
        (&["import", "opportunities", "x", "--format", "cvs"], "cvs"),
        (&["org", "revoke", "x", "--log-size", "-1"], "-1"),
        (&["record", "show"], "<ID>"),
        (&["record", "show", ""], "id"),
        (&["init", "--name", "x"], "--country"),
        (&["erase", "x"], "--reason"),
        (&["record", "export", "x"], "--out"),
        (&["verify"], "<FILES>"),
        (&["record"], "subcommand"),
    ] {
        let plain = erikti(args);
        assert_eq!(exit(&plain), 64, "{args:?}");
        assert!(plain.stdout.is_empty(), "{args:?}");
        assert!(stderr(&plain).contains("--help"), "{args:?} names no help");
        let json: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let output = erikti(&json);
        let problem = check_problem(&output, "usage");
        assert!(
            problem
                .to_string()
                .to_lowercase()
                .contains(&found.to_lowercase()),
            "{args:?}: {problem}"
        );
    }
}

#[test]
fn a_slip_of_the_finger_is_answered_with_what_was_meant() {
    for (args, meant) in [
        (&["--json", "statsu"][..], "status"),
        (&["--json", "record", "lsit"], "list"),
        (&["--jsno", "--json"], "--json"),
        (
            &["--json", "import", "opportunities", "x", "--format", "vdss"],
            "vds",
        ),
    ] {
        let problem = check_problem(&erikti(args), "usage");
        let hint = problem["hint"].as_str().unwrap_or_default();
        assert!(hint.contains(meant), "{args:?}: {problem}");
    }
}

#[test]
fn help_and_version_go_to_stdout() {
    for args in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["record", "--help"],
        &["record", "new", "-h"],
    ] {
        let output = erikti(args);
        assert_eq!(exit(&output), 0, "{args:?}");
        assert!(stdout(&output).contains("erikti"), "{args:?}");
        assert!(output.stderr.is_empty(), "{args:?}");
    }
    let help = stdout(&erikti(&["--help"]));
    for command in [
        "init", "run", "status", "doctor", "peer", "org", "import", "record", "erase", "verify",
        "log", "sync", "store", "demo",
    ] {
        assert!(help.contains(command), "{command} is not in the help");
    }
    assert!(help.contains("Exit codes"));
    assert!(stdout(&erikti(&["erase", "-h"])).contains("Example:"));
}

#[test]
fn erikti_alone_names_the_next_step() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let nowhere = folder.path().join("none");
    let nowhere = nowhere.to_str().expect("UTF-8");
    let output = erikti(&["--data", nowhere]);
    assert_eq!(exit(&output), 0);
    assert!(stdout(&output).contains("erikti init"));

    let mut member = Member::init("Next", &[]);
    assert!(stdout(&plainly(&member, &[])).contains("next: erikti run"));
    member.start();
    assert!(stdout(&plainly(&member, &[])).contains("next: erikti status"));
    let answer: Value = member.ask::<&str>(&[]);
    assert_eq!(answer["state"], "the node runs");
    assert!(
        answer["next"]
            .as_str()
            .is_some_and(|next| next.starts_with("erikti status"))
    );
}

#[test]
fn an_error_is_a_sentence_with_a_next_step_for_people() {
    let member = Member::init("Sentence", &[]);
    let output = plainly(&member, &["record", "new", "oportunity"]);
    assert_eq!(exit(&output), 65);
    assert_eq!(
        stderr(&output).lines().next(),
        Some("error: `oportunity` is no kind of record [kind.unknown]")
    );
    assert!(stderr(&output).contains("hint: did you mean `opportunity`?"));
    let output = plainly(
        &member,
        &["record", "new", "opportunity", "--set", "capacity=lots"],
    );
    assert_eq!(exit(&output), 65);
    // What the sentence says already is not said twice.
    assert_eq!(
        stderr(&output).trim_end(),
        "error: `capacity` is `lots`, expected a whole number from 0 to 1000000 [record.malformed]"
    );
}
