//! Erasing: an order in the log, the bytes destroyed here, and a signed answer to others' orders.

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{Origin, RecordId};
use erikti_protocol::kind;
use erikti_protocol::record::{Draft, Readers, Verified};
use erikti_protocol::trust::Effect;
use serde_json::Map;

use super::{Ingest, Receipt, store_problem};
use crate::clock;
use crate::problem::{Code, Problem};
use crate::store::Status;
use crate::store::index::IndexFault;

impl Ingest {
    /// Orders the records at these places, all of one thing of this organisation, to be destroyed everywhere; on
    /// return they are destroyed here.
    ///
    /// Errors   `record.malformed` for a reason that is no code; `record.erased` when nothing is left to destroy
    pub fn erase(
        &self,
        id: &RecordId,
        places: &[(Origin, u64)],
        reason: &str,
    ) -> Result<Vec<Receipt>, Problem> {
        let mut drafts = Vec::new();
        for (origin, index) in places {
            let frames = self
                .store
                .entries(origin, *index..*index + 1)
                .map_err(store_problem)?;
            let Some((_, frame)) = frames.iter().next() else {
                continue;
            };
            if matches!(frame.status, Status::Erased { .. }) {
                continue;
            }
            let erasure = kind::erasure::Erasure {
                origin: origin.clone(),
                index: *index,
                digest: frame.digest,
                id: *id,
                reason: reason.to_owned(),
            };
            drafts.push(Draft {
                kind: kind::erasure::KIND.name.to_owned(),
                id: clock::record_id(),
                version: 1,
                valid_from: clock::now(),
                readers: Readers::Public,
                subject: erasure.to_subject(),
                extra: Map::new(),
            });
        }
        if drafts.is_empty() {
            return Err(Problem::new(
                Code::RecordErased,
                format!("{id} is erased already"),
            ));
        }
        self.publish(drafts)
    }

    /// Carries out what durable control entries order: bytes, rows and words of all of them are destroyed before one
    /// is answered.
    pub(super) fn carry_out(&self, by_origin: &Origin, orders: Vec<(u64, Verified, Effect)>) {
        let (mut places, mut answers) = (Vec::new(), Vec::new());
        for (by, order, effect) in orders {
            let Effect::Erased {
                origin: target,
                index,
                digest,
            } = effect
            else {
                continue;
            };
            match self.destroy_bytes(by, &target, index, &digest) {
                Ok(held) => {
                    places.push((target, index));
                    if held && *by_origin != self.own.origin {
                        answers.push((by, order));
                    }
                }
                Err(fault) => {
                    tracing::error!(%target, index, %fault, "an erased record could not be destroyed yet; it is tried again at the next start")
                }
            }
        }
        if let Err(fault) = self.search.forget(self, &places) {
            tracing::error!(%fault, "the words of an erased record could not be destroyed yet; the answer waits until they are");
            return;
        }
        for (by, order) in answers {
            self.answer(by_origin, by, &order);
        }
    }

    /// Destroys an entry's record; `false` when there was none here.
    fn destroy_bytes(
        &self,
        by: u64,
        target: &Origin,
        index: u64,
        digest: &Hash,
    ) -> Result<bool, IndexFault> {
        if !self.store.logs().contains(target) || self.store.frontier(target)?.size <= index {
            // Not here yet: the erased set refuses it when it comes.
            return Ok(false);
        }
        let frames = self.store.entries(target, index..index + 1)?;
        let Some((_, frame)) = frames.iter().next() else {
            return Ok(false);
        };
        if frame.digest != *digest || matches!(frame.status, Status::Erased { .. }) {
            return Ok(false);
        }
        let held = frame.status != Status::Absent;
        let kind = self.kind_of(&frame);
        self.store.erase(target, index, by)?;
        // The rows follow from the mark, now or, after a crash, at the next start.
        self.catch_up_index()?;
        self.arrived(target, kind.as_deref().map(|kind| (index, kind)));
        Ok(held)
    }

    /// Tells the organisation that ordered an erasure, and only it, that the bytes are gone here.
    fn answer(&self, by_origin: &Origin, by_index: u64, order: &Verified) {
        let Some(organisation) = self.ledger().organisation(by_origin) else {
            return;
        };
        let receipt = kind::receipt::Receipt {
            erasure: order.id(),
            origin: by_origin.clone(),
            index: by_index,
            digest: order.digest(),
            destroyed_at: clock::now(),
            backups_until: None,
        };
        let draft = Draft {
            kind: kind::receipt::KIND.name.to_owned(),
            id: clock::record_id(),
            version: 1,
            valid_from: clock::now(),
            readers: Readers::Listed(vec![organisation]),
            subject: receipt.to_subject(),
            extra: Map::new(),
        };
        if let Err(problem) = self.publish(vec![draft]) {
            tracing::error!(%problem, "the answer to an erasure could not be written");
        }
    }

    /// Destroys what should have been destroyed before the node stopped.
    ///
    /// Errors   the store's
    pub(super) fn redo_erasures(&self) -> Result<(), IndexFault> {
        for origin in self.store.logs() {
            for by in self.store.control(&origin, 0)? {
                let Some(record) = self.record(&origin, by)? else {
                    continue;
                };
                if record.kind() != kind::erasure::KIND.name {
                    continue;
                }
                let subject = record.subject();
                let Some(Ok(erasure)) = subject
                    .as_object()
                    .map(kind::erasure::Erasure::from_subject)
                else {
                    continue;
                };
                let organisation = self.ledger().organisation(&origin);
                let known = organisation
                    .and_then(|organisation| self.ledger().erased(&organisation, &erasure.digest));
                if known.is_some_and(|known| known.by_index == by) {
                    self.destroy_bytes(by, &erasure.origin, erasure.index, &erasure.digest)?;
                }
            }
        }
        Ok(())
    }
}
