//! The index: right answers, and the journal gives it back whatever happens to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use erikti_node::store::Store;
use erikti_node::store::index::{
    Index, IndexReport, LIST_MAX, PageCursor, Place, Progress, Query, Term, catch_up, rows,
};
use erikti_node::store::journal::Journal;
use erikti_protocol::codec::{Codec, Encoder};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::kind;
use erikti_protocol::log::Class;
use erikti_protocol::record::{Draft, Issuer, Readers, ReadersClass, Record};
use erikti_protocol::time::Timestamp;

use super::{Frame, open, origin};

/// Things records are about; each has as many versions as rounds were published.
const THINGS: u16 = 40;

fn thing(number: u16) -> RecordId {
    let mut bytes = [7; 16];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    RecordId::v4(bytes)
}

fn record(number: u16, version: u64) -> Record {
    let kind = match number % 2 {
        0 => "opportunity",
        _ => "service",
    };
    let kind = kind::by_name(kind).expect("registered");
    let key = super::key(9);
    let at = Timestamp::from_seconds(1_800_000_000 + i64::from(number) * 60).expect("a year");
    let draft = Draft {
        kind: kind.name.to_owned(),
        id: thing(number),
        version,
        valid_from: at,
        readers: Readers::Public,
        subject: (kind.sample)(),
        extra: (kind.sample_extra)(),
    };
    let issuer = Issuer {
        key: &key,
        name: "Test",
        organisation: Some(OrgId::from_founding(Hash::of(b"test"))),
    };
    let verified = draft.sign(&issuer, at, [1; 16]).expect("a sample");
    verified.into_record()
}

/// Publishes one version of every thing, half of them in each of two logs.
fn publish(journal: &Journal, version: u64) {
    let mut encoder = Encoder::new();
    for number in 0..THINGS {
        let log = log_of(number);
        journal.create(&log).expect("made");
        let record = record(number, version);
        let mut stored = Vec::new();
        encoder.encode(record.bytes(), &mut stored);
        let frame = Frame::present(
            Class::Record,
            record.digest(),
            ReadersClass::Public,
            Codec::Zstd1,
            u32::try_from(record.bytes().len()).expect("short"),
            &stored,
        );
        journal.append(&log, &[frame]).expect("room");
    }
    for seed in [1, 2] {
        journal.sync(&origin(seed)).expect("synced");
    }
}

fn log_of(number: u16) -> Origin {
    origin(if number < THINGS / 2 { 1 } else { 2 })
}

/// Where version `version` of a thing lies.
fn place(number: u16, version: u64) -> (Origin, u64) {
    let half = u64::from(THINGS / 2);
    (
        log_of(number),
        u64::from(number) % half + (version - 1) * half,
    )
}

fn spot(place: &Place) -> (Origin, u64) {
    (place.origin.clone(), place.index)
}

/// All pages of a query, and that no page is longer than asked.
fn all_pages(index: &Index, query: &Query, limit: usize) -> Vec<(Origin, u64)> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = index.list(query, cursor, limit).expect("readable");
        assert!(page.places.len() <= limit);
        found.extend(page.places.iter().map(spot));
        let Some(next) = page.next else {
            return found;
        };
        let text = next.to_string();
        cursor = PageCursor::parse(&text);
        assert_eq!(cursor, Some(next));
    }
}

/// Every answer is what `versions` rounds of publishing make it, but for what is gone.
fn check(index: &Index, versions: u64, gone: &BTreeSet<(u16, u64)>) {
    let there = |number: u16| {
        (1..=versions)
            .rev()
            .filter(move |version| !gone.contains(&(number, *version)))
    };
    for number in 0..THINGS {
        let found = index.find(&thing(number)).expect("readable");
        let wanted: Vec<_> = there(number)
            .map(|version| (place(number, version), version))
            .collect();
        let found: Vec<_> = found
            .iter()
            .map(|place| (spot(place), place.version.map(u64::from).expect("known")))
            .collect();
        assert_eq!(found, wanted, "thing {number}");
    }
    assert_eq!(index.find(&thing(THINGS)).expect("readable"), []);
    // Newest first: things in descending order, and of one thing the last entry first.
    let newest_first = |keep: &dyn Fn(u16) -> bool| -> Vec<(Origin, u64)> {
        let kept = (0..THINGS).rev().filter(|number| keep(*number));
        kept.flat_map(|number| there(number).map(move |version| place(number, version)))
            .collect()
    };
    for limit in [1, 7, LIST_MAX] {
        assert_eq!(
            all_pages(index, &Query::default(), limit),
            newest_first(&|_| true)
        );
        let services = Query::default().with(Term::kind("service"));
        assert_eq!(
            all_pages(index, &services, limit),
            newest_first(&|number| number % 2 == 1)
        );
    }
    let both = Query::default()
        .with(Term::kind("opportunity"))
        .with(Term::log(&origin(1)));
    let wanted = newest_first(&|number| number % 2 == 0 && number < THINGS / 2);
    assert_eq!(all_pages(index, &both, 5), wanted);
    let either = Query::default().with_any(vec![Term::log(&origin(1)), Term::log(&origin(2))]);
    assert_eq!(all_pages(index, &either, 9), newest_first(&|_| true));
    let none = Query::default()
        .with(Term::kind("opportunity"))
        .with(Term::kind("service"));
    assert_eq!(all_pages(index, &none, 9), []);
}

fn index(folder: &Path) -> (Index, IndexReport) {
    Index::open(folder).expect("opens")
}

fn caught(journal: &Journal, index: &Index) -> u64 {
    catch_up(journal, index, |_, _, _| {})
        .expect("readable")
        .records
}

#[test]
fn answers_are_the_same_from_memory_from_runs_and_from_merged_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    let (index, report) = index(folder.path());
    assert_eq!(report, IndexReport::Missing);
    for version in 1..=40 {
        publish(&journal, version);
        assert_eq!(caught(&journal, &index), u64::from(THINGS));
        if version % 13 == 0 {
            check(&index, version, &BTreeSet::new());
        }
        // Forty runs: sixteen are merged, twice.
        index.flush().expect("written");
    }
    check(&index, 40, &BTreeSet::new());
    index.close().expect("written");
    let (index, report) = self::index(folder.path());
    assert_eq!(report, IndexReport::Good);
    assert_eq!(caught(&journal, &index), 0);
    check(&index, 40, &BTreeSet::new());
}

#[test]
fn an_index_that_is_missing_damaged_or_of_another_version_is_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    let (first, _) = index(folder.path());
    for version in 1..=3 {
        publish(&journal, version);
        caught(&journal, &first);
        first.flush().expect("written");
    }
    drop(first);
    let blocks = folder.path().join("index").join("blocks");
    let whole = tree_of(&blocks);
    std::fs::remove_dir_all(folder.path().join("index")).expect("was there");
    let (again, report) = index(folder.path());
    assert_eq!(report, IndexReport::Missing);
    assert_eq!(caught(&journal, &again), 3 * u64::from(THINGS));
    check(&again, 3, &BTreeSet::new());
    drop(again);
    let mut discarded = 0;
    for (name, bytes) in &whole {
        for cut in [0, bytes.len() / 3, bytes.len().saturating_sub(1)] {
            std::fs::remove_dir_all(&blocks).expect("was there");
            put_tree(&blocks, &whole);
            let mut changed = bytes.clone();
            match cut % 2 {
                0 => changed.truncate(cut),
                _ => changed[cut..]
                    .iter_mut()
                    .take(64)
                    .for_each(|byte| *byte ^= 0xa5),
            }
            std::fs::write(blocks.join(name), changed).expect("written");
            let (index, report) = index(folder.path());
            discarded += usize::from(matches!(report, IndexReport::Discarded { .. }));
            caught(&journal, &index);
            check(&index, 3, &BTreeSet::new());
        }
    }
    assert!(discarded > 0, "no damage was noticed at opening");
}

fn tree_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    super::files(folder)
}

fn put_tree(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    super::put_files(folder, files);
}

#[test]
fn what_was_in_memory_when_the_process_ended_comes_back_from_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    let (first, _) = index(folder.path());
    publish(&journal, 1);
    caught(&journal, &first);
    first.flush().expect("written");
    publish(&journal, 2);
    caught(&journal, &first);
    drop(first);
    let (second, report) = index(folder.path());
    assert_eq!(report, IndexReport::Good);
    let half = u64::from(THINGS / 2);
    let known = Progress {
        size: half,
        ..Progress::default()
    };
    assert_eq!(second.complete_up_to(&origin(1)), known);
    assert_eq!(caught(&journal, &second), u64::from(THINGS));
    check(&second, 2, &BTreeSet::new());
}

#[test]
fn an_erased_record_leaves_the_index_at_once_or_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    let (first, _) = index(folder.path());
    for version in 1..=3 {
        publish(&journal, version);
        caught(&journal, &first);
        if version < 3 {
            first.flush().expect("written");
        }
    }
    let mut gone = BTreeSet::new();
    for (number, version) in [(4, 1), (5, 2), (6, 3)] {
        let (log, at) = place(number, version);
        let record = journal.record(&log, at).expect("readable").expect("held");
        let record = Record::parse(record.bytes).expect("a record");
        journal.erase(&log, at, 0).expect("erased");
        first
            .forget(&log, at, &rows(&record.as_view()))
            .expect("forgotten");
        gone.insert((number, version));
        check(&first, 3, &gone);
    }
    // Erased, and the process ends before the index hears of it.
    let (log, at) = place(30, 1);
    journal.erase(&log, at, 0).expect("erased");
    gone.insert((30, 1));
    first.flush().expect("written");
    drop(first);
    let (second, _) = index(folder.path());
    caught(&journal, &second);
    check(&second, 3, &gone);
    second.flush().expect("written");
    assert_eq!(second.complete_up_to(&log).marks, 1);
}

#[test]
fn a_record_that_arrives_late_is_found_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = open(folder.path());
    let (index, _) = index(folder.path());
    let log = origin(1);
    journal.create(&log).expect("made");
    let record = record(1, 1);
    let absent = Frame::without_record(Class::Record, record.digest(), super::Status::Absent);
    journal.append(&log, &[absent]).expect("room");
    journal.sync(&log).expect("synced");
    assert_eq!(caught(&journal, &index), 0);
    let length = u32::try_from(record.bytes().len()).expect("short");
    let frame = Frame::present(
        Class::Record,
        record.digest(),
        ReadersClass::Public,
        Codec::None,
        length,
        record.bytes(),
    );
    journal.fill(&log, 0, &frame).expect("wanted");
    journal.sync(&log).expect("synced");
    assert_eq!(caught(&journal, &index), 1);
    let found = index.find(&thing(1)).expect("readable");
    assert_eq!(found.iter().map(spot).collect::<Vec<_>>(), [(log, 0)]);
}

#[test]
fn other_texts_are_no_cursor() {
    for text in ["", "00", &"g".repeat(28), &"A".repeat(28), &"+1".repeat(14)] {
        assert_eq!(PageCursor::parse(text), None, "{text}");
    }
}
