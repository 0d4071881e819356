//! Checkpoint and cosignatures of one log: small texts beside the segments, replaced whole.

use std::path::PathBuf;

use erikti_protocol::log::{Compact, SignedCheckpoint};

use super::guard::Step;
use super::log::{Log, hold};
use super::{StoreFault, fault};
use crate::files;

impl Log {
    /// The newest checkpoint, as signed.
    pub(super) fn checkpoint(&self) -> Result<Option<Vec<u8>>, StoreFault> {
        self.note("checkpoint")
    }

    /// Puts a checkpoint in the place of `expected`.
    pub(super) fn swap_checkpoint(
        &self,
        expected: Option<&[u8]>,
        new: &[u8],
    ) -> Result<(), StoreFault> {
        let _alone = hold(&self.notes);
        self.guard.check()?;
        let current = self.note("checkpoint")?;
        if current.as_deref() != expected {
            return Err(StoreFault::Outdated {
                origin: self.origin.clone(),
            });
        }
        let checkpoint = SignedCheckpoint::parse(new)?;
        let refuse = |why| {
            Err(StoreFault::NotHeld {
                origin: self.origin.clone(),
                why,
            })
        };
        if *checkpoint.origin() != self.origin {
            return refuse("it names another log");
        }
        if let Some(current) = current
            && SignedCheckpoint::parse(&current)?.size() > checkpoint.size()
        {
            return refuse("it is smaller than the one before");
        }
        let durable = self.durable();
        if checkpoint.size() > durable.size {
            return refuse("it covers more entries than are durable");
        }
        let tree = match checkpoint.size() == durable.size {
            true => durable.tree,
            false => Compact::at(checkpoint.size(), |level, index| self.hash_at(level, index))?,
        };
        if tree.root() != checkpoint.root() {
            return refuse("its root is another");
        }
        // The frontier never lags behind a promise: what a start may cut is in no checkpoint.
        self.settle(false)?;
        self.guard.pass(Step::Checkpoint)?;
        self.put_note("checkpoint", new)
    }

    /// Partners' cosignatures, as last set.
    pub(super) fn cosignatures(&self) -> Result<Option<Vec<u8>>, StoreFault> {
        self.note("cosignatures")
    }

    /// Replaces the cosignatures.
    pub(super) fn set_cosignatures(&self, text: &[u8]) -> Result<(), StoreFault> {
        let _alone = hold(&self.notes);
        self.guard.check()?;
        self.put_note("cosignatures", text)
    }

    /// The checkpoint that entries beyond the newest one were fetched for.
    pub(super) fn pursued(&self) -> Result<Option<Vec<u8>>, StoreFault> {
        self.note("pursued")
    }

    /// Remembers for which checkpoint the entries to come are fetched.
    pub(super) fn set_pursued(&self, note: &[u8]) -> Result<(), StoreFault> {
        let _alone = hold(&self.notes);
        self.guard.check()?;
        self.put_note("pursued", note)
    }

    /// The size that the checkpoint promises, when it is more than `size`.
    pub(super) fn promised(&self, size: u64) -> Result<Option<u64>, StoreFault> {
        let Some(checkpoint) = self.checkpoint()? else {
            return Ok(None);
        };
        Ok(SignedCheckpoint::parse(&checkpoint)
            .ok()
            .map(|checkpoint| checkpoint.size())
            .filter(|promised| *promised > size))
    }

    fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        let path = self.note_path(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fault("read", &path)(error)),
        }
    }

    fn put_note(&self, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
        match files::replace(&self.note_path(name), bytes) {
            Err(files::Fault {
                doing: "sync",
                source,
                ..
            }) => self.guard.judge(Err(source)),
            outcome => Ok(outcome?),
        }
    }

    fn note_path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}
