//! Making a bundle from what a node holds.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{EntryPart, File, Head, LogPart};
use super::{BUNDLE_BYTES_MAX, BundleFault, ENTRIES_MAX, verify};
use crate::hash::Hash;
use crate::id::{OrgId, Origin};
use crate::kind::{self, Author};
use crate::log::path::inclusion_proof;
use crate::log::proof::LogProof;
use crate::log::{Class, SignedCheckpoint, TreeFault};
use crate::record::{Record, RecordFault};
use crate::trust::{Judgement, Ledger, Standings};

/// Where the parts of a bundle come from: a node's store.
pub trait Evidence {
    /// What can go wrong with it.
    type Fault;

    /// The newest checkpoint held of a log.
    fn checkpoint(&mut self, origin: &Origin) -> Result<Option<SignedCheckpoint>, Self::Fault>;

    /// The bytes of the record at an entry, if they are held.
    fn record(&mut self, origin: &Origin, index: u64) -> Result<Option<Vec<u8>>, Self::Fault>;

    /// The hash of a full subtree of a log's tree: `index` counts subtrees of that level.
    fn hash_at(&mut self, origin: &Origin, level: u8, index: u64) -> Result<Hash, Self::Fault>;
}

/// Why there is no bundle.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MakeFault<F> {
    /// The store fails.
    #[error("the store: {0}")]
    Store(F),
    /// A tree has no such entry.
    #[error(transparent)]
    Tree(#[from] TreeFault),
    /// A record's bytes are not held.
    #[error("the record of entry {index} of {origin} is not held here")]
    Absent {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
    },
    /// Bytes that are no record.
    #[error("entry {index} of {origin}: {fault}")]
    Record {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
        /// What is wrong.
        fault: RecordFault,
    },
    /// No checkpoint of a log covers the entry.
    #[error("no checkpoint of {origin} that covers the entry is held here")]
    NotSealed {
        /// The log.
        origin: Origin,
    },
    /// The record does not count in its log.
    #[error("the record does not count in its log: {found}")]
    NotInForce {
        /// How its key is to be taken there.
        found: Judgement,
    },
    /// The organisation ordered the record destroyed.
    #[error("the record was erased by its organisation")]
    Erased,
    /// What is held does not prove the record: a bundle of it would be refused.
    #[error("what is held here does not prove the record: {0}")]
    Unsound(BundleFault),
    /// More than a bundle may hold.
    #[error("{found} {what} are more than a bundle's {allowed}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many may be.
        allowed: usize,
    },
}

/// Makes the bundle of one record. With `standings` it carries the accreditations that lead to the organisation,
/// where there are any; without, it proves organisation and log alone.
///
/// Errors   [`MakeFault`]
pub fn make<E: Evidence>(
    ledger: &Ledger,
    standings: Option<&Standings>,
    evidence: &mut E,
    origin: &Origin,
    index: u64,
) -> Result<Vec<u8>, MakeFault<E::Fault>> {
    let mut maker = Maker { ledger, evidence };
    let record = maker.record(origin, index)?;
    let found = ledger.judge(origin, index, &record.issuer(), record.organisation());
    let Judgement::InForce { organisation } = found else {
        return Err(MakeFault::NotInForce { found });
    };
    let erased = ledger.erased(&organisation, &record.digest()).is_some()
        || ledger.closed(&organisation, &record.id());
    if erased && record.class() == Class::Record {
        return Err(MakeFault::Erased);
    }
    let mut wanted: BTreeMap<Origin, Wanted> = BTreeMap::new();
    maker.want_line(&mut wanted, &organisation, origin, &[])?;
    if let Some(standings) = standings {
        maker.want_chain(&mut wanted, standings, &organisation, &record)?;
    }
    let checkpoint = maker.checkpoint(origin, index)?;
    let entries: usize = wanted.values().map(|log| log.indices.len()).sum();
    within("control entries", entries, ENTRIES_MAX)?;
    let mut logs = Vec::new();
    for (origin, wanted) in wanted {
        logs.push(maker.log(origin, wanted)?);
    }
    let proof = LogProof::make(index, checkpoint, |level, at| {
        maker
            .evidence
            .hash_at(origin, level, at)
            .map_err(MakeFault::Store)
    })?;
    let day = record.created().date();
    let file = File {
        logs,
        proof: proof.to_string(),
        record,
    };
    let bytes = file.write();
    within("bytes", bytes.len(), BUNDLE_BYTES_MAX)?;
    // Nobody is handed a file that others will refuse.
    let mut verdict = verify(&bytes, &BTreeSet::new(), day);
    match verdict.faults.pop() {
        Some(fault) => Err(MakeFault::Unsound(fault)),
        None => Ok(bytes),
    }
}

/// Entries of one log that a bundle needs.
struct Wanted {
    /// The head's size and text; a log that its successor pins needs no text.
    size: u64,
    checkpoint: Option<SignedCheckpoint>,
    indices: BTreeSet<u64>,
}

struct Maker<'a, E> {
    ledger: &'a Ledger,
    evidence: &'a mut E,
}

impl<E: Evidence> Maker<'_, E> {
    fn record(&mut self, origin: &Origin, index: u64) -> Result<Record, MakeFault<E::Fault>> {
        let bytes = self
            .evidence
            .record(origin, index)
            .map_err(MakeFault::Store)?;
        let bytes = bytes.ok_or_else(|| MakeFault::Absent {
            origin: origin.clone(),
            index,
        })?;
        Record::parse(bytes).map_err(|fault| MakeFault::Record {
            origin: origin.clone(),
            index,
            fault,
        })
    }

    /// A checkpoint without the lines of witnesses, that covers an entry.
    fn checkpoint(
        &mut self,
        origin: &Origin,
        index: u64,
    ) -> Result<SignedCheckpoint, MakeFault<E::Fault>> {
        let newest = self.evidence.checkpoint(origin).map_err(MakeFault::Store)?;
        newest
            .filter(|checkpoint| index < checkpoint.size())
            .map(|checkpoint| checkpoint.bare())
            .ok_or_else(|| MakeFault::NotSealed {
                origin: origin.clone(),
            })
    }

    /// Wants the logs of an organisation from the founding one to `last`: their openings and key changes, and
    /// further `entries`.
    fn want_line(
        &mut self,
        wanted: &mut BTreeMap<Origin, Wanted>,
        organisation: &OrgId,
        last: &Origin,
        entries: &[(Origin, u64)],
    ) -> Result<(), MakeFault<E::Fault>> {
        let line = self.ledger.line(organisation);
        let through = line.iter().position(|origin| origin == last);
        let line = &line[..through.map_or(0, |at| at + 1)];
        for (at, origin) in line.iter().enumerate() {
            let Some(history) = self.ledger.history(origin) else {
                continue;
            };
            let pin = line
                .get(at + 1)
                .and_then(|next| self.ledger.history(next)?.previous());
            let (size, checkpoint) = match pin {
                Some(pin) => (pin.size, None),
                None => {
                    let newest = entries
                        .iter()
                        .filter(|(log, _)| log == origin)
                        .map(|(_, index)| *index)
                        .max();
                    let checkpoint = self.checkpoint(origin, newest.unwrap_or(0))?;
                    (checkpoint.size(), Some(checkpoint))
                }
            };
            let log = wanted.entry(origin.clone()).or_insert_with(|| Wanted {
                size,
                checkpoint,
                indices: history.key_entries(size.min(history.counted())).collect(),
            });
            let here = entries.iter().filter(|(log, _)| log == origin);
            log.indices.extend(here.map(|(_, index)| *index));
        }
        Ok(())
    }

    fn want_chain(
        &mut self,
        wanted: &mut BTreeMap<Origin, Wanted>,
        standings: &Standings,
        organisation: &OrgId,
        record: &Record,
    ) -> Result<(), MakeFault<E::Fault>> {
        let role = match kind::by_name(record.kind()).map(|kind| kind.author) {
            Some(Author::Role(role)) => Some(role),
            _ => None,
        };
        let chain = standings
            .chain(organisation, role)
            .or_else(|| standings.chain(organisation, None));
        for link in chain.unwrap_or_default() {
            let entries = self
                .ledger
                .accreditation_entries(&link.accreditor, link.accreditation);
            if let Some((last, _)) = entries.last() {
                let last = last.clone();
                self.want_line(wanted, &link.accreditor, &last, &entries)?;
            }
        }
        Ok(())
    }

    fn log(&mut self, origin: Origin, wanted: Wanted) -> Result<LogPart, MakeFault<E::Fault>> {
        let mut entries = Vec::new();
        for index in wanted.indices {
            let path = inclusion_proof(index, wanted.size, |level, at| {
                self.evidence
                    .hash_at(&origin, level, at)
                    .map_err(MakeFault::Store)
            })?;
            entries.push(EntryPart {
                index,
                path,
                record: self.record(&origin, index)?,
            });
        }
        let head = match wanted.checkpoint {
            Some(checkpoint) => Head::Checkpoint(checkpoint.to_string()),
            None => Head::Pinned(origin),
        };
        Ok(LogPart { head, entries })
    }
}

fn within<F>(what: &'static str, found: usize, allowed: usize) -> Result<(), MakeFault<F>> {
    if found > allowed {
        return Err(MakeFault::TooMany {
            what,
            found,
            allowed,
        });
    }
    Ok(())
}
