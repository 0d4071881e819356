//! The guard over durable writes: syncs files, and lets nothing be written once a sync has failed.
//!
//! After a failed sync the system may have dropped the bytes and call the next sync a success, so nothing is
//! tried again before the journal has been read anew.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::StoreFault;

/// A moment between two writes where a crash or a failing disk matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Before frames are synced.
    Frames,
    /// Before rows of side files are synced.
    Sides,
    /// Before the frontier is synced.
    Frontier,
    /// Before a mark is synced.
    Mark,
    /// After a mark is synced, before it is carried out.
    Marked,
    /// Before what a mark says is synced in the segment.
    Overwritten,
    /// Before a checkpoint takes its place.
    Checkpoint,
}

/// Called at each step; tests answer with an error in the disk's stead.
pub type Probe = Arc<dyn Fn(Step) -> io::Result<()> + Send + Sync>;

/// Shared by all logs of a journal: they lie on one disk.
#[derive(Clone)]
pub(super) struct Guard {
    poisoned: Arc<AtomicBool>,
    probe: Option<Probe>,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Guard").field(&self.poisoned).finish()
    }
}

impl Guard {
    pub(super) fn new(probe: Option<Probe>) -> Self {
        Self {
            poisoned: Arc::default(),
            probe,
        }
    }

    /// Refuses when a sync has failed before.
    pub(super) fn check(&self) -> Result<(), StoreFault> {
        if self.poisoned.load(Ordering::Acquire) {
            return Err(StoreFault::Poisoned);
        }
        Ok(())
    }

    /// Passes a step that syncs nothing.
    pub(super) fn pass(&self, step: Step) -> Result<(), StoreFault> {
        self.judge(self.probe(step))
    }

    /// Makes a file's bytes durable.
    pub(super) fn sync(&self, step: Step, (file, _): (&File, &Path)) -> Result<(), StoreFault> {
        self.check()?;
        self.judge(self.probe(step).and_then(|()| file.sync_data()))
    }

    /// Takes the outcome of a sync that was done elsewhere.
    pub(super) fn judge(&self, outcome: io::Result<()>) -> Result<(), StoreFault> {
        outcome.map_err(|error| {
            self.poisoned.store(true, Ordering::Release);
            tracing::error!(%error, "a sync failed: nothing more is written before the next start");
            StoreFault::Poisoned
        })
    }

    fn probe(&self, step: Step) -> io::Result<()> {
        self.probe.as_ref().map_or(Ok(()), |probe| probe(step))
    }
}
