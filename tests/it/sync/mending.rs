//! What can be made again is made again: index, frontier, side files. The node says so.

use std::fs;
use std::path::PathBuf;

use erikti_tests::process::{Member, converge};

use super::{Table, all, line, listed};

#[test]
fn a_deleted_index_is_made_again_and_the_node_says_so() {
    let mut members = filled();
    let before = (members[1].roots(), listed(&members[1], &[]));
    members[1].stop();
    fs::remove_dir_all(members[1].data().join("index")).expect("the index can be removed");
    members[1].start();
    let notes = members[1].ask(&["status"])["notes"].to_string();
    assert!(notes.contains("the index was made again"), "{notes}");
    assert!((members[1].roots(), listed(&members[1], &[])) == before);
    members[1].stop();
    members[1].start();
    assert_eq!(members[1].ask(&["status"])["notes"], serde_json::json!([]));
}

#[test]
fn deleted_frontiers_and_side_files_are_made_again() {
    let mut members = filled();
    let before = (members[1].roots(), listed(&members[1], &[]));
    for names in [
        &["frontier"] as &[&str],
        &["offsets"],
        &["packages"],
        &["control"],
        &["frontier", "offsets", "packages", "control"],
    ] {
        members[1].stop();
        for folder in logs(&members[1]) {
            for name in names {
                fs::remove_file(folder.join(name)).expect("the file can be removed");
            }
        }
        members[1].start();
        converge(&all(&members), 2);
        assert!(
            (members[1].roots(), listed(&members[1], &[])) == before,
            "{names:?}"
        );
        assert_eq!(
            members[1].ask(&["store", "verify"])["ok"],
            true,
            "{names:?}"
        );
    }
}

#[test]
fn the_index_is_rebuilt_on_request_running_or_not() {
    let mut members = filled();
    let before = listed(&members[1], &[]);
    let records = members[1].ask(&["store", "rebuild"])["records"].clone();
    assert!(records.as_u64() >= Some(before.len() as u64));
    assert!(listed(&members[1], &[]) == before);
    // It goes on as before: what comes next is found too.
    members[0].ask(&Table::new(1_000..1_010).import());
    converge(&all(&members), 2);
    assert_eq!(listed(&members[1], &[]).len(), before.len() + 10);
    members[1].stop();
    members[1].ask(&["store", "rebuild"]);
    assert_eq!(listed(&members[1], &[]).len(), before.len() + 10);
    assert_eq!(members[1].ask(&["store", "verify"])["ok"], true);
}

/// Two partners with records in both logs.
fn filled() -> Vec<Member> {
    let members = line(&["Astana", "Bern"]);
    members[0].ask(&Table::new(0..300).import());
    members[1].ask(&Table::new(0..20).import());
    converge(&all(&members), 2);
    members
}

/// The folders of a node's logs.
fn logs(member: &Member) -> Vec<PathBuf> {
    let folders = fs::read_dir(member.data().join("log")).expect("there are logs");
    folders
        .map(|entry| entry.expect("the folder can be read").path())
        .collect()
}
