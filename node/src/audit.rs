//! The audit: each record's own proof, checked behind the exchange.
//!
//! Bulk arrives verified by hashing: the log's checkpoint covers it, but whether each record's signature holds is
//! known only after the audit. Until then a record is marked unaudited, is in no report and leaves the network under
//! nobody's authority. A wrong proof blames the author, for good; the records around it are unaffected.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Weak;
use std::sync::mpsc::Receiver;
use std::thread;

use erikti_protocol::codec::Decoder;
use erikti_protocol::id::Origin;
use erikti_protocol::key::{PublicKey, Verifier};
use erikti_protocol::record::Record;

use crate::ingest::Ingest;
use crate::store::{Status, StoreFault, Verdict};
use erikti_protocol::log::PACKAGE_ENTRIES;

/// Packages between two notes of how far the audit came: 16,384 records, a third of a second on one core.
const STRIDE_PACKAGES: u64 = 64;
/// Issuers whose decoded keys a thread keeps: a log has one, and a new one with every key change.
const VERIFIERS_MAX: usize = 64;

/// The audit thread's loop: looks at every log whenever it is woken, until nobody is left to wake it.
pub fn run(ingest: &Weak<Ingest>, wake: &Receiver<()>) {
    while wake.recv().is_ok() {
        let Some(logs) = ingest.upgrade().map(|ingest| ingest.store().logs()) else {
            return;
        };
        for origin in logs {
            loop {
                // Taken anew for each stride, so that a node that stops need not wait for a million signatures.
                let Some(ingest) = ingest.upgrade() else {
                    return;
                };
                match stride(&ingest, &origin) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(fault) => {
                        tracing::error!(%origin, %fault, "the audit cannot go on");
                        break;
                    }
                }
            }
        }
    }
}

/// Checks the next stride of a log; `false` when everything visible was checked.
fn stride(ingest: &Ingest, origin: &Origin) -> Result<bool, StoreFault> {
    let from = ingest.store().frontier(origin)?.audited;
    let visible = ingest.visible(origin);
    if from >= visible {
        return Ok(false);
    }
    // Whole packages, so that each is one read.
    let until = ((from / PACKAGE_ENTRIES + STRIDE_PACKAGES) * PACKAGE_ENTRIES).min(visible);
    for (index, verdict) in check(ingest, origin, from..until)? {
        tracing::warn!(%origin, index, ?verdict, "a record's proof does not hold");
        ingest.store().mark(origin, index, verdict)?;
        ingest.search().wanted();
    }
    ingest.arrived(origin, None);
    ingest.store().set_audited(origin, until)?;
    tracing::debug!(%origin, size = until, "audited");
    Ok(until < visible)
}

/// Checks the proofs of a range on all cores and returns what does not hold.
///
/// Errors   the store's
pub fn check(
    ingest: &Ingest,
    origin: &Origin,
    range: Range<u64>,
) -> Result<Vec<(u64, Verdict)>, StoreFault> {
    let cores = thread::available_parallelism().map_or(1, usize::from) as u64;
    let first = range.start / PACKAGE_ENTRIES;
    let packages = first..range.end.div_ceil(PACKAGE_ENTRIES);
    let share = (packages.end - packages.start).div_ceil(cores).max(1);
    let shares: Vec<Range<u64>> = (0..cores)
        .map(|core| (first + core * share)..(first + (core + 1) * share).min(packages.end))
        .filter(|share| !share.is_empty())
        .collect();
    let within = |package: u64| {
        (package * PACKAGE_ENTRIES).max(range.start)
            ..((package + 1) * PACKAGE_ENTRIES).min(range.end)
    };
    thread::scope(|scope| {
        let work: Vec<_> = shares
            .into_iter()
            .map(|share| {
                scope.spawn(move || {
                    let mut auditor = Auditor::default();
                    let mut found = Vec::new();
                    for package in share {
                        auditor.check(ingest, origin, within(package), &mut found)?;
                    }
                    Ok::<_, StoreFault>(found)
                })
            })
            .collect();
        let mut found = Vec::new();
        for work in work {
            found.append(&mut work.join().map_err(|_| StoreFault::Poisoned)??);
        }
        Ok(found)
    })
}

/// What one thread of the audit keeps between packages.
#[derive(Default)]
struct Auditor {
    decoder: Decoder,
    plain: Vec<u8>,
    verifiers: BTreeMap<PublicKey, Option<Verifier>>,
}

impl Auditor {
    fn check(
        &mut self,
        ingest: &Ingest,
        origin: &Origin,
        range: Range<u64>,
        found: &mut Vec<(u64, Verdict)>,
    ) -> Result<(), StoreFault> {
        let frames = ingest.store().entries(origin, range)?;
        for (index, frame) in frames.iter() {
            if frame.status != Status::Present {
                continue;
            }
            self.plain.clear();
            // Other bytes than were written are the disk's fault, never the author's: `store verify` names them.
            if !frame.unpack(&mut self.decoder, &mut self.plain) {
                tracing::error!(%origin, index, "an entry is damaged on disk");
                continue;
            }
            if !proves(&mut self.verifiers, &self.plain) {
                found.push((index, Verdict::Bad));
            }
        }
        Ok(())
    }
}

/// Whether a record's bytes carry a proof that holds.
fn proves(verifiers: &mut BTreeMap<PublicKey, Option<Verifier>>, bytes: &[u8]) -> bool {
    let Ok(record) = Record::view(bytes) else {
        return false;
    };
    let issuer = record.issuer();
    if verifiers.len() >= VERIFIERS_MAX && !verifiers.contains_key(&issuer) {
        verifiers.clear();
    }
    let verifier = verifiers
        .entry(issuer)
        .or_insert_with(|| Verifier::new(&issuer).ok());
    verifier
        .as_ref()
        .is_some_and(|verifier| record.verify_with(verifier).is_ok())
}
