//! The data folder: who may open it, and what its small files must say.

use std::os::unix::fs::PermissionsExt;

use erikti_node::store::journal::{Journal, Options};
use erikti_node::store::{Store, StoreFault};

use super::{append, log_folder, open, origin};

#[test]
fn a_second_process_is_refused_at_once_and_told_who_holds_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    let refused = Journal::open(folder.path(), Options::default());
    let pid = std::process::id();
    assert!(matches!(refused, Err(StoreFault::Locked { pid: Some(found), .. }) if found == pid));
    drop(journal);
    open(folder.path());
}

#[test]
fn a_folder_of_a_newer_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path());
    for (text, number) in [
        ("erikti data 2\n", Some(2)),
        ("something else", None),
        ("", None),
    ] {
        std::fs::write(folder.path().join("VERSION"), text).expect("written");
        let refused = Journal::open(folder.path(), Options::default());
        let Err(StoreFault::Version {
            found, allowed: 1, ..
        }) = refused
        else {
            panic!("{text}: {refused:?}");
        };
        assert_eq!(found, number);
        let left = std::fs::read_to_string(folder.path().join("VERSION")).expect("readable");
        assert_eq!(left, text);
    }
}

#[test]
fn nobody_else_reads_the_folders() {
    let outer = tempfile::tempdir().expect("a folder");
    let folder = outer.path().join("data");
    let (journal, report) = open(&folder);
    assert_eq!(report.logs, []);
    let log = origin(1);
    journal.create(&log).expect("made");
    append(&journal, &log, 0, 1);
    for path in [
        folder.clone(),
        folder.join("keys"),
        folder.join("vault"),
        log_folder(&folder, &log),
    ] {
        let mode = std::fs::metadata(&path)
            .expect("is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "{}", path.display());
    }
    let segment = log_folder(&folder, &log).join("00000000.seg");
    let mode = std::fs::metadata(segment)
        .expect("is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_log_that_its_own_files_cannot_mend_is_set_aside_and_the_others_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    for seed in [1, 2] {
        journal.create(&origin(seed)).expect("made");
        append(&journal, &origin(seed), 0, 20);
    }
    drop(journal);
    let path = log_folder(folder.path(), &origin(1));
    std::fs::remove_file(path.join("frontier")).expect("was there");
    let mut segment = std::fs::read(path.join("00000000.seg")).expect("readable");
    segment[64 + 30] ^= 1;
    std::fs::write(path.join("00000000.seg"), &segment).expect("written");
    let (journal, report) = open(folder.path());
    assert_eq!(journal.logs(), [origin(2)]);
    assert_eq!(report.set_aside.len(), 1);
    let kept = std::fs::read(report.set_aside[0].join("00000000.seg")).expect("kept");
    assert_eq!(kept, segment);
}
