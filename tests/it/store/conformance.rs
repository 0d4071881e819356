//! What every engine behind `Store` does. Each test takes the trait, so that a second engine is one more line.

use erikti_node::store::{Frame, Status, Store, StoreFault, Verdict};
use erikti_protocol::hash::Hash;
use erikti_protocol::log::{Class, Compact, tree};

use super::{absent, append, body, checkpoint, class, frame, holds, journal, origin, size_of_body};

fn each_engine(check: impl Fn(&dyn Store)) {
    let folder = tempfile::tempdir().expect("a folder");
    check(&*journal(folder.path()));
}

#[test]
fn entries_are_readable_once_synced_and_the_root_is_the_trees() {
    each_engine(|store| {
        let log = origin(1);
        store.create(&log).expect("made");
        let text = body(0, 100);
        store
            .append(&log, &[frame(Class::Record, &text)])
            .expect("room");
        assert!(matches!(
            store.entries(&log, 0..1),
            Err(StoreFault::OutOfRange { size: 0, .. })
        ));
        let frontier = store.sync(&log).expect("synced");
        assert_eq!((frontier.size, frontier.counts.held), (1, 1));
        let record = store.record(&log, 0).expect("readable").expect("held");
        assert_eq!(record.bytes, text);
        assert_eq!(
            frontier.tree.root(),
            frame(Class::Record, &text).entry().leaf()
        );
        assert_eq!(store.logs(), std::slice::from_ref(&log));
        assert!(matches!(
            store.frontier(&origin(2)),
            Err(StoreFault::UnknownLog { .. })
        ));
    });
}

#[test]
fn tree_nodes_and_tiles_are_those_of_the_entries() {
    each_engine(|store| {
        let log = origin(1);
        store.create(&log).expect("made");
        append(store, &log, 0, 1_100);
        let leaves: Vec<Hash> = (0..1_100)
            .map(|index| {
                frame(class(index), &body(index, size_of_body(index)))
                    .entry()
                    .leaf()
            })
            .collect();
        let frontier = store.frontier(&log).expect("known");
        assert_eq!(frontier.tree.root(), tree::root_of(&leaves));
        assert_eq!(
            store.tile(&log, 0, 1, 256).expect("a tile"),
            leaves[256..512]
        );
        assert_eq!(
            store.tile(&log, 0, 4, 76).expect("the edge"),
            leaves[1_024..]
        );
        assert!(matches!(
            store.tile(&log, 0, 4, 77),
            Err(StoreFault::NoNode { .. })
        ));
        assert!(matches!(
            store.tile(&log, 0, 0, 257),
            Err(StoreFault::NoNode { .. })
        ));
        let roots: Vec<Hash> = leaves[..1_024].chunks(256).map(tree::root_of).collect();
        assert_eq!(store.tile(&log, 1, 0, 4).expect("packages"), roots);
        assert_eq!(
            store.hash_at(&log, 3, 5).expect("a node"),
            tree::root_of(&leaves[40..48])
        );
        assert_eq!(
            store.hash_at(&log, 10, 0).expect("a node"),
            tree::root_of(&leaves[..1_024])
        );
        assert!(matches!(
            store.hash_at(&log, 10, 1),
            Err(StoreFault::NoNode { .. })
        ));
        assert!(matches!(
            store.hash_at(&log, 63, u64::MAX),
            Err(StoreFault::NoNode { .. })
        ));
        let compact = Compact::at(1_000, |level, index| store.hash_at(&log, level, index));
        assert_eq!(
            compact.expect("complete").root(),
            tree::root_of(&leaves[..1_000])
        );
        assert_eq!(
            store.read_back(&log).expect("whole"),
            (1_100, frontier.tree.root())
        );
        let control: Vec<u64> = (0..1_100).filter(|index| index % 7 == 0).collect();
        assert_eq!(store.control(&log, 0).expect("known"), control);
        assert_eq!(store.control(&log, 150).expect("known"), control[150..]);
        assert!(matches!(
            store.entries(&log, 0..257),
            Err(StoreFault::OutOfRange { .. })
        ));
        assert_eq!(
            store.entries(&log, 844..1_100).expect("256 entries").len(),
            256
        );
        assert!(store.entries(&log, 1_100..1_100).expect("none").is_empty());
        assert!(store.entries(&log, 1_100..1_101).is_err());
    });
}

#[test]
fn an_absent_record_is_filled_once_and_only_by_the_one_its_digest_names() {
    each_engine(|store| {
        let log = origin(1);
        store.create(&log).expect("made");
        let (first, second) = (body(0, 50), body(1, 60));
        store
            .append(&log, &[absent(&first), frame(Class::Record, &second)])
            .expect("room");
        let frontier = store.sync(&log).expect("synced");
        assert_eq!((frontier.counts.absent, frontier.counts.held), (1, 1));
        assert!(store.record(&log, 0).expect("readable").is_none());
        let not_wanted = |index, frame: Frame<'_>| {
            matches!(
                store.fill(&log, index, &frame),
                Err(StoreFault::NotWanted { .. })
            )
        };
        assert!(not_wanted(0, frame(Class::Record, &second)));
        assert!(not_wanted(0, frame(Class::Control, &first)));
        assert!(not_wanted(1, frame(Class::Record, &second)));
        store
            .fill(&log, 0, &frame(Class::Record, &first))
            .expect("wanted");
        assert!(not_wanted(0, frame(Class::Record, &first)));
        let filled = store.sync(&log).expect("synced");
        assert!(not_wanted(0, frame(Class::Record, &first)));
        assert_eq!((filled.size, filled.fills), (2, 1));
        assert_eq!((filled.counts.absent, filled.counts.held), (0, 2));
        assert_eq!(filled.tree, frontier.tree);
        assert_eq!(store.fills(&log, 0).expect("known"), [0]);
        let record = store.record(&log, 0).expect("readable").expect("held");
        assert_eq!(record.bytes, first);
    });
}

#[test]
fn an_erased_record_is_gone_and_stays_gone_while_the_tree_stays() {
    each_engine(|store| {
        let log = origin(1);
        store.create(&log).expect("made");
        append(store, &log, 0, 300);
        let before = store.frontier(&log).expect("known");
        store.erase(&log, 9, 299).expect("erased");
        store.erase(&log, 9, 299).expect("already erased");
        let after = store.frontier(&log).expect("known");
        assert_eq!(after.tree, before.tree);
        assert_eq!((after.counts.erased, after.counts.held), (1, 299));
        let frames = store.entries(&log, 9..10).expect("readable");
        let (_, entry) = frames.iter().next().expect("one");
        assert_eq!(entry.status, Status::Erased { by: 299 });
        assert_eq!(entry.stored, b"");
        assert!(store.record(&log, 9).expect("readable").is_none());
        let text = body(9, size_of_body(9));
        assert!(store.fill(&log, 9, &frame(class(9), &text)).is_err());
        assert!(store.erase(&log, 300, 1).is_err());
        holds(store, &log, 10, 300);
        assert_eq!(store.read_back(&log).expect("whole").1, before.tree.root());
    });
}

#[test]
fn a_verdict_stays_beside_the_record() {
    each_engine(|store| {
        let log = origin(1);
        store.create(&log).expect("made");
        append(store, &log, 0, 3);
        store.mark(&log, 1, Verdict::Bad).expect("marked");
        store.mark(&log, 2, Verdict::Foreign).expect("marked");
        let status = |index| {
            let record = store.record(&log, index).expect("readable").expect("held");
            assert_eq!(record.bytes, body(index, size_of_body(index)));
            record.status
        };
        assert_eq!(
            [0, 1, 2].map(status),
            [Status::Present, Status::Bad, Status::Foreign]
        );
        let counts = store.frontier(&log).expect("known").counts;
        assert_eq!((counts.held, counts.bad, counts.foreign), (3, 1, 1));
    });
}

#[test]
fn a_checkpoint_is_swapped_only_for_the_one_expected_and_only_over_what_is_durable() {
    each_engine(|store| {
        let log = origin(1);
        store.create(&log).expect("made");
        append(store, &log, 0, 500);
        let root = store.frontier(&log).expect("known").tree.root();
        let earlier = Compact::at(400, |level, index| store.hash_at(&log, level, index))
            .expect("complete")
            .root();
        let (first, second) = (checkpoint(1, 400, earlier), checkpoint(1, 500, root));
        let not_held = |text: &[u8]| {
            matches!(
                store.swap_checkpoint(&log, None, text),
                Err(StoreFault::NotHeld { .. })
            )
        };
        assert!(not_held(&checkpoint(1, 501, root)));
        assert!(not_held(&checkpoint(1, 499, root)));
        assert!(not_held(&checkpoint(2, 500, root)));
        assert!(store.swap_checkpoint(&log, None, b"no note").is_err());
        store
            .swap_checkpoint(&log, None, &first)
            .expect("none before");
        let outdated = store.swap_checkpoint(&log, None, &second);
        assert!(matches!(outdated, Err(StoreFault::Outdated { .. })));
        store
            .swap_checkpoint(&log, Some(&first), &second)
            .expect("expected");
        assert_eq!(
            store.checkpoint(&log).expect("readable"),
            Some(second.clone())
        );
        let back = store.swap_checkpoint(&log, Some(&second), &first);
        assert!(matches!(back, Err(StoreFault::NotHeld { .. })));
        store.set_cosignatures(&log, b"lines").expect("kept");
        assert_eq!(
            store.cosignatures(&log).expect("readable"),
            Some(b"lines".to_vec())
        );
    });
}

#[test]
fn a_body_of_the_longest_length_is_kept_and_one_byte_more_is_refused() {
    each_engine(|store| {
        let log = origin(1);
        store.create(&log).expect("made");
        let longest = erikti_node::store::STORED_BYTES_MAX;
        let text = body(0, longest + 1);
        let refused = store.append(&log, &[frame(Class::Record, &text)]);
        assert!(matches!(refused, Err(StoreFault::TooLarge { .. })));
        let text = body(0, longest);
        assert_eq!(
            store
                .append(&log, &[frame(Class::Record, &text)])
                .expect("room"),
            0..1
        );
        store.sync(&log).expect("synced");
        let frames = store.entries(&log, 0..1).expect("readable");
        assert_eq!(frames.iter().next().expect("one").1.stored, text);
    });
}

#[test]
fn what_was_audited_is_remembered_but_never_beyond_the_entries() {
    each_engine(|store| {
        let log = origin(1);
        store.create(&log).expect("made");
        append(store, &log, 0, 10);
        store.set_audited(&log, 7).expect("kept");
        assert_eq!(store.frontier(&log).expect("known").audited, 7);
        store.set_audited(&log, 11).expect("kept");
        assert_eq!(store.sync(&log).expect("synced").audited, 10);
    });
}
