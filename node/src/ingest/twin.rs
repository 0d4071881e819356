//! Against writing one log twice: after a restored backup, or beside another machine with the same keys.
//!
//! A node that has partners writes nothing after its start before one of them has said how much of this node's log
//! it holds. If that is more than is here, nothing is written at all: every entry would fork the log.

use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::Ingest;
use crate::problem::{Code, Problem};

/// How long a start waits for a partner's word: partners that are up answer within two round trips. Without any,
/// the node goes on alone, as it must when the others are down.
const WORD_WITHIN: Duration = Duration::from_secs(5);

/// What is known about whether this node may write.
#[derive(Debug, Default)]
pub(super) struct Twin {
    halted: OnceLock<String>,
    /// Until when partners are waited for; `None` when nobody is, or no more.
    waits_until: Mutex<Option<Instant>>,
    word: Condvar,
}

impl Ingest {
    /// Stops writing this node's own log for good: what it would write next would fork it.
    pub fn halt(&self, why: String) {
        tracing::error!(why, "this node no longer writes its own log");
        // The first reason stands.
        let _ = self.twin.halted.set(why);
    }

    /// Why this node no longer writes its own log.
    pub fn halted(&self) -> Option<&str> {
        self.twin.halted.get().map(String::as_str)
    }

    /// From now on publications wait for a partner's word, a few seconds at most.
    pub fn await_partners(&self) {
        *self.waits_until() = Some(Instant::now() + WORD_WITHIN);
    }

    /// A partner has said how much of this node's log it holds.
    pub fn partner_spoke(&self) {
        *self.waits_until() = None;
        self.twin.word.notify_all();
    }

    /// Returns when this node may write.
    ///
    /// Errors   `store.stopped` when it may not any more
    pub(super) fn may_write(&self) -> Result<(), Problem> {
        let mut waits_until = self.waits_until();
        while let Some(rest) =
            waits_until.and_then(|until| until.checked_duration_since(Instant::now()))
        {
            let waited = self.twin.word.wait_timeout(waits_until, rest);
            waits_until = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *waits_until = None;
        drop(waits_until);
        match self.halted() {
            None => Ok(()),
            Some(why) => Err(Problem::new(Code::StoreStopped, why)
                .hint("restore the newest copy of the data folder; going on would fork the log")),
        }
    }

    fn waits_until(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.twin
            .waits_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
