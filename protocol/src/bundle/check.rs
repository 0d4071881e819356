//! Judging a bundle: signatures, paths, then what the control entries say.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{EntryPart, File, Head, LogPart};
use super::{BundleFault, Logged, Stands, Stated, Verdict};
use crate::hash::Hash;
use crate::id::{OrgId, Origin};
use crate::kind::log::{LogOpened, Pin};
use crate::kind::{self, Author};
use crate::log::path::verify_inclusion;
use crate::log::proof::LogProof;
use crate::log::{Class, Entry, SignedCheckpoint};
use crate::record::{Record, Verified};
use crate::time::Date;
use crate::trust::{Effect, Judgement, Ledger, Place};

/// A log's control entries, proved to stand in its tree of this size.
struct Proved {
    origin: Origin,
    size: u64,
    entries: Vec<(u64, Verified)>,
}

pub(super) fn judge_alone(bytes: &[u8], roots: &BTreeSet<OrgId>) -> Verdict {
    let record = match Record::parse(bytes.to_vec()) {
        Ok(record) => record,
        Err(fault) => return Verdict::refused(fault.into()),
    };
    let mut verdict = Verdict::default();
    judge_record(record, &mut verdict);
    if !roots.is_empty() {
        verdict.faults.push(BundleFault::Alone);
    }
    verdict
}

pub(super) fn judge(file: File, roots: &BTreeSet<OrgId>, on: Date) -> Verdict {
    let mut verdict = Verdict::default();
    let Some(record) = judge_record(file.record, &mut verdict) else {
        return verdict;
    };
    let outcome = logged(&file.proof, &record).and_then(|(logged, checkpoint)| {
        let logs = prove(file.logs, &checkpoint)?;
        Ok((logged, logs))
    });
    let (logged, logs) = match outcome {
        Ok(proved) => proved,
        Err(fault) => {
            verdict.faults.push(fault);
            return verdict;
        }
    };
    let mut ledger = Ledger::new();
    for log in &logs {
        log.tell(&mut ledger, &mut verdict.faults);
    }
    for log in &logs {
        let place = ledger.history(&log.origin).map(|history| history.place());
        if !matches!(place, Some(Place::InLine { .. })) {
            let origin = log.origin.clone();
            verdict.faults.push(BundleFault::OutOfLine { origin });
        }
    }
    verdict.as_of = logs.into_iter().map(|log| (log.origin, log.size)).collect();
    judge_place(&ledger, &record, logged, &mut verdict);
    if !roots.is_empty() {
        judge_standing(&ledger, &record, roots, on, &mut verdict);
    }
    verdict
}

/// What can be said of the record by itself.
fn judge_record(record: Record, verdict: &mut Verdict) -> Option<Verified> {
    verdict.stated = Some(Stated {
        issuer: record.issuer(),
        issuer_name: record.issuer_name(),
        organisation: record.organisation(),
        kind: record.kind().to_owned(),
        id: record.id(),
        version: record.version(),
    });
    if let Some(known) = kind::by_name(record.kind()) {
        let value = record.value();
        let checked = value["credentialSubject"]
            .as_object()
            .zip(value.as_object());
        let outcome = checked.map_or(Ok(()), |(subject, members)| {
            known.check_subject(subject)?;
            known.check_extra(members)
        });
        verdict
            .faults
            .extend(outcome.err().map(BundleFault::Malformed));
    }
    match record.verify() {
        Ok(record) => {
            verdict.signed = true;
            Some(record)
        }
        Err(fault) => {
            verdict.faults.push(fault.into());
            None
        }
    }
}

/// Checks that the record stands in a log.
fn logged(text: &str, record: &Record) -> Result<(Logged, SignedCheckpoint), BundleFault> {
    let proof = LogProof::parse(text.as_bytes())?;
    if !proof.extra.is_empty()
        || proof.to_string() != text
        || proof.checkpoint.bare() != proof.checkpoint
    {
        return Err(BundleFault::Shape {
            at: "proof".to_owned(),
            allowed: "a tlog-proof without `extra`, whose checkpoint carries its log's signature alone",
        });
    }
    proof.verify(&Entry {
        class: record.class(),
        digest: record.digest(),
    })?;
    let logged = Logged {
        origin: proof.checkpoint.origin().clone(),
        index: proof.index,
        size: proof.checkpoint.size(),
    };
    Ok((logged, proof.checkpoint))
}

/// Checks every control entry against its log's head. `own` is the checkpoint of the record's log.
fn prove(parts: Vec<LogPart>, own: &SignedCheckpoint) -> Result<Vec<Proved>, BundleFault> {
    let mut waiting: BTreeMap<Origin, LogPart> = BTreeMap::new();
    let mut heads: BTreeMap<Origin, (u64, Hash)> = BTreeMap::new();
    let mut last: Option<Origin> = None;
    let mut own_found = false;
    for (number, part) in parts.into_iter().enumerate() {
        let origin = match &part.head {
            Head::Pinned(origin) => origin.clone(),
            Head::Checkpoint(note) => {
                let checkpoint = checkpoint(note, number)?;
                own_found |= checkpoint == *own;
                let head = (checkpoint.size(), checkpoint.root());
                heads.insert(checkpoint.origin().clone(), head);
                checkpoint.origin().clone()
            }
        };
        if last.as_ref().is_some_and(|last| *last >= origin) {
            return Err(BundleFault::Shape {
                at: format!("logs.{number}"),
                allowed: "each log once, in the order of their origins",
            });
        }
        last = Some(origin.clone());
        waiting.insert(origin, part);
    }
    if !own_found {
        return Err(BundleFault::OtherCheckpoint);
    }
    let signed: BTreeSet<Origin> = heads.keys().cloned().collect();
    let mut proved = Vec::new();
    // A proved entry 0 gives the head of the log before it.
    while let Some((origin, (size, root))) = heads.pop_first() {
        let Some(part) = waiting.remove(&origin) else {
            continue;
        };
        let log = prove_log(part, origin, size, root)?;
        if let Some(pin) = log.pin() {
            if signed.contains(&pin.origin) {
                return Err(BundleFault::NoHead { origin: pin.origin });
            }
            heads.insert(pin.origin, (pin.size, pin.root));
        }
        proved.push(log);
    }
    match waiting.pop_first() {
        Some((origin, _)) => Err(BundleFault::NoHead { origin }),
        None => Ok(proved),
    }
}

fn checkpoint(note: &str, log: usize) -> Result<SignedCheckpoint, BundleFault> {
    let checkpoint = SignedCheckpoint::parse(note.as_bytes())
        .map_err(|fault| BundleFault::Checkpoint { log, fault })?;
    if checkpoint.bare() != checkpoint || checkpoint.to_string() != note {
        return Err(BundleFault::Shape {
            at: format!("logs.{log}.checkpoint"),
            allowed: "a checkpoint that carries its log's signature alone",
        });
    }
    Ok(checkpoint)
}

fn prove_log(part: LogPart, origin: Origin, size: u64, root: Hash) -> Result<Proved, BundleFault> {
    let mut entries = Vec::new();
    for EntryPart {
        index,
        path,
        record,
    } in part.entries
    {
        let entry = Entry {
            class: record.class(),
            digest: record.digest(),
        };
        verify_inclusion(index, size, &entry.leaf(), &root, &path).map_err(|fault| {
            let origin = origin.clone();
            BundleFault::Path {
                origin,
                index,
                fault,
            }
        })?;
        let record = record.verify().map_err(|fault| {
            let at = format!("{origin} {index}");
            BundleFault::Control { at, fault }
        })?;
        entries.push((index, record));
    }
    Ok(Proved {
        origin,
        size,
        entries,
    })
}

impl Proved {
    /// The log that this one says it continues.
    fn pin(&self) -> Option<Pin> {
        let (_, opening) = self.entries.first()?;
        let subject = opening.subject();
        let opened = LogOpened::from_subject(subject.as_object()?).ok()?;
        opened.succession.map(|succession| succession.previous)
    }

    /// Tells a ledger what the log's control entries say. In a bundle each of them has an effect.
    fn tell(&self, ledger: &mut Ledger, faults: &mut Vec<BundleFault>) {
        for (index, record) in &self.entries {
            let (origin, index) = (self.origin.clone(), *index);
            match ledger.apply(&origin, index, record) {
                Ok(Effect::None(reason)) => faults.push(BundleFault::NoEffect {
                    origin,
                    index,
                    reason,
                }),
                Ok(_) => {}
                Err(fault) => {
                    faults.push(BundleFault::Trust {
                        origin,
                        index,
                        fault,
                    });
                    return;
                }
            }
        }
        ledger.cover(&self.origin, self.size);
    }
}

fn judge_place(ledger: &Ledger, record: &Record, logged: Logged, verdict: &mut Verdict) {
    let (signer, named) = (record.issuer(), record.organisation());
    let found = ledger.judge(&logged.origin, logged.index, &signer, named);
    let Judgement::InForce { organisation } = found else {
        verdict.faults.push(BundleFault::NotInForce { found });
        return;
    };
    let erased = ledger.erased(&organisation, &record.digest()).is_some()
        || ledger.closed(&organisation, &record.id());
    if erased && record.class() == Class::Record {
        verdict.faults.push(BundleFault::Erased);
    }
    verdict.organisation = Some(organisation);
    verdict.logged = Some(logged);
}

fn judge_standing(
    ledger: &Ledger,
    record: &Record,
    roots: &BTreeSet<OrgId>,
    on: Date,
    verdict: &mut Verdict,
) {
    let (Some(organisation), Some(logged)) = (verdict.organisation, &verdict.logged) else {
        return;
    };
    let standings = ledger.standing(roots, &BTreeMap::new(), on);
    let author = kind::by_name(record.kind()).map_or(Author::Standing, |kind| kind.author);
    let role = match author {
        Author::Role(role) => Some(role),
        Author::Standing => None,
    };
    let stands = standings.of(&organisation).and_then(|standing| {
        Some(Stands {
            depth: standing.depth?,
            roles: standing.roles.clone(),
            chain: standings
                .chain(&organisation, role)
                .or_else(|| standings.chain(&organisation, None))?,
            on,
        })
    });
    if !standings.counts(author, &organisation, &logged.origin, logged.index) {
        verdict.faults.push(match (&stands, role) {
            (Some(_), Some(role)) => BundleFault::Unaccredited { organisation, role },
            _ => BundleFault::NoStanding { organisation },
        });
    }
    verdict.standing = stands;
}
