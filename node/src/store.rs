//! The store: what a node keeps, in the words of its field.
//!
//! The journal is the truth: one append-only folder per log, acknowledged only after `fdatasync`. The index is a
//! sorted extract that is made again from the journal whenever it is missing or doubtful. [`Store`] is all that the
//! data path sees; [`journal::Journal`] is the engine for one machine.
//!
//! Judges no signature and no proof: what is handed in has been verified, what is read is checked against its
//! digest by whoever decodes it.

pub mod folder;
mod frame;
mod frontier;
mod group;
mod guard;
pub mod index;
pub mod journal;
mod log;
mod marking;
mod marks;
mod notes;
mod read;
mod recover;
mod scan;
mod side;
pub mod versions;
mod walk;

use std::ops::Range;
use std::path::{Path, PathBuf};

use erikti_protocol::codec::{Codec, Decoder};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::log::checkpoint::CheckpointFault;
use erikti_protocol::log::{Class, Compact, Entry, TreeFault};
use erikti_protocol::record::ReadersClass;

use crate::files;

pub use frame::STORED_BYTES_MAX;
pub use guard::{Probe, Step};
pub use log::SEGMENT_BYTES_MAX;
pub use recover::LogReport;

/// What is held of an entry's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The record is here.
    Present,
    /// Not held, or not ours to read.
    Absent,
    /// Destroyed; the erasure is entry `by` of the same organisation's log.
    Erased {
        /// Index of the erasure's entry.
        by: u64,
    },
    /// The bytes are no record, of another class than the entry says, or their proof is wrong.
    Bad,
    /// Signed by a key that was not in force at this position.
    Foreign,
    /// The disk gave back other bytes than were written: never served, to be fetched again. Found, never written.
    Damaged,
}

/// One entry of a log, and its record as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Control or not.
    pub class: Class,
    /// The record's digest; all zero where the disk lost it.
    pub digest: Hash,
    /// What is held.
    pub status: Status,
    /// Whom the record is for: decides about serving without reading the record.
    pub readers: ReadersClass,
    /// How `stored` is packed.
    pub codec: Codec,
    /// Length of the record once unpacked.
    pub plain_len: u32,
    /// The record as stored; empty unless present, bad or foreign.
    pub stored: &'a [u8],
}

impl<'a> Frame<'a> {
    /// An entry with its record.
    pub fn present(
        class: Class,
        digest: Hash,
        readers: ReadersClass,
        codec: Codec,
        plain_len: u32,
        stored: &'a [u8],
    ) -> Self {
        Self {
            class,
            digest,
            status: Status::Present,
            readers,
            codec,
            plain_len,
            stored,
        }
    }

    /// Appends the record's own bytes to `out` and says whether they are the ones the digest names.
    pub fn unpack(&self, decoder: &mut Decoder, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        decoder.decode_as(self.codec, self.stored, out).is_ok()
            && Hash::of(&out[start..]) == self.digest
    }

    /// What the log hashes of it.
    pub fn entry(&self) -> Entry {
        Entry {
            class: self.class,
            digest: self.digest,
        }
    }

    /// An entry whose record is not held: `status` is absent, erased or bad.
    pub fn without_record(class: Class, digest: Hash, status: Status) -> Self {
        Self {
            class,
            digest,
            status,
            readers: ReadersClass::Control,
            codec: Codec::None,
            plain_len: 0,
            stored: &[],
        }
    }
}

/// One entry's record, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Control or not.
    pub class: Class,
    /// The record's digest, compared with the bytes.
    pub digest: Hash,
    /// Present, bad or foreign.
    pub status: Status,
    /// Whom it is for.
    pub readers: ReadersClass,
    /// The record.
    pub bytes: Vec<u8>,
}

/// Entries in a row as read from the journal, with the bytes they were read into.
#[derive(Debug)]
pub struct Frames {
    first: u64,
    bytes: Vec<u8>,
    entries: Vec<(Frame<'static>, Range<usize>)>,
}

impl Frames {
    /// Index of the first entry.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Each entry with its index.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Frame<'_>)> {
        (self.first..)
            .zip(&self.entries)
            .map(|(index, (frame, body))| {
                let stored = &self.bytes[body.clone()];
                (index, Frame { stored, ..*frame })
            })
    }
}

/// How many entries of a log there are, by what is held of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records held: present, and those kept though bad or foreign.
    pub held: u64,
    /// Records not held.
    pub absent: u64,
    /// Records destroyed.
    pub erased: u64,
    /// Records found bad.
    pub bad: u64,
    /// Records signed by a key not in force.
    pub foreign: u64,
}

/// How far a log is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    /// Entries on disk.
    pub size: u64,
    /// The tree over them: its root, and what is needed to go on.
    pub tree: Compact,
    /// Entries below this have had their own proofs checked.
    pub audited: u64,
    /// Entries that arrived after they had been appended as absent, or were fetched again.
    pub fills: u64,
    /// Entries that were erased or judged after they had been appended.
    pub marks: u64,
    /// By what is held.
    pub counts: Counts,
}

/// The verbs of keeping logs. Every engine passes the same conformance suite.
///
/// Methods take `&self` and may be called from many threads; appends to one log come from one thread at a time.
pub trait Store: Send + Sync {
    /// The logs kept here, in the order of their names.
    fn logs(&self) -> Vec<Origin>;

    /// Makes room for a log; one that is there already stays as it is.
    fn create(&self, origin: &Origin) -> Result<(), StoreFault>;

    /// Writes entries after the last one and says which indices they got. Not durable, and not readable, before
    /// [`Store::sync`].
    fn append(&self, origin: &Origin, frames: &[Frame<'_>]) -> Result<Range<u64>, StoreFault>;

    /// Appends entries and returns when they are durable and readable. Callers at the same time share one sync; the
    /// frontier's file may follow later.
    fn publish(&self, origin: &Origin, frames: &[Frame<'_>]) -> Result<Range<u64>, StoreFault>;

    /// Makes everything appended durable, then readable, then moves the frontier.
    ///
    /// Errors   [`StoreFault::Poisoned`], now and for ever after, when the system could not promise it
    fn sync(&self, origin: &Origin) -> Result<Frontier, StoreFault>;

    /// How far a log is durable.
    fn frontier(&self, origin: &Origin) -> Result<Frontier, StoreFault>;

    /// Reads what was written since the last call back from the disk, and says size and root of what was found:
    /// what a checkpoint may be signed over.
    fn read_back(&self, origin: &Origin) -> Result<(u64, Hash), StoreFault>;

    /// Reads durable entries, at most 256.
    fn entries(&self, origin: &Origin, range: Range<u64>) -> Result<Frames, StoreFault>;

    /// Reads one entry's record, unpacked and compared with its digest; `None` when there is nothing to read.
    ///
    /// Errors   [`StoreFault::Damaged`]
    fn record(&self, origin: &Origin, index: u64) -> Result<Option<StoredRecord>, StoreFault> {
        let frames = self.entries(origin, index..index.saturating_add(1))?;
        let Some((_, frame)) = frames.iter().next() else {
            return Ok(None);
        };
        let damaged = || StoreFault::Damaged {
            origin: origin.clone(),
            index,
        };
        if frame.status == Status::Damaged {
            return Err(damaged());
        }
        if frame.stored.is_empty() {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(frame.plain_len as usize);
        if !frame.unpack(&mut Decoder::new(), &mut bytes) {
            return Err(damaged());
        }
        Ok(Some(StoredRecord {
            class: frame.class,
            digest: frame.digest,
            status: frame.status,
            readers: frame.readers,
            bytes,
        }))
    }

    /// A node of the tree: level 0 are the leaves of entries. Only complete subtrees of durable entries.
    fn hash_at(&self, origin: &Origin, level: u8, index: u64) -> Result<Hash, StoreFault>;

    /// The hashes of a tile: tile level, number, and how many of its 256 hashes.
    fn tile(
        &self,
        origin: &Origin,
        level: u8,
        index: u64,
        width: u16,
    ) -> Result<Vec<Hash>, StoreFault>;

    /// Indices of control entries, ascending, from the `skip`-th on.
    fn control(&self, origin: &Origin, skip: u64) -> Result<Vec<u64>, StoreFault>;

    /// Indices of entries that arrived late, in the order of their arrival, from the `skip`-th on.
    fn fills(&self, origin: &Origin, skip: u64) -> Result<Vec<u64>, StoreFault>;

    /// Indices of entries that were erased or judged, in the order of that, from the `skip`-th on.
    fn marked(&self, origin: &Origin, skip: u64) -> Result<Vec<u64>, StoreFault>;

    /// Keeps the record of an entry that was absent or damaged. Durable after [`Store::sync`].
    ///
    /// Errors   [`StoreFault::NotWanted`] when the entry has its record, was erased, or is another
    fn fill(&self, origin: &Origin, index: u64, frame: &Frame<'_>) -> Result<(), StoreFault>;

    /// Mends damaged entries from a whole package (or the whole edge behind the last one) fetched again; returns how
    /// many were mended. Durable after [`Store::sync`].
    ///
    /// Errors   [`StoreFault::NotWanted`] unless the frames' leaves lead to the root that is kept of the package
    fn mend(&self, origin: &Origin, package: u64, frames: &[Frame<'_>]) -> Result<u64, StoreFault>;

    /// Destroys an entry's record for good; on return no copy of it is left in the journal.
    fn erase(&self, origin: &Origin, index: u64, by: u64) -> Result<(), StoreFault>;

    /// Marks an entry's record as bad or foreign for good.
    fn mark(&self, origin: &Origin, index: u64, verdict: Verdict) -> Result<(), StoreFault>;

    /// Remembers that the proofs of all entries below `size` were checked. Lazily: after a crash some are checked again.
    fn set_audited(&self, origin: &Origin, size: u64) -> Result<(), StoreFault>;

    /// The newest checkpoint, as signed.
    fn checkpoint(&self, origin: &Origin) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Puts a checkpoint in the place of `expected`, and returns when it is durable.
    ///
    /// Errors   [`StoreFault::Outdated`] when another one stands there; [`StoreFault::NotHeld`] when it covers more
    ///          than is durable, or another root
    fn swap_checkpoint(
        &self,
        origin: &Origin,
        expected: Option<&[u8]>,
        new: &[u8],
    ) -> Result<(), StoreFault>;

    /// The checkpoint that entries beyond the newest one were fetched for, as signed: a log that told two stories
    /// while it was fetched is convicted by it, also after a crash.
    fn pursued(&self, origin: &Origin) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Remembers for which checkpoint the entries to come are fetched; durable on return.
    fn set_pursued(&self, origin: &Origin, note: &[u8]) -> Result<(), StoreFault>;

    /// What partners signed over checkpoints of this log; one text, as last set.
    fn cosignatures(&self, origin: &Origin) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Replaces the cosignatures' text.
    fn set_cosignatures(&self, origin: &Origin, text: &[u8]) -> Result<(), StoreFault>;
}

/// What an audit found against a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its proof is wrong, or it is no record.
    Bad,
    /// Its key was not in force.
    Foreign,
}

/// Why the store cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The system refused.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A sync failed: what the disk holds is unknown until the store is opened again, and trying again could
    /// report success over lost bytes.
    #[error(
        "the disk could not confirm a write; nothing more is written until the node starts again"
    )]
    Poisoned,
    /// Another process has the folder open.
    #[error("`{}` is held by {}", path.display(), pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}")))]
    Locked {
        /// The lock's file.
        path: PathBuf,
        /// Who holds it.
        pid: Option<u32>,
    },
    /// Another program, or a newer one, wrote the folder.
    #[error("`{}` is of version {}, allowed {allowed}", path.display(), found.map_or_else(|| "unknown".to_owned(), |found| found.to_string()))]
    Version {
        /// The file that says so.
        path: PathBuf,
        /// The version it names, if it names one.
        found: Option<u32>,
        /// The version this program reads.
        allowed: u32,
    },
    /// No such log is kept here.
    #[error("no log `{origin}` is kept here")]
    UnknownLog {
        /// The log asked for.
        origin: Origin,
    },
    /// Entries beyond the durable ones, or more than one package.
    #[error("entries {} to {} were asked for, allowed 0 to {size}, at most 256", range.start, range.end)]
    OutOfRange {
        /// What was asked for.
        range: Range<u64>,
        /// Durable entries.
        size: u64,
    },
    /// A subtree that is not complete, or no subtree at all.
    #[error("tree node {level}/{index} is not complete at size {size}")]
    NoNode {
        /// Its level.
        level: u8,
        /// Its index on the level.
        index: u64,
        /// Durable entries.
        size: u64,
    },
    /// The disk gave back other bytes than were written.
    #[error("entry {index} of `{origin}` is damaged on disk")]
    Damaged {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
    },
    /// A node that is no part of the tree.
    #[error(transparent)]
    Tree(#[from] TreeFault),
    /// Frontier and frames are both damaged: the log has to be fetched again, or restored.
    #[error("the folder of `{origin}` is damaged beyond what its own files can mend")]
    Unreadable {
        /// The log.
        origin: Origin,
    },
    /// The text is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointFault),
    /// A record longer than any record may be.
    #[error("a stored record has {found} bytes, allowed {allowed}")]
    TooLarge {
        /// Its length.
        found: usize,
        /// The bound.
        allowed: usize,
    },
    /// The log has as many segments as can be numbered.
    #[error("the log is full: {allowed} segments")]
    Full {
        /// The bound.
        allowed: u32,
    },
    /// A record for an entry that does not miss one, or misses another.
    #[error("entry {index} does not lack this record")]
    NotWanted {
        /// The entry.
        index: u64,
    },
    /// The checkpoint to be replaced is not the one that stands there.
    #[error("another checkpoint of `{origin}` stands there by now")]
    Outdated {
        /// The log.
        origin: Origin,
    },
    /// The checkpoint is of another log, unreadable, or covers what is not durable here.
    #[error("the checkpoint of `{origin}` does not cover what is held: {why}")]
    NotHeld {
        /// The log.
        origin: Origin,
        /// What differs.
        why: &'static str,
    },
}

impl From<files::Fault> for StoreFault {
    fn from(fault: files::Fault) -> Self {
        Self::Io {
            doing: fault.doing,
            path: fault.path,
            source: fault.source,
        }
    }
}

/// Names the file and the attempt beside what the system said.
fn fault(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreFault {
    let path = path.to_owned();
    move |source| StoreFault::Io {
        doing,
        path,
        source,
    }
}
