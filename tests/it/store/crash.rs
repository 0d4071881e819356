//! Crashes, torn writes, flipped bits: the folder is changed behind the journal's back and opened again.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use erikti_node::store::journal::{Journal, Options};
use erikti_node::store::{Frame, Status, Step, Store, StoreFault};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::log::Compact;

use super::{
    absent, append, body, checkpoint, class, files, frame, holds, log_folder, open, open_small,
    origin, put_files, size_of_body,
};

/// Root of the entries that [`append`] makes, up to `size`.
fn root(size: u64) -> Hash {
    let mut tree = Compact::new();
    for index in 0..size {
        let text = body(index, size_of_body(index));
        tree.push(frame(class(index), &text).entry().leaf());
    }
    tree.root()
}

/// A data folder with the log's files as given.
fn restored(log: &Origin, files: &super::Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    put_files(&log_folder(folder.path(), log), files);
    folder
}

/// The files of a log of `acknowledged` entries, and of the same log with `more` entries written and not synced.
fn two_states(acknowledged: u64, more: u64) -> (super::Files, super::Files) {
    let log = origin(1);
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    journal.create(&log).expect("made");
    append(&journal, &log, 0, acknowledged);
    let before = files(&log_folder(folder.path(), &log));
    let bodies: Vec<_> = (acknowledged..acknowledged + more)
        .map(|index| body(index, size_of_body(index)))
        .collect();
    let frames: Vec<Frame<'_>> = (acknowledged..)
        .zip(&bodies)
        .map(|(index, body)| frame(class(index), body))
        .collect();
    journal.append(&log, &frames).expect("room");
    (before, files(&log_folder(folder.path(), &log)))
}

/// Opens what is in `files`: at least `least` entries are there, at most `most`, all of them as they were appended.
fn check_prefix(files: &super::Files, least: u64, most: u64, what: &str) -> u64 {
    let log = origin(1);
    let folder = restored(&log, files);
    let (journal, report) = open(folder.path());
    let frontier = journal.frontier(&log).expect("known");
    assert!(
        (least..=most).contains(&frontier.size),
        "{what}: {report:?}"
    );
    assert_eq!(frontier.tree.root(), root(frontier.size), "{what}");
    assert_eq!(frontier.counts.held, frontier.size, "{what}");
    holds(&journal, &log, 0, frontier.size);
    append(&journal, &log, frontier.size, frontier.size + 2);
    let grown = frontier.size + 2;
    drop(journal);
    let (journal, report) = open(folder.path());
    let frontier = journal.frontier(&log).expect("known");
    assert_eq!(
        (frontier.size, frontier.tree.root()),
        (grown, root(grown)),
        "{what}"
    );
    assert!(
        report.logs.iter().all(|log| log.is_quiet()),
        "{what}: {report:?}"
    );
    holds(&journal, &log, 0, grown);
    frontier.size - 2
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_nothing_acknowledged_with_it() {
    let (before, after) = two_states(9, 3);
    let (acknowledged, written) = (before[SEGMENT].len(), after[SEGMENT].len());
    let mut sizes = Vec::new();
    for length in acknowledged..=written {
        let mut torn = after.clone();
        torn.get_mut(SEGMENT).expect("a segment").truncate(length);
        sizes.push(check_prefix(&torn, 9, 12, &format!("cut at {length}")));
    }
    sizes.dedup();
    assert_eq!(sizes, [9, 10, 11, 12], "whole frames are kept");
}

#[test]
fn a_tail_of_zeroes_or_with_any_byte_changed_invents_nothing() {
    let (before, after) = two_states(9, 2);
    let (acknowledged, written) = (before[SEGMENT].len(), after[SEGMENT].len());
    for at in acknowledged..written {
        let mut changed = after.clone();
        changed.get_mut(SEGMENT).expect("a segment")[at] ^= 0x10;
        check_prefix(&changed, 9, 11, &format!("flipped at {at}"));
    }
    for at in (acknowledged..written).step_by(32) {
        let mut zeroed = after.clone();
        let segment = zeroed.get_mut(SEGMENT).expect("a segment");
        segment[at..].fill(0);
        segment.resize(written + 4096, 0);
        check_prefix(&zeroed, 9, 11, &format!("zeroes from {at}"));
    }
}

#[test]
fn side_files_that_are_missing_short_or_garbage_are_made_again() {
    let log = origin(1);
    let (before, _) = two_states(600, 1);
    for name in ["offsets", "packages", "control", "fills", "frontier"] {
        let whole = before[name].clone();
        let mut cases = vec![
            None,
            Some(Vec::new()),
            Some(whole[..whole.len() / 2].to_vec()),
            Some(vec![0x5a; whole.len()]),
        ];
        if name == "frontier" {
            // Either slot alone is enough, or neither.
            for slot in [0, 4096] {
                let mut bytes = whole.clone();
                let end = bytes.len().min(slot + 4096);
                bytes[slot..end].fill(0xff);
                cases.push(Some(bytes));
            }
        }
        for case in cases {
            let mut files = before.clone();
            match case {
                Some(bytes) => files.insert(name.to_owned(), bytes),
                None => files.remove(name),
            };
            check_prefix(&files, 600, 601, name);
            let folder = restored(&log, &files);
            let (journal, _) = open(folder.path());
            let control: Vec<u64> = (0..600).filter(|index| index % 7 == 0).collect();
            assert_eq!(journal.control(&log, 0).expect("known"), control, "{name}");
            assert_eq!(journal.tile(&log, 1, 0, 2).expect("two packages").len(), 2);
            assert_eq!(journal.read_back(&log).expect("whole").0, 600, "{name}");
        }
    }
}

#[test]
fn a_changed_bit_in_what_was_acknowledged_is_named_and_never_served() {
    let log = origin(1);
    let (before, _) = two_states(12, 1);
    let length = before[SEGMENT].len();
    // Every byte of the first two frames, a few of all others.
    for at in (64..length).filter(|at| *at < 64 + 2 * 64 + 40 || at % 16 == 0) {
        let mut changed = before.clone();
        changed.get_mut(SEGMENT).expect("a segment")[at] ^= 1 << (at % 8);
        let folder = restored(&log, &changed);
        let (journal, report) = open(folder.path());
        let frontier = journal.frontier(&log).expect("known");
        assert_eq!(
            (frontier.size, frontier.tree.root()),
            (12, root(12)),
            "byte {at}"
        );
        let mut lost = Vec::new();
        for index in 0..12 {
            match journal.record(&log, index) {
                Ok(Some(record)) => assert_eq!(record.bytes, body(index, size_of_body(index))),
                Err(StoreFault::Damaged { index: named, .. }) => {
                    assert_eq!(named, index);
                    lost.push(index);
                }
                other => panic!("byte {at}, entry {index}: {other:?}"),
            }
        }
        assert_eq!(lost.len(), 1, "byte {at}");
        let damaged = lost[0]..lost[0] + 1;
        assert_eq!(
            report.logs[0].damaged,
            std::slice::from_ref(&damaged),
            "byte {at}"
        );
        if at % 32 == 0 {
            mend_all(&journal, &log, 12);
        }
    }
}

/// Mends the only package from frames as a peer would send them.
fn mend_all(journal: &Journal, log: &Origin, size: u64) {
    let bodies: Vec<_> = (0..size)
        .map(|index| body(index, size_of_body(index)))
        .collect();
    let mut frames: Vec<Frame<'_>> = (0..)
        .zip(&bodies)
        .map(|(index, body)| frame(class(index), body))
        .collect();
    let right = frames[3];
    frames[3] = frames[4];
    assert!(
        journal.mend(log, 0, &frames).is_err(),
        "another record does not fit the root"
    );
    frames[3] = right;
    assert_eq!(journal.mend(log, 0, &frames).expect("the root fits"), 1);
    journal.sync(log).expect("synced");
    holds(journal, log, 0, size);
    assert_eq!(journal.mend(log, 0, &frames).expect("nothing to do"), 0);
}

#[test]
fn what_was_mended_stays_mended_after_the_next_start() {
    let log = origin(1);
    let (mut files, _) = two_states(12, 1);
    files.get_mut(SEGMENT).expect("a segment")[64 + 20] ^= 1;
    let folder = restored(&log, &files);
    let (journal, _) = open(folder.path());
    mend_all(&journal, &log, 12);
    append(&journal, &log, 12, 300);
    drop(journal);
    std::fs::remove_file(log_folder(folder.path(), &log).join("offsets")).expect("was there");
    let (journal, report) = open(folder.path());
    assert_eq!(report.logs[0].damaged, [], "{report:?}");
    holds(&journal, &log, 0, 300);
}

#[test]
fn an_end_that_the_disk_lost_is_damage_and_the_log_goes_on_behind_it() {
    let log = origin(1);
    let (before, _) = two_states(300, 1);
    let mut cut = before.clone();
    let length = before[SEGMENT].len() * 2 / 3;
    cut.get_mut(SEGMENT).expect("a segment").truncate(length);
    let folder = restored(&log, &cut);
    let mut names = Vec::new();
    for _ in 0..3 {
        let (journal, report) = open(folder.path());
        let frontier = journal.frontier(&log).expect("known");
        assert_eq!((frontier.size, frontier.tree.root()), (300, root(300)));
        let damaged = report.logs[0].damaged.clone();
        assert_eq!((damaged.len(), damaged[0].end), (1, 300));
        holds(&journal, &log, 0, damaged[0].start);
        assert!(journal.record(&log, damaged[0].start).is_err());
        assert!(journal.read_back(&log).is_ok(), "nothing new to read back");
        names.push(files(&log_folder(folder.path(), &log)).len());
    }
    assert_eq!(names[0], names[2], "no start makes another segment");
    let (journal, _) = open(folder.path());
    append(&journal, &log, 300, 700);
    drop(journal);
    let (journal, _) = open(folder.path());
    let frontier = journal.frontier(&log).expect("known");
    assert_eq!((frontier.size, frontier.tree.root()), (700, root(700)));
    holds(&journal, &log, 300, 700);
}

#[test]
fn logs_of_many_segments_are_cut_within_them_and_rebuilt_across_them() {
    let log = origin(1);
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open_small(folder.path());
    journal.create(&log).expect("made");
    append(&journal, &log, 0, 150);
    append(&journal, &log, 150, 700);
    holds(&journal, &log, 0, 700);
    drop(journal);
    let path = log_folder(folder.path(), &log);
    assert!(
        path.join("00000030.seg").exists(),
        "a segment is closed at 4 KiB"
    );
    std::fs::remove_file(path.join("offsets")).expect("was there");
    std::fs::write(path.join("00000040.seg"), b"torn while it was made").expect("written");
    std::fs::rename(path.join("00000040.seg"), path.join(next_segment(&path))).expect("renamed");
    let (journal, report) = open_small(folder.path());
    assert!(report.logs[0].rebuilt);
    holds(&journal, &log, 0, 700);
    append(&journal, &log, 700, 900);
    drop(journal);
    let (journal, report) = open_small(folder.path());
    assert!(report.logs[0].is_quiet(), "{report:?}");
    holds(&journal, &log, 0, 900);
    assert_eq!(
        journal.frontier(&log).expect("known").tree.root(),
        root(900)
    );
}

fn next_segment(path: &Path) -> String {
    (0..)
        .map(|number: u32| format!("{number:08}.seg"))
        .find(|name| !path.join(name).exists())
        .expect("numbers do not end")
}

#[test]
fn an_erasure_interrupted_between_two_writes_is_finished_at_the_next_start() {
    let log = origin(1);
    for step in [Step::Marked, Step::Overwritten] {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options {
            probe: Some(Arc::new(move |at| match at == step {
                true => Err(std::io::Error::other("the power fails here")),
                false => Ok(()),
            })),
            ..Options::default()
        };
        let (journal, _) = Journal::open(folder.path(), options).expect("opens");
        journal.create(&log).expect("made");
        append(&journal, &log, 0, 300);
        let text = body(33, size_of_body(33));
        assert!(text.len() > 16, "long enough not to be there by chance");
        let segment = log_folder(folder.path(), &log).join(SEGMENT);
        let stands = || {
            let bytes = std::fs::read(&segment).expect("readable");
            bytes.windows(text.len()).any(|window| window == text)
        };
        assert!(stands());
        assert!(matches!(
            journal.erase(&log, 33, 299),
            Err(StoreFault::Poisoned)
        ));
        drop(journal);
        let (journal, report) = open(folder.path());
        assert_eq!(report.logs[0].redone, [33], "{step:?}");
        assert!(!stands(), "{step:?}");
        let frames = journal.entries(&log, 33..34).expect("readable");
        let status = frames.iter().next().expect("one").1.status;
        assert_eq!(status, Status::Erased { by: 299 });
        let frontier = journal.frontier(&log).expect("known");
        assert_eq!((frontier.counts.erased, frontier.counts.held), (1, 299));
        assert_eq!((frontier.tree.root(), frontier.marks), (root(300), 1));
        drop(journal);
        for name in ["marks", "frontier", "offsets"] {
            std::fs::remove_file(log_folder(folder.path(), &log).join(name)).expect("was there");
        }
        let (journal, _) = open(folder.path());
        assert!(journal.record(&log, 33).expect("readable").is_none());
        assert_eq!(journal.frontier(&log).expect("known").counts.erased, 1);
    }
}

#[test]
fn a_failed_sync_stops_all_writing_until_the_next_start() {
    let log = origin(1);
    for failing in [Step::Frames, Step::Frontier] {
        let folder = tempfile::tempdir().expect("a folder");
        let (armed, syncs) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (arm, count) = (Arc::clone(&armed), Arc::clone(&syncs));
        let options = Options {
            probe: Some(Arc::new(move |at| {
                count.fetch_add(1, Ordering::SeqCst);
                match at == failing && arm.load(Ordering::SeqCst) == 1 {
                    true => Err(std::io::Error::from_raw_os_error(5)),
                    false => Ok(()),
                }
            })),
            ..Options::default()
        };
        let (journal, _) = Journal::open(folder.path(), options).expect("opens");
        journal.create(&log).expect("made");
        append(&journal, &log, 0, 10);
        armed.store(1, Ordering::SeqCst);
        let text = body(10, 10);
        let entry = frame(class(10), &text);
        journal.append(&log, &[entry]).expect("room");
        assert!(matches!(journal.sync(&log), Err(StoreFault::Poisoned)));
        armed.store(0, Ordering::SeqCst);
        let seen = syncs.load(Ordering::SeqCst);
        let poisoned = |outcome: Result<(), StoreFault>| {
            assert!(matches!(outcome, Err(StoreFault::Poisoned)), "{outcome:?}");
        };
        poisoned(journal.sync(&log).map(drop));
        poisoned(journal.append(&log, &[entry]).map(drop));
        poisoned(journal.publish(&log, &[entry]).map(drop));
        poisoned(journal.erase(&log, 1, 2));
        poisoned(journal.create(&origin(2)));
        let at = journal.frontier(&log).expect("known");
        poisoned(journal.swap_checkpoint(&log, None, &checkpoint(1, at.size, at.tree.root())));
        assert_eq!(syncs.load(Ordering::SeqCst), seen, "no sync is tried again");
        holds(&journal, &log, 0, 10);
        drop(journal);
        let (journal, _) = open(folder.path());
        holds(&journal, &log, 0, 10);
    }
}

#[test]
fn a_fill_written_but_not_acknowledged_is_found_again() {
    let log = origin(1);
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    journal.create(&log).expect("made");
    let text = body(0, 80);
    journal
        .append(&log, &[absent(&text), absent(&body(1, 90))])
        .expect("room");
    journal.sync(&log).expect("synced");
    journal
        .fill(&log, 0, &frame(super::Class::Record, &text))
        .expect("wanted");
    drop(journal);
    for name in [None, Some("offsets"), Some("frontier")] {
        if let Some(name) = name {
            std::fs::remove_file(log_folder(folder.path(), &log).join(name)).expect("was there");
        }
        let (journal, _) = open(folder.path());
        let frontier = journal.frontier(&log).expect("known");
        assert_eq!((frontier.size, frontier.fills), (2, 1), "{name:?}");
        assert_eq!(
            (frontier.counts.held, frontier.counts.absent),
            (1, 1),
            "{name:?}"
        );
        let record = journal.record(&log, 0).expect("readable").expect("held");
        assert_eq!(record.bytes, text);
    }
}

#[test]
fn a_checkpoint_over_more_than_is_left_is_reported() {
    let log = origin(1);
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    journal.create(&log).expect("made");
    append(&journal, &log, 0, 10);
    let mut older = files(&log_folder(folder.path(), &log));
    append(&journal, &log, 10, 20);
    let promise = checkpoint(1, 20, root(20));
    journal.swap_checkpoint(&log, None, &promise).expect("held");
    drop(journal);
    let (journal, report) = open(folder.path());
    assert!(report.logs[0].is_quiet());
    drop(journal);
    // A backup older than the checkpoint.
    older.insert("checkpoint".to_owned(), promise);
    let folder = restored(&log, &older);
    let (_, report) = open(folder.path());
    assert_eq!(report.logs[0].promised, Some(20));
}

#[test]
fn records_of_64_callers_are_each_where_they_were_told() {
    let log = origin(1);
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    journal.create(&log).expect("made");
    let told: Vec<(u64, u64)> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..64_u64)
            .map(|caller| {
                let (journal, log) = (&journal, &log);
                scope.spawn(move || {
                    let publish = |number: u64| {
                        let text = body(caller * 1000 + number, 40);
                        let range = journal.publish(log, &[frame(super::Class::Record, &text)]);
                        (range.expect("durable").start, caller * 1000 + number)
                    };
                    (0..20).map(publish).collect::<Vec<_>>()
                })
            })
            .collect();
        callers
            .into_iter()
            .flat_map(|caller| caller.join().expect("no caller panics"))
            .collect()
    });
    let mut indices: Vec<u64> = told.iter().map(|(index, _)| *index).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..64 * 20).collect::<Vec<_>>());
    let check = |journal: &Journal| {
        for (index, number) in &told {
            let record = journal
                .record(&log, *index)
                .expect("readable")
                .expect("held");
            assert_eq!(record.bytes, body(*number, 40));
        }
    };
    check(&journal);
    let longest = body(0, erikti_node::store::STORED_BYTES_MAX + 1);
    let refused = journal.publish(&log, &[frame(super::Class::Record, &longest)]);
    assert!(matches!(refused, Err(StoreFault::TooLarge { .. })));
    drop(journal);
    check(&open(folder.path()).0);
}

/// Set in the child process of the next test: the data folder to write to.
const CHILD: &str = "ERIKTI_TEST_STORE_CHILD";
const SEGMENT: &str = "00000000.seg";

#[test]
fn a_writer_killed_at_any_moment_lost_nothing_it_acknowledged() {
    let log = origin(1);
    if let Some(folder) = std::env::var_os(CHILD) {
        return write_until_killed(Path::new(&folder), &log);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut size = 0;
    for round in 0..20_u64 {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args([
                "--exact",
                "store::crash::a_writer_killed_at_any_moment_lost_nothing_it_acknowledged",
            ])
            .args(["--nocapture", "--test-threads=1"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the child starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let wanted = usize::try_from(round * 7 % 23 + 1).expect("small");
        let acknowledged = lines
            .map_while(Result::ok)
            .filter_map(|line| {
                line.strip_prefix("acknowledged ")
                    .and_then(|size| size.parse::<u64>().ok())
            })
            .take(wanted)
            .last()
            .expect("the child acknowledges");
        child.kill().expect("it was running");
        child.wait().expect("it ended");
        let (journal, report) = open_small(folder.path());
        let frontier = journal.frontier(&log).expect("known");
        assert!(frontier.size >= acknowledged, "round {round}: {report:?}");
        assert!(frontier.size > size, "round {round}");
        assert_eq!(report.logs[0].damaged, [], "round {round}");
        size = frontier.size;
        assert_eq!(frontier.tree.root(), root(size), "round {round}");
        holds(&journal, &log, 0, size);
        assert_eq!(journal.read_back(&log).expect("whole"), (size, root(size)));
        let promised = journal.checkpoint(&log).expect("readable");
        assert!(
            promised.is_some() && report.logs[0].promised.is_none(),
            "round {round}"
        );
    }
}

/// Publishes, appends, syncs and seals until somebody kills the process; says what it acknowledged.
fn write_until_killed(folder: &Path, log: &Origin) {
    let (journal, _) = open_small(folder);
    journal.create(log).expect("made");
    let mut size = journal.frontier(log).expect("known").size;
    let mut stdout = std::io::stdout();
    for round in 0_u64.. {
        let end = size + round % 5 + 1;
        let bodies: Vec<_> = (size..end)
            .map(|index| body(index, size_of_body(index)))
            .collect();
        let frames: Vec<Frame<'_>> = (size..)
            .zip(&bodies)
            .map(|(index, body)| frame(class(index), body))
            .collect();
        if round % 3 == 0 {
            journal.append(log, &frames).expect("room");
            journal.sync(log).expect("synced");
        } else {
            journal.publish(log, &frames).expect("durable");
        }
        size = end;
        if round % 4 == 0 {
            let before = journal.checkpoint(log).expect("readable");
            let (size, root) = journal.read_back(log).expect("whole");
            let new = checkpoint(1, size, root);
            journal
                .swap_checkpoint(log, before.as_deref(), &new)
                .expect("held");
        }
        let told = writeln!(stdout, "acknowledged {size}").and_then(|()| stdout.flush());
        if told.is_err() {
            // The parent has stopped listening, so the kill is on its way.
            std::thread::park();
        }
    }
}
