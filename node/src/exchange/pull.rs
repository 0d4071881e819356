//! Packages on their way into the journal: opened on threads of their own, written in order by one thread.
//!
//! Every queue is bounded, and a full one slows the sender down: from the disk back through verification to the
//! streams, and so to the partner.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use erikti_protocol::codec::Decoder;
use erikti_protocol::exchange::machine::RequestId;
use erikti_protocol::exchange::package::{Opener, PackageFault, Want};
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::key::{PublicKey, Verifier};
use erikti_protocol::log::checkpoint::SignedCheckpoint;
use erikti_protocol::record::RecordRef;
use tokio::sync::mpsc;

use crate::ingest::{AdmitFault, Arrived, Ingest, Orders};
use crate::problem::Problem;
use crate::store::Frontier;
use crate::store::index::rows;

/// Packages that wait to be opened: 16 × 100 KiB, at most 16 MiB.
const OPENING_MAX: usize = 16;
/// Batches that wait to be written.
const WRITING_MAX: usize = 16;
/// Stored bytes between two syncs of a long pull: what a crash may cost is fetched again in a tenth of a second.
const SYNC_EVERY_BYTES: usize = 32 * 1024 * 1024;

/// A package's body and what it must turn out to be.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) request: RequestId,
    pub(super) body: Vec<u8>,
    pub(super) want: Want,
    /// Whether each record's own proof is checked as well.
    pub(super) prove: bool,
}

/// What the threads report.
#[derive(Debug)]
pub(super) enum Report {
    /// A package was opened, or blames its server.
    Opened {
        request: RequestId,
        opened: Box<Result<Arrived, PackageFault>>,
    },
    /// What was handed over up to here is appended, not yet durable.
    Written { origin: Origin, size: u64 },
    /// What was appended up to here is durable.
    Stored { origin: Origin, frontier: Frontier },
    /// A checkpoint is kept.
    Adopted { origin: Origin, size: u64 },
    /// Records that were absent are here.
    Filled,
    /// What came is not taken.
    Refused { origin: Origin, fault: AdmitFault },
}

/// What the writer is to do, in order.
#[derive(Debug)]
pub(super) enum Writing {
    /// Append a package to a followed log; sync at once after the last one for now.
    Append {
        origin: Origin,
        organisation: OrgId,
        arrived: Arrived,
        last: bool,
    },
    /// Remember for which checkpoint the entries to come are fetched.
    Pursue { signed: Box<SignedCheckpoint> },
    /// Keep a checkpoint; everything below it was appended before.
    Adopt { signed: Box<SignedCheckpoint> },
    /// Keep records whose entries are there already.
    Fill {
        origin: Origin,
        organisation: OrgId,
        arrived: Arrived,
    },
}

/// The threads, and the ways to them.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) opening: mpsc::Sender<Opening>,
    pub(super) writing: mpsc::Sender<Writing>,
    threads: Vec<JoinHandle<()>>,
}

impl Pipeline {
    /// Starts as many opening threads as there are cores, and the writer.
    ///
    /// Errors   `internal`
    pub(super) fn start(
        ingest: &Arc<Ingest>,
        reports: &mpsc::Sender<Report>,
    ) -> Result<Self, Problem> {
        let (opening, to_open) = mpsc::channel(OPENING_MAX);
        let (writing, to_write) = mpsc::channel(WRITING_MAX);
        let to_open = Arc::new(Mutex::new(to_open));
        let mut threads = Vec::new();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..cores {
            let (to_open, reports) = (Arc::clone(&to_open), reports.clone());
            threads.push(spawn("open", move || open(&to_open, &reports))?);
        }
        let (ingest, reports) = (Arc::clone(ingest), reports.clone());
        threads.push(spawn("admit", move || {
            Writer {
                ingest: &ingest,
                reports: &reports,
                unsynced: None,
                proved: None,
            }
            .run(to_write)
        })?);
        Ok(Self {
            opening,
            writing,
            threads,
        })
    }

    /// Lets the threads finish what they have and waits for them.
    pub(super) fn finish(self) {
        drop((self.opening, self.writing));
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the exchange broke off");
            }
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Problem> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|e| Problem::internal("cannot start a thread", e))
}

fn open(to_open: &Mutex<mpsc::Receiver<Opening>>, reports: &mpsc::Sender<Report>) {
    let mut opener = Opener::new(Decoder::new());
    loop {
        // The lock is held while waiting: the threads take turns at the queue.
        let next = to_open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        let Some(Opening {
            request,
            body,
            want,
            prove,
        }) = next
        else {
            return;
        };
        let opened = Box::new(open_one(&mut opener, body, &want, prove));
        if reports
            .blocking_send(Report::Opened { request, opened })
            .is_err()
        {
            return;
        }
    }
}

fn open_one(
    opener: &mut Opener,
    body: Vec<u8>,
    want: &Want,
    prove: bool,
) -> Result<Arrived, PackageFault> {
    let mut found = Vec::with_capacity(want.places.len());
    let mut disproved = BTreeSet::new();
    let mut verifier: Option<(PublicKey, Option<Verifier>)> = None;
    let opened = opener.open(body, want, &mut |index, record: &RecordRef<'_>| {
        found.push((index, rows(record)));
        if prove && !proves(record, &mut verifier) {
            disproved.insert(index);
        }
    })?;
    Ok(Arrived {
        opened,
        rows: found,
        proved: prove,
        disproved,
    })
}

fn proves(record: &RecordRef<'_>, verifier: &mut Option<(PublicKey, Option<Verifier>)>) -> bool {
    let issuer = record.issuer();
    if verifier.as_ref().is_none_or(|(key, _)| *key != issuer) {
        *verifier = Some((issuer, Verifier::new(&issuer).ok()));
    }
    verifier
        .as_ref()
        .and_then(|(_, verifier)| verifier.as_ref())
        .is_some_and(|verifier| record.verify_with(verifier).is_ok())
}

/// The writing thread: one log at a time, synced when it has much or nothing more to do.
struct Writer<'a> {
    ingest: &'a Ingest,
    reports: &'a mpsc::Sender<Report>,
    unsynced: Option<Unsynced>,
    /// The log and first entry of a run of packages whose records' own proofs were checked.
    proved: Option<(Origin, u64)>,
}

struct Unsynced {
    origin: Origin,
    orders: Orders,
    bytes: usize,
}

impl Writer<'_> {
    fn run(&mut self, mut to_write: mpsc::Receiver<Writing>) {
        loop {
            let next = match to_write.try_recv() {
                Ok(next) => Some(next),
                Err(mpsc::error::TryRecvError::Empty) => {
                    // Nothing to append: the time to make durable what was.
                    self.settle();
                    to_write.blocking_recv()
                }
                Err(mpsc::error::TryRecvError::Disconnected) => None,
            };
            match next {
                Some(writing) => self.write(writing),
                None => {
                    self.settle();
                    return;
                }
            }
        }
    }

    fn write(&mut self, writing: Writing) {
        let origin = match &writing {
            Writing::Append { origin, .. } | Writing::Fill { origin, .. } => origin.clone(),
            Writing::Adopt { signed, .. } | Writing::Pursue { signed } => {
                signed.checkpoint().origin.clone()
            }
        };
        if self
            .unsynced
            .as_ref()
            .is_some_and(|unsynced| unsynced.origin != origin)
        {
            self.settle();
        }
        let done = match writing {
            Writing::Append {
                organisation,
                arrived,
                last,
                ..
            } => self.append(&origin, organisation, &arrived, last),
            Writing::Pursue { signed } => self.ingest.pursue(&signed),
            Writing::Adopt { signed } => {
                self.settle();
                let proved_from = self
                    .proved
                    .take()
                    .filter(|(log, _)| *log == origin)
                    .map(|(_, from)| from);
                self.ingest.adopt(&signed, proved_from).map(|()| {
                    self.report(Report::Adopted {
                        origin: signed.origin().clone(),
                        size: signed.size(),
                    })
                })
            }
            Writing::Fill {
                organisation,
                arrived,
                ..
            } => self
                .ingest
                .fill(&origin, organisation, &arrived)
                .map(|()| self.report(Report::Filled)),
        };
        if let Err(fault) = done {
            self.report(Report::Refused { origin, fault });
        }
    }

    fn append(
        &mut self,
        origin: &Origin,
        organisation: OrgId,
        arrived: &Arrived,
        last: bool,
    ) -> Result<(), AdmitFault> {
        let orders = self.ingest.admit(origin, organisation, arrived)?;
        let Some(first) = arrived.opened.first() else {
            return Ok(());
        };
        // A run of packages whose records' own proofs were checked begins here, goes on, or ends.
        match (&self.proved, arrived.proved) {
            (Some((log, _)), true) if log == origin => {}
            (_, true) => self.proved = Some((origin.clone(), first)),
            (_, false) => self.proved = None,
        }
        self.report(Report::Written {
            origin: origin.clone(),
            size: first + arrived.opened.entries.len() as u64,
        });
        let bytes = arrived.opened.size_bytes();
        let unsynced = self.unsynced.get_or_insert_with(|| Unsynced {
            origin: origin.clone(),
            orders: Orders::default(),
            bytes: 0,
        });
        unsynced.orders.append(orders);
        unsynced.bytes += bytes;
        if last || unsynced.bytes >= SYNC_EVERY_BYTES {
            self.settle();
        }
        Ok(())
    }

    fn settle(&mut self) {
        let Some(Unsynced { origin, orders, .. }) = self.unsynced.take() else {
            return;
        };
        match self.ingest.settle(&origin, orders) {
            Ok(frontier) => self.report(Report::Stored { origin, frontier }),
            Err(fault) => self.report(Report::Refused { origin, fault }),
        }
    }

    fn report(&self, report: Report) {
        // Nobody listens any more when the node stops; everything reported is on the disk.
        let _ = self.reports.blocking_send(report);
    }
}
