//! Fills a node's log before anything is measured.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use erikti_node::node::Node;
use erikti_protocol::log::PACKAGE_ENTRIES;
use erikti_protocol::record::Draft;
use erikti_tests::process::Member;
use erikti_tests::synthetic::{Generator, Set};

/// Organisations whose texts are taken in turn: two thirds write Cyrillic. The node signs them all.
const ORGANISATIONS: u64 = 12;
/// Records of one call.
pub(crate) const BATCH_RECORDS: u64 = 1_000;

/// Invents drafts that any node can publish.
pub(crate) struct Drafts(Generator);

impl Drafts {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Generator::new(Set::Bench, seed, ORGANISATIONS))
    }

    /// The `n`th draft.
    pub(crate) fn draft(&self, n: u64) -> Draft {
        self.nth(n % ORGANISATIONS, n / ORGANISATIONS)
    }

    /// A draft of the kind that is the `of_ten`th among ten.
    pub(crate) fn of_ten(&self, n: u64, of_ten: u64) -> Draft {
        self.nth(n % ORGANISATIONS, n / ORGANISATIONS * 10 + of_ten)
    }

    fn nth(&self, organisation: u64, n: u64) -> Draft {
        let organisation = &self.0.organisations()[organisation as usize];
        let mut draft = self.0.draft(organisation, n);
        // Each is a thing of its own: nothing that it could supersede is in the log.
        draft.version = 1;
        draft
    }
}

/// Opens a member's folder in this process.
pub(crate) fn open(member: &Member) -> Node {
    Node::open(&member.data(), &[]).expect("the folder of a member that does not run can be opened")
}

/// Publishes so many records in a member's log, on all cores, and says how many bytes of JSON the log has then.
pub(crate) fn fill(member: &Member, records: u64) -> u64 {
    let node = open(member);
    let drafts = Drafts::new(1);
    let next = AtomicU64::new(0);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(BATCH_RECORDS, Ordering::Relaxed);
                    if first >= records {
                        return;
                    }
                    let batch = first..(first + BATCH_RECORDS).min(records);
                    node.ingest()
                        .publish(batch.map(|n| drafts.draft(n)).collect())
                        .expect("invented drafts can be published");
                }
            });
        }
    });
    let bytes = payload_bytes(&node);
    node.close();
    bytes
}

/// Bytes of JSON in the node's own log.
pub(crate) fn payload_bytes(node: &Node) -> u64 {
    let store = node.ingest().store();
    let size = store.frontier(node.origin()).expect("its own log").size;
    let mut bytes = 0;
    for first in (0..size).step_by(PACKAGE_ENTRIES as usize) {
        let range = first..(first + PACKAGE_ENTRIES).min(size);
        let frames = store.entries(node.origin(), range).expect("readable");
        bytes += frames
            .iter()
            .map(|(_, frame)| u64::from(frame.plain_len))
            .sum::<u64>();
    }
    bytes
}
