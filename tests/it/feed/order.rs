//! The order of arrival itself: what it notes, what it keeps over restarts, what it does with a broken file.

use std::path::Path;

use erikti_node::feed::{Change, FILE_NAME, Feed, KindTag, Look, What};
use erikti_node::store::journal::{Journal, Options};
use erikti_node::store::{Frame, Status, Store, Verdict};
use erikti_protocol::codec::Codec;
use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::key::SecretKey;
use erikti_protocol::log::Class;
use erikti_protocol::record::ReadersClass;
use erikti_protocol::time::Timestamp;

/// Milliseconds since 1970 at which the tests begin.
const BEGIN: u64 = 1_800_000_000_000;
/// The first number of a file that begins then.
const FIRST: u64 = BEGIN * 1_024;

fn origin(seed: u8) -> Origin {
    let key = SecretKey::from_seed(&[seed; 32]);
    Origin::new("test", &key.public()).expect("`test` names a network")
}

/// Appends entries, durable; of the absent ones only the digest.
fn append(store: &dyn Store, log: &Origin, texts: &[&str], absent: bool) {
    store.create(log).expect("made");
    let frames: Vec<_> = texts.iter().map(|text| frame(text, absent)).collect();
    store.append(log, &frames).expect("room");
    store.sync(log).expect("synced");
}

fn frame(text: &str, absent: bool) -> Frame<'_> {
    let (class, digest) = (Class::Record, Hash::of(text.as_bytes()));
    if absent {
        return Frame::without_record(class, digest, Status::Absent);
    }
    let length = u32::try_from(text.len()).expect("a test's body is short");
    let (readers, codec) = (ReadersClass::Public, Codec::None);
    Frame::present(class, digest, readers, codec, length, text.as_bytes())
}

fn look(visible: u64, erased: Option<(u64, &str)>) -> Look<'_> {
    Look {
        visible,
        found: u64::MAX,
        counted: Some(u64::MAX),
        erased,
        at: Timestamp::from_seconds(1_800_000_000).expect("a year"),
    }
}

fn follow(feed: &Feed, store: &dyn Store, log: &Origin, visible: u64) {
    feed.follow(store, log, look(visible, None)).expect("noted");
}

fn open(folder: &Path, milliseconds: u64) -> Feed {
    Feed::open_at(folder, milliseconds).expect("the file can be opened")
}

/// Number above the first, which log, which entry, what.
fn shown(changes: &[Change]) -> Vec<(u64, u8, u64, What)> {
    let logs = [1, 2].map(|seed| (seed, origin(seed)));
    let shown = changes.iter().map(|change| {
        let log = logs.iter().find(|(_, origin)| *origin == change.origin);
        let (seed, _) = log.expect("a log of these tests");
        (change.number - FIRST, *seed, change.index, change.what)
    });
    shown.collect()
}

fn all(feed: &Feed) -> Vec<Change> {
    feed.after(0, usize::MAX)
}

/// Two logs whose entries come in turns, one late, one erased, one bad: ten changes.
fn story(folder: &Path) -> (Journal, Feed) {
    let (store, _) = Journal::open(folder, Options::default()).expect("the journal opens");
    let feed = open(folder, BEGIN);
    let (one, two) = (origin(1), origin(2));
    append(&store, &one, &["a", "b", "c"], false);
    follow(&feed, &store, &one, 2);
    append(&store, &two, &["x", "y"], true);
    follow(&feed, &store, &two, 2);
    follow(&feed, &store, &one, 3);
    store.fill(&two, 1, &frame("y", false)).expect("wanted");
    store.sync(&two).expect("synced");
    follow(&feed, &store, &two, 2);
    store.erase(&one, 1, 9).expect("erased");
    feed.follow(&store, &one, look(3, Some((1, "opportunity"))))
        .expect("noted");
    store.mark(&one, 0, Verdict::Bad).expect("marked");
    follow(&feed, &store, &one, 3);
    append(&store, &two, &["z", "v"], false);
    follow(&feed, &store, &two, 3);
    (store, feed)
}

const STORY: [(u64, u8, u64, What); 9] = [
    (0, 1, 0, What::Appeared),
    (1, 1, 1, What::Appeared),
    (2, 2, 0, What::Appeared),
    (3, 2, 1, What::Appeared),
    (4, 1, 2, What::Appeared),
    (5, 2, 1, What::Filled),
    (6, 1, 1, What::Gone),
    (7, 1, 0, What::Gone),
    (8, 2, 2, What::Appeared),
];

#[test]
fn every_entry_that_comes_late_or_goes_gets_the_next_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, feed) = story(folder.path());
    let changes = all(&feed);
    assert_eq!(shown(&changes), STORY);
    assert_eq!(feed.head(), FIRST + 8);
    assert_eq!(changes[6].was, Some(KindTag::of("opportunity")));
    assert_eq!(changes[7].was, None);
    let part = feed.after(FIRST + 2, 3);
    assert_eq!(shown(&part), STORY[3..6]);
    assert_eq!(feed.after(FIRST + 8, 3), Vec::new());
    let latest = |seed, index| {
        let number = feed.latest(&origin(seed), index);
        number.map(|number| number - FIRST)
    };
    let newest = [
        (1, 0),
        (1, 1),
        (1, 2),
        (2, 0),
        (2, 1),
        (2, 2),
        (2, 3),
        (3, 0),
    ];
    assert_eq!(
        newest.map(|(seed, index)| latest(seed, index)),
        [
            Some(7),
            Some(6),
            Some(4),
            Some(2),
            Some(5),
            Some(8),
            None,
            None
        ]
    );
}

#[test]
fn what_nobody_could_find_yet_waits_for_its_turn() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = Journal::open(folder.path(), Options::default()).expect("the journal opens");
    let feed = open(folder.path(), BEGIN);
    append(&store, &origin(1), &["a", "b", "c"], false);
    let found = |found| Look {
        found,
        ..look(3, None)
    };
    feed.follow(&store, &origin(1), found(1)).expect("noted");
    assert_eq!(all(&feed).len(), 1);
    // An index that is being made anew takes nothing back.
    feed.follow(&store, &origin(1), found(0)).expect("noted");
    feed.follow(&store, &origin(1), found(3)).expect("noted");
    assert_eq!(
        shown(&all(&feed)),
        [STORY[0], STORY[1], (2, 1, 2, What::Appeared)]
    );
}

#[test]
fn what_does_not_count_yet_waits_and_what_counts_no_more_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = Journal::open(folder.path(), Options::default()).expect("the journal opens");
    let feed = open(folder.path(), BEGIN);
    let log = origin(1);
    append(&store, &log, &["a", "b", "c", "d"], false);
    let counted = |feed: &Feed, visible, counted| {
        let look = Look {
            counted,
            ..look(visible, None)
        };
        feed.follow(&store, &log, look).expect("noted");
    };
    // Whose it is, is not known yet; then it is.
    counted(&feed, 3, Some(0));
    counted(&feed, 3, None);
    assert_eq!(all(&feed), []);
    counted(&feed, 3, Some(u64::MAX));
    // A successor pins it at 2, another one at 1; the node is started anew in between.
    counted(&feed, 3, Some(2));
    drop(feed);
    let feed = open(folder.path(), BEGIN);
    counted(&feed, 3, Some(2));
    counted(&feed, 4, Some(1));
    counted(&feed, 4, None);
    // Nothing of that was so.
    counted(&feed, 4, Some(u64::MAX));
    drop(feed);
    let feed = open(folder.path(), BEGIN);
    counted(&feed, 4, Some(u64::MAX));
    let expected = [
        (0, 1, 0, What::Appeared),
        (1, 1, 1, What::Appeared),
        (2, 1, 2, What::Appeared),
        (3, 1, 2, What::Recounted),
        (4, 1, 1, What::Recounted),
        (5, 1, 1, What::Recounted),
        (6, 1, 2, What::Recounted),
        (7, 1, 3, What::Appeared),
    ];
    assert_eq!(shown(&all(&feed)), expected);
    assert_eq!(feed.latest(&log, 1), Some(FIRST + 5));
    assert_eq!(feed.latest(&log, 0), Some(FIRST));
}

#[test]
fn listeners_hear_of_changes_and_of_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, feed) = story(folder.path());
    let (tell, told) = std::sync::mpsc::channel();
    feed.on_change(move |head| tell.send(head).expect("the test listens"));
    follow(&feed, &store, &origin(2), 3);
    assert!(told.try_recv().is_err());
    follow(&feed, &store, &origin(2), 4);
    assert_eq!(told.try_recv(), Ok(FIRST + 9));
}

#[test]
fn the_order_stays_over_a_restart_and_later_numbers_are_above() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, feed) = story(folder.path());
    let before = all(&feed);
    drop(feed);
    let feed = open(folder.path(), BEGIN + 5);
    for log in store.logs() {
        follow(&feed, &store, &log, 3);
    }
    assert_eq!(all(&feed), before);
    follow(&feed, &store, &origin(2), 4);
    assert_eq!(
        shown(&feed.after(FIRST + 8, 9)),
        [(5 * 1_024, 2, 3, What::Appeared)]
    );
}

#[test]
fn changes_that_nobody_noted_before_a_crash_are_noted_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, feed) = story(folder.path());
    drop(feed);
    append(&store, &origin(1), &["d"], false);
    store.erase(&origin(2), 2, 9).expect("erased");
    let feed = open(folder.path(), BEGIN);
    follow(&feed, &store, &origin(1), 4);
    follow(&feed, &store, &origin(2), 3);
    let news = [(9, 1, 3, What::Appeared), (10, 2, 2, What::Gone)];
    assert_eq!(shown(&feed.after(FIRST + 8, 9)), news);
}

#[test]
fn a_file_cut_at_any_byte_is_made_whole_and_no_number_comes_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, feed) = story(folder.path());
    let before = all(&feed);
    let file = folder.path().join(FILE_NAME);
    let bytes = std::fs::read(&file).expect("readable");
    for length in 0..=bytes.len() {
        std::fs::write(&file, &bytes[..length]).expect("writable");
        let feed = open(folder.path(), BEGIN + 1);
        for log in store.logs() {
            follow(&feed, &store, &log, 3);
        }
        let after = all(&feed);
        let kept = after
            .iter()
            .filter(|change| before.contains(change))
            .count();
        assert_eq!(
            after[..kept],
            before[..kept],
            "what is left is as it was: {length}"
        );
        let fresh = &after[kept..];
        assert!(
            fresh.iter().all(|change| change.number >= FIRST + 1_024),
            "{length}: {fresh:?}"
        );
        assert!(after.windows(2).all(|pair| pair[0].number < pair[1].number));
        // Whoever knew everything hears of everything that was lost.
        let mut told: Vec<_> = fresh
            .iter()
            .map(|change| (&change.origin, change.index))
            .collect();
        told.sort();
        let lost = before[kept..]
            .iter()
            .map(|change| (&change.origin, change.index));
        let mut lost: Vec<_> = lost.collect();
        lost.sort();
        assert_eq!(told, lost, "{length}");
    }
}

#[test]
fn a_file_with_a_changed_byte_is_good_up_to_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, feed) = story(folder.path());
    let before = all(&feed);
    let file = folder.path().join(FILE_NAME);
    let bytes = std::fs::read(&file).expect("readable");
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        std::fs::write(&file, &changed).expect("writable");
        let feed = open(folder.path(), BEGIN + 1);
        for log in store.logs() {
            follow(&feed, &store, &log, 3);
        }
        let after = all(&feed);
        assert_eq!(after.len(), before.len(), "{at}");
        assert!(after.windows(2).all(|pair| pair[0].number < pair[1].number));
        assert_ne!(after, before, "{at} was overlooked");
    }
}

#[test]
fn a_log_that_is_fetched_again_appears_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, feed) = story(folder.path());
    drop(store);
    let logs = std::fs::read_dir(folder.path().join("log")).expect("readable");
    for log in logs {
        std::fs::remove_dir_all(log.expect("a folder").path()).expect("removable");
    }
    let (store, _) = Journal::open(folder.path(), Options::default()).expect("the journal opens");
    append(&store, &origin(1), &["a"], false);
    follow(&feed, &store, &origin(1), 1);
    assert_eq!(
        shown(&feed.after(FIRST + 8, 9)),
        [(9, 1, 0, What::Appeared)]
    );
    assert_eq!(feed.latest(&origin(1), 0), Some(FIRST + 9));
}

/// The file of [`story`], byte for byte: what another version of this program finds.
#[test]
fn the_file_is_as_it_always_was() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(story(folder.path()));
    let bytes = std::fs::read(folder.path().join(FILE_NAME)).expect("readable");
    assert_eq!(bytes.len(), 64 + 9 * 40);
    assert_eq!(Hash::of(&bytes).to_string(), FROZEN);
    let row: String = bytes[64 + 6 * 40..][..40]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(row, FROZEN_ROW);
}

const FROZEN: &str = "8bbebe8737c43e12098c2b2558e569c19ae74ccb7b4879788e6c5879a229695c";
/// That entry 1 of the first log, an opportunity, is gone.
const FROZEN_ROW: &str =
    "5c1fbbc20304b447000000000100000006004071618c0600010000000000000000d2496b00000000";
