//! Publishing: drafts in, receipts out, each durable.
//!
//! Callers sign and pack on their own threads; the store gathers those who come together into one write and one sync,
//! so 64 callers share a sync and a lone one waits for nobody. What can be made again from the journal, index and
//! ledger, follows in the order of the log.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};

use erikti_protocol::codec::{Codec, Encoder};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{Origin, RecordId};
use erikti_protocol::record::{Draft, Issuer, Verified};
use erikti_protocol::{kind, log::Class};

use super::{Ingest, index_problem, store_problem};
use crate::clock;
use crate::problem::{Code, Problem};
use crate::store::Frame;
use crate::store::index::{Progress, Rows, rows};

/// From so many drafts on a call signs on all cores.
const PARALLEL_FROM: usize = 64;

/// That a record is durable in this node's own log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The thing.
    pub id: RecordId,
    /// Its version.
    pub version: u64,
    /// The log.
    pub origin: Origin,
    /// The entry.
    pub index: u64,
    /// The record's digest.
    pub digest: Hash,
}

/// A signed record, packed for the journal.
struct Packed {
    record: Verified,
    rows: Rows,
    stored: Vec<u8>,
}

/// Records that are durable and not yet in index and ledger: callers finish in any order, these follow in the log's.
#[derive(Debug, Default)]
pub(super) struct Followers {
    state: Mutex<FollowersState>,
}

#[derive(Debug, Default)]
struct FollowersState {
    /// The entry that follows next.
    next: u64,
    waiting: BTreeMap<u64, Vec<Packed>>,
    /// Callers whose records another caller puts there, by their first entry. Each is woken once, for itself: waking all
    /// of 64 callers for each of them costs more than signing.
    asleep: BTreeMap<u64, Thread>,
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Packed").field(&self.record.id()).finish()
    }
}

impl Followers {
    /// Says where the log stands when the node is opened.
    pub(super) fn begin(&self, size: u64) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next = size;
    }
}

impl Ingest {
    /// Signs drafts and returns when every one is durable.
    ///
    /// Errors   `record.malformed` naming the field, before anything is written; `record.conflict` when a draft's
    ///          version is not the next one; `store.stopped`
    pub fn publish(&self, drafts: Vec<Draft>) -> Result<Vec<Receipt>, Problem> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        self.may_write()?;
        // Two callers who supersede one version: the second must see what the first wrote.
        let supersedes = drafts.iter().any(|draft| draft.version > 1);
        let _one_at_a_time = supersedes.then(|| {
            self.superseding
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        });
        for draft in drafts.iter().filter(|draft| draft.version > 1) {
            self.check_version(draft)?;
        }
        let packed = self.pack_all(drafts)?;
        let frames: Vec<Frame<'_>> = packed.iter().map(frame).collect();
        let range = self
            .store
            .publish(&self.own.origin, &frames)
            .map_err(store_problem)?;
        drop(frames);
        let receipts = range
            .clone()
            .zip(&packed)
            .map(|(index, packed)| self.receipt(&packed.record, index))
            .collect();
        self.follow(range, packed)?;
        self.sealer.wanted();
        Ok(receipts)
    }

    /// Refuses a draft that does not supersede the newest version: someone else was faster.
    fn check_version(&self, draft: &Draft) -> Result<(), Problem> {
        let newest = self.newest_own_version(&draft.id)?;
        if newest == Some(draft.version - 1)
            || kind::by_name(&draft.kind).is_some_and(|kind| kind.class == Class::Control)
        {
            return Ok(());
        }
        Err(Problem::new(
            Code::RecordConflict,
            format!("{} has changed meanwhile", draft.id),
        )
        .found(format!("version {}", newest.unwrap_or(0)))
        .allowed(format!("version {}", draft.version - 1))
        .hint("read it again and repeat the change"))
    }

    fn pack_all(&self, drafts: Vec<Draft>) -> Result<Vec<Packed>, Problem> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        if drafts.len() < PARALLEL_FROM || cores < 2 {
            return self.pack(drafts);
        }
        let share = drafts.len().div_ceil(cores);
        let mut rest = drafts;
        let mut shares = Vec::new();
        while !rest.is_empty() {
            let tail = rest.split_off(share.min(rest.len()));
            shares.push(std::mem::replace(&mut rest, tail));
        }
        thread::scope(|scope| {
            let signing: Vec<_> = shares
                .into_iter()
                .map(|share| scope.spawn(|| self.pack(share)))
                .collect();
            let mut packed = Vec::new();
            for share in signing {
                packed.append(
                    &mut share.join().map_err(|_| {
                        Problem::new(Code::Internal, "a signing thread broke off")
                    })??,
                );
            }
            Ok(packed)
        })
    }

    fn pack(&self, drafts: Vec<Draft>) -> Result<Vec<Packed>, Problem> {
        let mut encoder = self.encoders.take();
        let packed = drafts
            .into_iter()
            .map(|draft| self.pack_one(draft, &mut encoder))
            .collect();
        self.encoders.give_back(encoder);
        packed
    }

    fn pack_one(&self, mut draft: Draft, encoder: &mut Encoder) -> Result<Packed, Problem> {
        if let Some(kind) = kind::by_name(&draft.kind) {
            kind.complete(&mut draft.subject);
            kind.check_subject(&draft.subject)?;
            kind.check_extra(&draft.extra)?;
        }
        let organisation = self.own.organisation();
        let issuer = Issuer {
            key: &self.own.keys.organisation,
            name: &self.own.name,
            organisation,
        };
        let record = draft
            .sign(&issuer, clock::now(), clock::random())
            .map_err(|fault| Problem::new(Code::RecordMalformed, fault.to_string()))?;
        let mut stored = Vec::with_capacity(record.bytes().len() / 2);
        encoder.encode(record.bytes(), &mut stored);
        Ok(Packed {
            rows: rows(&record.as_view()),
            record,
            stored,
        })
    }

    fn receipt(&self, record: &Verified, index: u64) -> Receipt {
        Receipt {
            id: record.id(),
            version: record.version(),
            origin: self.own.origin.clone(),
            index,
            digest: record.digest(),
        }
    }

    /// Puts durable records into index and ledger, in the order of the log; returns when these are.
    fn follow(&self, range: Range<u64>, packed: Vec<Packed>) -> Result<(), Problem> {
        let mut orders = Vec::new();
        let mut state = self
            .followers
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting.insert(range.start, packed);
        loop {
            let next = state.next;
            let Some(packed) = state.waiting.remove(&next) else {
                break;
            };
            let size = next + packed.len() as u64;
            let mut known = self.index.complete_up_to(&self.own.origin);
            known.size = size;
            let mut added = Vec::with_capacity(packed.len());
            for (index, packed) in (next..).zip(packed) {
                if packed.record.class() == Class::Control
                    && let Some(effect) = self.apply(&self.own.origin, index, &packed.record)
                {
                    orders.push((index, packed.record, effect));
                }
                added.push((index, packed.rows));
            }
            // Even when the index fails: the others must not wait, and it is made again at the next start.
            let indexed = self
                .index
                .add(&self.own.origin, &added, Progress { size, ..known });
            state.next = size;
            let rest = state.asleep.split_off(&size);
            for caller in std::mem::replace(&mut state.asleep, rest).into_values() {
                caller.unpark();
            }
            indexed.map_err(index_problem)?;
        }
        while state.next < range.end {
            state.asleep.insert(range.start, thread::current());
            drop(state);
            thread::park();
            state = self
                .followers
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        self.carry_out(&self.own.origin, orders);
        Ok(())
    }
}

fn frame(packed: &Packed) -> Frame<'_> {
    let record = &packed.record;
    let plain_len = u32::try_from(record.bytes().len()).expect("a record has at most 64 KiB");
    Frame::present(
        record.class(),
        record.digest(),
        record.readers_class(),
        Codec::Zstd1,
        plain_len,
        &packed.stored,
    )
}
