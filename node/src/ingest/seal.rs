//! Sealing: a checkpoint over everything that is durable in this node's own log.
//!
//! On demand, coalesced: the first publication after a pause is sealed at once, those that follow within 5 ms share a
//! checkpoint. The checkpoint covers only bytes read back from the disk, and is durable before anyone hears of it.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use erikti_protocol::log::checkpoint::{Checkpoint, SignedCheckpoint};

use super::Ingest;
use crate::problem::{Code, Problem};

/// Shortest time between two checkpoints.
const COALESCE: Duration = Duration::from_millis(5);

/// Called with every new checkpoint of the own log.
type Listener = Box<dyn Fn(&SignedCheckpoint) + Send + Sync>;

/// A checkpoint, and whether it is new.
#[derive(Debug)]
pub struct Sealed {
    /// The newest checkpoint.
    pub checkpoint: SignedCheckpoint,
    /// Whether it was signed by this call.
    pub new: bool,
}

pub(super) struct Sealer {
    wake: Mutex<Option<SyncSender<()>>>,
    sealing: Mutex<()>,
    listener: Mutex<Option<Listener>>,
}

impl Sealer {
    pub(super) fn new() -> (Self, Receiver<()>) {
        // One place: somebody who already waits to be woken needs no second call.
        let (wake, seals) = mpsc::sync_channel(1);
        (
            Self {
                wake: Mutex::new(Some(wake)),
                sealing: Mutex::new(()),
                listener: Mutex::new(None),
            },
            seals,
        )
    }

    /// Asks for a checkpoint soon.
    pub(super) fn wanted(&self) {
        if let Some(wake) = self
            .wake
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            // Full means that one is on its way.
            let _ = wake.try_send(());
        }
    }

    /// Ends the sealing thread; what is not sealed by then is sealed by whoever stops the node.
    pub(super) fn close(&self) {
        drop(
            self.wake
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}

/// The sealing thread's loop.
pub(super) fn run(ingest: &Weak<Ingest>, seals: &Receiver<()>) {
    let mut last: Option<Instant> = None;
    while seals.recv().is_ok() {
        if let Some(rest) = last.and_then(|last| COALESCE.checked_sub(last.elapsed())) {
            std::thread::sleep(rest);
        }
        let Some(ingest) = ingest.upgrade() else {
            return;
        };
        last = Some(Instant::now());
        if let Err(problem) = ingest.seal() {
            tracing::error!(%problem, "cannot seal");
        }
    }
}

impl Ingest {
    /// Signs a checkpoint over all durable entries, unless the newest one already covers them.
    ///
    /// Errors   `store.stopped`, `store.damaged`; `log.frozen` when another process moved the checkpoint
    pub fn seal(&self) -> Result<Sealed, Problem> {
        let _one_at_a_time = self
            .sealer
            .sealing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let origin = &self.own.origin;
        let standing = self
            .store
            .checkpoint(origin)
            .map_err(super::store_problem)?;
        let (size, root) = self.store.read_back(origin).map_err(super::store_problem)?;
        if let Some(note) = &standing {
            let checkpoint = read(note)?;
            if checkpoint.checkpoint().size == size {
                // What another caller sealed before its records could be found can be found by now.
                self.arrived(origin, None);
                return Ok(Sealed {
                    checkpoint,
                    new: false,
                });
            }
        }
        let checkpoint = Checkpoint {
            origin: origin.clone(),
            size,
            root,
        }
        .sign(&self.own.keys.node);
        let checkpoint = checkpoint
            .map_err(|fault| Problem::internal("the checkpoint cannot be signed", fault))?;
        tracing::debug!(%origin, size, "sealed");
        self.store
            .swap_checkpoint(
                origin,
                standing.as_deref(),
                checkpoint.note().to_string().as_bytes(),
            )
            .map_err(super::store_problem)?;
        // What this node signed itself needs no second look at its proofs.
        self.store
            .set_audited(origin, size)
            .map_err(super::store_problem)?;
        self.set_visible(origin, size);
        self.arrived(origin, None);
        let listener = self
            .sealer
            .listener
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(listener) = listener.as_ref() {
            listener(&checkpoint);
        }
        Ok(Sealed {
            checkpoint,
            new: true,
        })
    }

    /// Names who is to be called with every new checkpoint of the own log, from the sealing thread.
    pub fn on_sealed(&self, listener: impl Fn(&SignedCheckpoint) + Send + Sync + 'static) {
        *self
            .sealer
            .listener
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Box::new(listener));
    }

    /// This log's newest checkpoint and those of followed logs, as kept.
    pub fn checkpoint(
        &self,
        origin: &erikti_protocol::id::Origin,
    ) -> Result<Option<SignedCheckpoint>, Problem> {
        let note = self
            .store
            .checkpoint(origin)
            .map_err(super::store_problem)?;
        note.as_deref().map(read).transpose()
    }
}

fn read(note: &[u8]) -> Result<SignedCheckpoint, Problem> {
    SignedCheckpoint::parse(note).map_err(|fault| {
        Problem::new(
            Code::StoreDamaged,
            format!("the checkpoint kept here is unreadable: {fault}"),
        )
    })
}
