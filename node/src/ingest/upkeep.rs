//! What the data path knows of its logs beside their entries, and how it checks and mends them.

use std::ops::Range;
use std::sync::PoisonError;

use erikti_protocol::codec::{Codec, Decoder};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::log::proof::LogProof;
use erikti_protocol::log::PACKAGE_ENTRIES;
use erikti_protocol::log::tree::TreeFault;
use erikti_protocol::record::Record;

use super::{Ingest, store_problem};
use crate::problem::{Code, Problem};
use crate::store::index::rows;
use crate::store::{Frame, Status, StoreFault};

/// Why a tree's hash cannot be had: the store's fault, or an impossible node.
#[derive(Debug, thiserror::Error)]
pub enum TreeAccess {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// No such node.
    #[error(transparent)]
    Tree(#[from] TreeFault),
}

impl Ingest {
    /// How many entries of a log are visible: those below the newest checkpoint kept here.
    pub fn visible(&self, origin: &Origin) -> u64 {
        self.visible.read().unwrap_or_else(PoisonError::into_inner).get(origin).copied().unwrap_or(0)
    }

    pub(super) fn set_visible(&self, origin: &Origin, size: u64) {
        self.visible.write().unwrap_or_else(PoisonError::into_inner).insert(origin.clone(), size);
    }

    /// Whether an entry is to be shown: visible, and not void since a successor pinned the log below it.
    pub fn counts(&self, origin: &Origin, index: u64) -> bool {
        index < self.visible(origin) && self.ledger().history(origin).is_some_and(|history| index < history.counted())
    }

    /// Whether a log contradicts itself.
    pub fn is_frozen(&self, origin: &Origin) -> bool {
        self.frozen.read().unwrap_or_else(PoisonError::into_inner).contains(origin)
    }

    /// Stops taking a log where it stands.
    pub fn freeze(&self, origin: &Origin) {
        let visible = self.visible(origin);
        self.frozen.write().unwrap_or_else(PoisonError::into_inner).insert(origin.clone());
        self.ledger.write().unwrap_or_else(PoisonError::into_inner).freeze(origin, visible);
        self.ledger_changed();
    }

    /// Reads from the log's first record which organisation it founded.
    ///
    /// Errors   `store.damaged`
    pub fn founded(&self) -> Result<OrgId, Problem> {
        let record = self.record(&self.own.origin, 0).map_err(store_problem)?;
        let record = record.ok_or_else(|| Problem::new(Code::StoreDamaged, "the log has no founding record"))?;
        Ok(*self.own.organisation.get_or_init(|| OrgId::from_founding(record.digest())))
    }

    /// Adds to the index what the journal holds beyond it; returns how many records that were.
    ///
    /// Errors   the store's
    pub fn catch_up_index(&self) -> Result<u64, Problem> {
        let mut added = 0;
        for origin in self.store.logs() {
            let from = self.index.complete_up_to(&origin).map_err(store_problem)?;
            let size = self.store.frontier(&origin).map_err(store_problem)?.size;
            added += self.index_range(&origin, from..size).map_err(store_problem)?;
        }
        Ok(added)
    }

    /// Makes the index anew from the journal; returns how many records it has.
    ///
    /// Errors   the store's
    pub fn rebuild_index(&self) -> Result<u64, Problem> {
        self.index.clear().map_err(store_problem)?;
        let records = self.catch_up_index()?;
        self.index.flush().map_err(store_problem)?;
        Ok(records)
    }

    fn index_range(&self, origin: &Origin, range: Range<u64>) -> Result<u64, StoreFault> {
        let mut unpacker = Unpacker::default();
        let mut added = 0;
        let mut from = range.start;
        while from < range.end {
            let until = ((from / PACKAGE_ENTRIES + 1) * PACKAGE_ENTRIES).min(range.end);
            let frames = self.store.entries(origin, from..until)?;
            for (index, frame) in frames.iter() {
                if frame.status != Status::Present {
                    continue;
                }
                let Some(plain) = unpacker.unpack(&frame) else { continue };
                let Ok(record) = Record::view(plain) else { continue };
                self.index.add(origin, index, &rows(&record))?;
                added += 1;
            }
            from = until;
        }
        self.index.cover(origin, range.end)?;
        Ok(added)
    }

    /// Reads entries back and compares each record with its digest: what is present, and what is damaged.
    ///
    /// Errors   the store's
    pub fn check_bytes(&self, origin: &Origin, range: Range<u64>) -> Result<Vec<(u64, Status)>, StoreFault> {
        let mut unpacker = Unpacker::default();
        let mut found = Vec::new();
        let frames = self.store.entries(origin, range)?;
        for (index, frame) in frames.iter() {
            match frame.status {
                Status::Present if unpacker.unpack(&frame).is_some_and(|plain| Hash::of(plain) == frame.digest) => found.push((index, Status::Present)),
                Status::Present | Status::Damaged => found.push((index, Status::Damaged)),
                _ => {}
            }
        }
        Ok(found)
    }

    /// Compares the tree of what is held with the checkpoint; says what differs.
    ///
    /// Errors   the store's
    pub fn check_root(&self, origin: &Origin) -> Result<Option<String>, Problem> {
        let Some(signed) = self.checkpoint(origin)? else { return Ok(None) };
        let checkpoint = signed.checkpoint();
        let compact = erikti_protocol::log::tree::Compact::at(checkpoint.size, |level, index| self.store.hash_at(origin, level, index));
        let root = compact.map_err(store_problem)?.root();
        Ok((root != checkpoint.root).then(|| format!("the root is {root}, the checkpoint says {}", checkpoint.root)))
    }

    /// The C2SP tlog-proof that an entry is in its log, under the newest checkpoint.
    ///
    /// Errors   `record.unknown` when no checkpoint covers the entry yet
    pub fn proof(&self, origin: &Origin, index: u64) -> Result<LogProof, Problem> {
        let signed = self.checkpoint(origin)?.filter(|signed| index < signed.checkpoint().size);
        let signed = signed.ok_or_else(|| Problem::new(Code::RecordUnknown, "no checkpoint covers this entry yet"))?;
        LogProof::make(index, signed, |level, index| self.store.hash_at(origin, level, index).map_err(TreeAccess::from))
            .map_err(|fault| Problem::internal("the proof cannot be made", fault))
    }
}

/// Unpacks stored records, one after the other.
#[derive(Default)]
pub(super) struct Unpacker {
    decoder: Decoder,
    plain: Vec<u8>,
}

impl Unpacker {
    /// The record's own bytes, or `None` when they cannot be unpacked.
    pub(super) fn unpack<'a>(&'a mut self, frame: &Frame<'a>) -> Option<&'a [u8]> {
        match frame.codec {
            Codec::None => Some(frame.stored),
            Codec::Zstd1 => {
                self.plain.clear();
                self.decoder.decode(frame.stored, &mut self.plain).ok()?;
                Some(&self.plain)
            }
        }
    }
}
