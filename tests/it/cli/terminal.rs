//! What outside text may do to a terminal: nothing.

use std::process::Output;

use erikti_tests::process::Member;

use super::{exit, opportunity, plainly, stderr, stdout};

/// Clears a screen, rings, recolours with C1, turns direction around.
const STEERING: &str = "x\u{1b}[2J\u{7}\u{9b}31m\u{202e}y\u{2066}z";

#[track_caller]
fn clean(output: &Output) {
    for text in [stdout(output), stderr(output)] {
        let steering = text.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(steering, None, "{text:?}");
    }
}

#[test]
fn no_answer_or_refusal_carries_control_characters() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let member = Member::init("Terminal", &[]);
    let file = folder.path().join("fields.json");
    // Kinds may refuse some of these in texts; what they let pass must still be harmless when shown.
    let mut made = Vec::new();
    for text in [
        STEERING,
        "\u{9b}31m\u{202e}turned",
        "\u{202e}\u{2066}turned",
    ] {
        let fields = serde_json::json!({"title": {"en": text}, "status": "open", "organiser": {"name": text}});
        std::fs::write(&file, fields.to_string()).expect("a file of the test");
        let path = file.to_str().expect("UTF-8");
        let output = plainly(&member, &["record", "new", "opportunity", "--from", path]);
        clean(&output);
        clean(&member.run(&["record", "new", "opportunity", "--from", path]));
        if exit(&output) == 0 {
            made.push(text);
        }
    }
    let id = opportunity(&member, "Harmless");
    for args in [
        &["record", "list"][..],
        &["record", "show", &id],
        &["record", "show", STEERING],
        &["record", "new", STEERING],
        &["record", "new", "opportunity", "--set", STEERING],
        &[
            "record",
            "new",
            "opportunity",
            "--set",
            &format!("title.en={STEERING}"),
        ],
        &["org", "show", STEERING],
        &["erase", &id, "--reason", STEERING],
        &["peer", "accept", STEERING],
        &["log", "checkpoint", "--origin", STEERING],
        &["record", "list", "--kind", STEERING],
        &["record", "list", "--cursor", STEERING],
        &["verify", STEERING],
    ] {
        clean(&plainly(&member, args));
        clean(&member.run(args));
    }
}

#[test]
fn tables_fit_80_columns_whatever_stands_in_them() {
    let member = Member::init(
        "Очень длинное название организации ".repeat(4).trim_end(),
        &[],
    );
    opportunity(&member, &"A very long title ".repeat(8));
    for args in [
        &["record", "list"][..],
        &["org", "list"],
        &["log", "status"],
        &["peer", "list"],
        &["sync", "status"],
    ] {
        let output = plainly(&member, args);
        assert_eq!(exit(&output), 0, "{args:?}");
        for line in stdout(&output).lines() {
            assert!(line.chars().count() <= 80, "{args:?}: {line}");
        }
    }
}
