//! Nodes for a browser to look at.

use erikti_tests::process::{Member, partner};
use serde_json::Value;

/// Two running nodes that are partners; the second stands with the first.
pub(super) fn partners(ours: &str, theirs: &str) -> (Member, Member) {
    let mut ours = Member::init(ours, &[]);
    let mut theirs = Member::init(theirs, &[&ours.organisation]);
    ours.start();
    theirs.start();
    partner(&ours, &theirs);
    ours.ask(&[
        "org",
        "accredit",
        &theirs.organisation,
        "--role",
        "host",
        "--role",
        "issuer",
    ]);
    (ours, theirs)
}

/// Whatever a node says is one line of JSON, without a control character.
#[track_caller]
pub(super) fn assert_logs_are_lines(members: &[&Member]) {
    for member in members {
        let log = member.log();
        for line in log.lines() {
            let event: Result<Value, _> = serde_json::from_str(line);
            assert!(event.is_ok_and(|event| event.is_object()), "{line:?}");
        }
        let control = log.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(control, None, "{log:?}");
    }
}
