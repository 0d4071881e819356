//! Publishing: drafts in, receipts out, each durable.
//!
//! Callers sign and pack on their own threads; one writer thread takes what has gathered meanwhile as a group,
//! appends it, syncs once, and answers. So 64 callers share a sync, and a lone one waits for nobody.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError, Weak};
use std::thread;

use erikti_protocol::codec::{Codec, Encoder};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{Origin, RecordId};
use erikti_protocol::record::{Draft, Issuer, Verified};
use erikti_protocol::{kind, log::Class};

use super::Ingest;
use crate::clock;
use crate::problem::{Code, Problem};
use crate::store::index::{Rows, rows};
use crate::store::{Frame, StoreFault};

/// Jobs that wait for the writer, at most: with 256 records of 64 KiB each a job, callers wait long before memory does.
const JOBS_MAX: usize = 256;
/// Records that one sync covers, at most: 64 MiB of the largest, 1.6 MiB of ordinary ones.
const GROUP_RECORDS_MAX: usize = 4_096;
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
pub(super) struct Packed {
    record: Verified,
    rows: Rows,
    stored: Vec<u8>,
    /// The version that must be the newest here, for a draft that supersedes one.
    after: Option<u64>,
}

pub(super) struct Job {
    packed: Vec<Packed>,
    reply: SyncSender<Result<Vec<Receipt>, Problem>>,
}

/// The way to the writer thread, until it is closed.
#[derive(Debug)]
pub(super) struct Desk(Mutex<Option<SyncSender<Job>>>);

impl Desk {
    /// A desk and what the writer takes from it.
    pub(super) fn new() -> (Self, Receiver<Job>) {
        let (sender, receiver) = mpsc::sync_channel(JOBS_MAX);
        (Self(Mutex::new(Some(sender))), receiver)
    }

    /// Takes no more jobs; the writer ends with those it has.
    pub(super) fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn send(&self, job: Job) -> Result<(), Problem> {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sender.and_then(|sender| sender.send(job).ok()).ok_or_else(stopped)
    }
}

fn stopped() -> Problem {
    Problem::new(Code::StoreStopped, "the node is stopping")
}

/// The writer thread's loop: until the desk is closed.
pub(super) fn write(ingest: &Weak<Ingest>, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let Some(ingest) = ingest.upgrade() else { return };
        ingest.take_group(first, jobs);
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
        let packed = self.pack_all(drafts)?;
        let (reply, answer) = mpsc::sync_channel(1);
        let job = Job { packed, reply };
        self.desk.send(job)?;
        answer.recv().map_err(|_| stopped())?
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
            let signing: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| self.pack(share))).collect();
            let mut packed = Vec::new();
            for share in signing {
                packed.append(&mut share.join().map_err(|_| Problem::new(Code::Internal, "a signing thread broke off"))??);
            }
            Ok(packed)
        })
    }

    fn pack(&self, drafts: Vec<Draft>) -> Result<Vec<Packed>, Problem> {
        let mut encoder = self.encoders.take();
        let packed = drafts.into_iter().map(|draft| self.pack_one(draft, &mut encoder)).collect();
        self.encoders.give_back(encoder);
        packed
    }

    fn pack_one(&self, draft: Draft, encoder: &mut Encoder) -> Result<Packed, Problem> {
        if let Some(kind) = kind::by_name(&draft.kind) {
            kind.check_subject(&draft.subject)?;
            kind.check_extra(&draft.extra)?;
        }
        let after = (draft.version > 1).then_some(draft.version - 1);
        let organisation = self.own.organisation();
        let issuer = Issuer { key: &self.own.keys.organisation, name: &self.own.name, organisation };
        let record = draft
            .sign(&issuer, clock::now(), clock::random())
            .map_err(|fault| Problem::new(Code::RecordMalformed, fault.to_string()))?;
        let mut stored = Vec::with_capacity(record.bytes().len() / 2);
        encoder.encode(record.bytes(), &mut stored);
        Ok(Packed { rows: rows(&record.as_view()), record, stored, after })
    }

    fn take_group(&self, first: Job, jobs: &Receiver<Job>) {
            let mut group = vec![first];
            let mut records = group[0].packed.len();
            // Callers that were answered a moment ago are about to come back: let them in before the sync.
            thread::yield_now();
            while records < GROUP_RECORDS_MAX {
                let Ok(job) = jobs.try_recv() else { break };
                records += job.packed.len();
                group.push(job);
            }
            self.write_group(group);
            self.sealer.wanted();
    }

    fn write_group(&self, group: Vec<Job>) {
        let mut accepted = Vec::new();
        for job in group {
            match self.check_versions(&job.packed) {
                Ok(()) => accepted.push(job),
                // A caller that no longer waits needs no answer.
                Err(problem) => drop(job.reply.send(Err(problem))),
            }
        }
        match self.append_group(&accepted) {
            Ok(first) => {
                let mut index = first;
                for job in accepted {
                    let receipts = job.packed.iter().map(|packed| {
                        let receipt = self.receipt(&packed.record, index);
                        index += 1;
                        receipt
                    });
                    let receipts = receipts.collect();
                    let _ = job.reply.send(Ok(receipts));
                }
            }
            Err(fault) => {
                let problem = Problem::new(Code::StoreStopped, fault.to_string());
                for job in accepted {
                    let _ = job.reply.send(Err(problem.clone()));
                }
            }
        }
    }

    fn receipt(&self, record: &Verified, index: u64) -> Receipt {
        Receipt { id: record.id(), version: record.version(), origin: self.own.origin.clone(), index, digest: record.digest() }
    }

    /// Refuses a job whose drafts do not supersede the newest version: someone else was faster.
    fn check_versions(&self, packed: &[Packed]) -> Result<(), Problem> {
        for packed in packed {
            let Some(after) = packed.after else { continue };
            let newest = self.newest_own_version(&packed.record.id())?;
            if newest != Some(after) {
                return Err(Problem::new(Code::RecordConflict, format!("{} has changed meanwhile", packed.record.id()))
                    .found(format!("version {}", newest.unwrap_or(0)))
                    .allowed(format!("version {after}"))
                    .hint("read it again and repeat the change"));
            }
        }
        Ok(())
    }

    /// Appends and syncs a group; returns the first index.
    fn append_group(&self, group: &[Job]) -> Result<u64, StoreFault> {
        let packed = || group.iter().flat_map(|job| &job.packed);
        let frames: Vec<Frame<'_>> = packed()
            .map(|packed| {
                let record = &packed.record;
                let plain_len = u32::try_from(record.bytes().len()).expect("a record has at most 64 KiB");
                Frame::present(record.class(), record.digest(), record.readers_class(), Codec::Zstd1, plain_len, &packed.stored)
            })
            .collect();
        let range = self.store.append(&self.own.origin, &frames)?;
        self.store.sync(&self.own.origin)?;
        for (index, packed) in range.clone().zip(packed()) {
            self.index.add(&self.own.origin, index, &packed.rows)?;
            if packed.record.class() == Class::Control {
                self.apply_control(&self.own.origin, index, &packed.record);
            }
        }
        Ok(range.start)
    }
}
