//! Admitting: what a partner's log brought, verified by hashing, goes into the journal.
//!
//! Nothing is visible before its checkpoint is adopted, and that happens only when everything below it is durable and
//! every control entry below it is applied.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::PoisonError;

use erikti_protocol::exchange::package::{self, Opened, OpenedEntry};
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::key::PublicKey;
use erikti_protocol::log::Class;
use erikti_protocol::log::checkpoint::SignedCheckpoint;
use erikti_protocol::record::{ReadersClass, Verified};
use erikti_protocol::trust::Effect;

use super::Ingest;
use crate::store::index::{IndexFault, Progress, Rows};
use crate::store::{Frame, Status, StoreFault};

/// A package that was opened, and what else its verification found.
#[derive(Debug)]
pub struct Arrived {
    /// Entries and stored bytes.
    pub opened: Opened,
    /// What the index keeps of each present record, by its index in the log, ascending.
    pub rows: Vec<(u64, Rows)>,
    /// Whether each record's own proof was checked.
    pub proved: bool,
    /// Entries whose proof does not hold.
    pub disproved: BTreeSet<u64>,
}

/// Why what arrived is not taken.
#[derive(Debug, thiserror::Error)]
pub enum AdmitFault {
    /// This node's store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// This node's index failed.
    #[error(transparent)]
    Index(#[from] IndexFault),
    /// The log is not the organisation's.
    #[error("entry 0 of `{origin}` does not make it a log of {organisation}")]
    Stranger {
        /// The log.
        origin: Origin,
        /// Whose it was said to be.
        organisation: OrgId,
    },
    /// The log contradicts itself.
    #[error("`{origin}` is frozen")]
    Frozen {
        /// The log.
        origin: Origin,
    },
    /// Another checkpoint stands there by now.
    #[error("the checkpoint of `{origin}` cannot be adopted: {why}")]
    Checkpoint {
        /// The log.
        origin: Origin,
        /// What is wrong.
        why: String,
    },
}

/// Control entries that were written and whose orders are still to be carried out.
#[derive(Debug, Default)]
pub struct Orders(Vec<(u64, Verified, Effect)>);

impl Orders {
    /// Adds those that came after.
    pub fn append(&mut self, mut later: Self) {
        self.0.append(&mut later.0);
    }
}

impl Ingest {
    /// Writes a package after the last entry of a followed log. Not durable, and not visible, before [`Ingest::settle`].
    ///
    /// Errors   [`AdmitFault`]; nothing of the packages is written then
    pub fn admit(
        &self,
        origin: &Origin,
        organisation: OrgId,
        arrived: &Arrived,
    ) -> Result<Orders, AdmitFault> {
        if self.is_frozen(origin) {
            return Err(AdmitFault::Frozen {
                origin: origin.clone(),
            });
        }
        self.store.create(origin)?;
        let mut orders = Orders::default();
        self.admit_package(origin, organisation, arrived, &mut orders)?;
        Ok(orders)
    }

    fn admit_package(
        &self,
        origin: &Origin,
        organisation: OrgId,
        arrived: &Arrived,
        orders: &mut Orders,
    ) -> Result<(), AdmitFault> {
        let opened = &arrived.opened;
        let mut controls = opened.controls.iter().peekable();
        let mut signers = Signers {
            runs: &opened.issuers,
            at: 0,
        };
        let mut frames = Vec::with_capacity(opened.entries.len());
        // Entries whose records came and are not kept.
        let mut dropped = BTreeSet::new();
        let mut key = self.ledger().key_at(origin, opened.first().unwrap_or(0));
        let erased_before = self.ledger().has_erased(&organisation);
        for entry in &opened.entries {
            if let Some((index, record)) = controls.next_if(|(index, _)| *index == entry.index) {
                if let Some(effect) = self.apply(origin, *index, record) {
                    orders.0.push((*index, record.clone(), effect));
                }
                if *index == 0
                    && self
                        .ledger()
                        .history(origin)
                        .map(|history| history.organisation())
                        != Some(organisation)
                {
                    return Err(AdmitFault::Stranger {
                        origin: origin.clone(),
                        organisation,
                    });
                }
                // A key change rotates from its own position on.
                key = self.ledger().key_at(origin, entry.index);
            } else if entry.entry.class == Class::Control {
                self.pass(origin, entry);
            }
            let signer = signers.of(entry.index);
            let in_force = signer.is_some() && signer == key;
            let frame = self.frame(
                origin,
                organisation,
                arrived,
                entry,
                in_force,
                erased_before,
            );
            if frame.status != Status::Present {
                dropped.insert(entry.index);
            }
            frames.push(frame);
        }
        let range = self.store.append(origin, &frames)?;
        let mut rows = Cow::Borrowed(&arrived.rows);
        if !dropped.is_empty() {
            rows.to_mut().retain(|(index, _)| !dropped.contains(index));
        }
        let known = self.index.complete_up_to(origin);
        self.index.add(
            origin,
            &rows,
            Progress {
                size: range.end,
                ..known
            },
        )?;
        Ok(())
    }

    fn pass(&self, origin: &Origin, entry: &OpenedEntry) {
        let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
        if let Err(fault) = ledger.pass(origin, entry.index, entry.entry.digest) {
            tracing::warn!(%origin, index = entry.index, %fault, "an unreadable control entry");
        }
    }

    /// What is written of an entry; `in_force` when the key that signed it was in force at its position.
    fn frame<'a>(
        &self,
        origin: &Origin,
        organisation: OrgId,
        arrived: &'a Arrived,
        entry: &OpenedEntry,
        in_force: bool,
        erased_before: bool,
    ) -> Frame<'a> {
        let (class, digest) = (entry.entry.class, entry.entry.digest);
        let bare = |status| Frame::without_record(class, digest, status);
        match entry.status {
            package::Status::Present { .. } if arrived.disproved.contains(&entry.index) => {
                bare(Status::Bad)
            }
            package::Status::Present { readers } => {
                // What was erased stays erased, on every way in.
                if erased_before
                    && class == Class::Record
                    && let Some(erased) = self.ledger().erased(&organisation, &digest)
                {
                    return bare(Status::Erased {
                        by: erased.by_index,
                    });
                }
                if class == Class::Record && !in_force {
                    if self.ledger().organisation(origin).is_none() {
                        // Which keys are in force is known once the log that this one continues is: asked for again.
                        return bare(Status::Absent);
                    }
                    tracing::warn!(%origin, index = entry.index, "a record's key is not in force at its position");
                    return bare(Status::Foreign);
                }
                let readers = if class == Class::Control {
                    ReadersClass::Control
                } else {
                    readers
                };
                Frame::present(
                    class,
                    digest,
                    readers,
                    entry.codec,
                    entry.plain_bytes,
                    arrived.opened.stored(entry),
                )
            }
            package::Status::Absent | package::Status::Erased { .. } => bare(Status::Absent),
            // A bad control entry keeps its bytes: whoever is told of it must be able to see for himself.
            package::Status::Bad if class == Class::Control => Frame {
                status: Status::Bad,
                ..Frame::present(
                    class,
                    digest,
                    ReadersClass::Control,
                    entry.codec,
                    entry.plain_bytes,
                    arrived.opened.stored(entry),
                )
            },
            package::Status::Bad => bare(Status::Bad),
        }
    }

    /// Remembers for which checkpoint the entries to come are fetched.
    ///
    /// Errors   [`AdmitFault::Store`]
    pub fn pursue(&self, signed: &SignedCheckpoint) -> Result<(), AdmitFault> {
        let origin = signed.origin();
        self.store.create(origin)?;
        Ok(self
            .store
            .set_pursued(origin, signed.note().to_string().as_bytes())?)
    }

    /// The checkpoint that entries beyond the newest one were fetched for.
    ///
    /// Errors   the store's
    pub fn pursued(&self, origin: &Origin) -> Result<Option<SignedCheckpoint>, StoreFault> {
        let note = self.store.pursued(origin)?;
        let signed = note.and_then(|note| SignedCheckpoint::parse(&note).ok());
        Ok(signed.filter(|signed| signed.size() > self.visible(origin)))
    }

    /// Makes what was admitted durable, and carries out what its control entries order.
    ///
    /// Errors   [`AdmitFault::Store`]
    pub fn settle(
        &self,
        origin: &Origin,
        orders: Orders,
    ) -> Result<crate::store::Frontier, AdmitFault> {
        let frontier = self.store.sync(origin)?;
        self.carry_out(origin, orders.0);
        Ok(frontier)
    }

    /// Keeps a checkpoint whose entries are all durable and applied: from here on they are visible.
    ///
    /// Errors   [`AdmitFault::Checkpoint`]
    pub fn adopt(
        &self,
        signed: &SignedCheckpoint,
        proved_from: Option<u64>,
    ) -> Result<(), AdmitFault> {
        let checkpoint = signed.checkpoint();
        let origin = &checkpoint.origin;
        let standing = self.store.checkpoint(origin)?;
        self.store
            .swap_checkpoint(
                origin,
                standing.as_deref(),
                signed.note().to_string().as_bytes(),
            )
            .map_err(|fault| match fault {
                StoreFault::Outdated { .. } | StoreFault::NotHeld { .. } => {
                    AdmitFault::Checkpoint {
                        origin: origin.clone(),
                        why: fault.to_string(),
                    }
                }
                other => AdmitFault::Store(other),
            })?;
        self.ledger
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .cover(origin, checkpoint.size);
        self.set_visible(origin, checkpoint.size);
        self.arrived(origin, None);
        tracing::debug!(%origin, size = checkpoint.size, "adopted");
        // Proofs checked on arrival need not be checked again.
        if let Some(from) = proved_from
            && self.store.frontier(origin)?.audited == from
        {
            self.store.set_audited(origin, checkpoint.size)?;
        }
        Ok(())
    }

    /// Keeps records that were absent when their entries came.
    ///
    /// Errors   [`AdmitFault`]
    pub fn fill(
        &self,
        origin: &Origin,
        organisation: OrgId,
        arrived: &Arrived,
    ) -> Result<(), AdmitFault> {
        let opened = &arrived.opened;
        let mut signers = Signers {
            runs: &opened.issuers,
            at: 0,
        };
        for entry in &opened.entries {
            let key = self.ledger().key_at(origin, entry.index);
            let signer = signers.of(entry.index);
            let in_force = signer.is_some() && signer == key;
            let frame = self.frame(origin, organisation, arrived, entry, in_force, true);
            if frame.status != Status::Present {
                continue;
            }
            match self.store.fill(origin, entry.index, &frame) {
                // Held by now, or erased meanwhile.
                Ok(()) | Err(StoreFault::NotWanted { .. }) => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        self.store.sync(origin)?;
        self.catch_up_index()?;
        self.arrived(origin, None);
        Ok(())
    }
}

/// Who signed which entries, read along with them.
struct Signers<'a> {
    runs: &'a [(u64, PublicKey)],
    at: usize,
}

impl Signers<'_> {
    fn of(&mut self, index: u64) -> Option<PublicKey> {
        while self
            .runs
            .get(self.at + 1)
            .is_some_and(|(from, _)| *from <= index)
        {
            self.at += 1;
        }
        self.runs
            .get(self.at)
            .filter(|(from, _)| *from <= index)
            .map(|(_, key)| *key)
    }
}
