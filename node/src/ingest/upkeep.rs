//! What the data path knows of its logs beside their entries, and how it checks and mends them.

use std::ops::Range;
use std::sync::PoisonError;

use erikti_protocol::codec::Decoder;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::log::proof::LogProof;
use erikti_protocol::log::tree::TreeFault;

use super::{Ingest, store_problem};
use crate::problem::{Code, Problem};
use crate::store::index::{IndexFault, catch_up};
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
        self.visible
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(origin)
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn set_visible(&self, origin: &Origin, size: u64) {
        self.visible
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(origin.clone(), size);
        self.search.wanted();
    }

    /// Whether an entry is to be shown: visible, and not void since a successor pinned the log below it.
    pub fn counts(&self, origin: &Origin, index: u64) -> bool {
        index < self.visible(origin)
            && self
                .ledger()
                .history(origin)
                .is_some_and(|history| index < history.counted())
    }

    /// Whether a log contradicts itself.
    pub fn is_frozen(&self, origin: &Origin) -> bool {
        self.frozen
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(origin)
    }

    /// Stops taking a log where it stands.
    pub fn freeze(&self, origin: &Origin) {
        let visible = self.visible(origin);
        self.frozen
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(origin.clone());
        self.ledger
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .freeze(origin, visible);
        self.ledger_changed();
    }

    /// Reads from the log's first record which organisation it founded.
    ///
    /// Errors   `store.damaged`
    pub fn founded(&self) -> Result<OrgId, Problem> {
        let record = self.record(&self.own.origin, 0).map_err(store_problem)?;
        let record = record
            .ok_or_else(|| Problem::new(Code::StoreDamaged, "the log has no founding record"))?;
        Ok(*self
            .own
            .organisation
            .get_or_init(|| OrgId::from_founding(record.digest())))
    }

    /// Adds to the index what the journal holds beyond it, takes out what was erased; returns how many records came.
    ///
    /// Errors   the index's and the store's
    pub fn catch_up_index(&self) -> Result<u64, IndexFault> {
        Ok(catch_up(self.store.as_ref(), &self.index, |_, _, _| {})?.records)
    }

    /// Reads entries back and compares each record with its digest: what is present, and what is damaged.
    ///
    /// Errors   the store's
    pub fn check_bytes(
        &self,
        origin: &Origin,
        range: Range<u64>,
    ) -> Result<Vec<(u64, Status)>, StoreFault> {
        let (mut decoder, mut plain) = (Decoder::new(), Vec::new());
        let mut found = Vec::new();
        let frames = self.store.entries(origin, range)?;
        for (index, frame) in frames.iter() {
            match frame.status {
                Status::Present if good(&frame, &mut decoder, &mut plain) => {
                    found.push((index, Status::Present))
                }
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
        let Some(signed) = self.checkpoint(origin)? else {
            return Ok(None);
        };
        let checkpoint = signed.checkpoint();
        let compact = erikti_protocol::log::tree::Compact::at(checkpoint.size, |level, index| {
            self.store.hash_at(origin, level, index)
        });
        let root = compact.map_err(store_problem)?.root();
        Ok((root != checkpoint.root).then(|| {
            format!(
                "the root is {root}, the checkpoint says {}",
                checkpoint.root
            )
        }))
    }

    /// The C2SP tlog-proof that an entry is in its log, under the newest checkpoint.
    ///
    /// Errors   `record.unknown` when no checkpoint covers the entry yet
    pub fn proof(&self, origin: &Origin, index: u64) -> Result<LogProof, Problem> {
        let signed = self
            .checkpoint(origin)?
            .filter(|signed| index < signed.checkpoint().size);
        let signed = signed.ok_or_else(|| {
            Problem::new(Code::RecordUnknown, "no checkpoint covers this entry yet")
        })?;
        LogProof::make(index, signed, |level, index| {
            self.store
                .hash_at(origin, level, index)
                .map_err(TreeAccess::from)
        })
        .map_err(|fault| Problem::internal("the proof cannot be made", fault))
    }
}

fn good(frame: &Frame<'_>, decoder: &mut Decoder, plain: &mut Vec<u8>) -> bool {
    plain.clear();
    frame.unpack(decoder, plain)
}
