//! Witnessing partners' logs: cosignatures for what agrees with our copy, and proofs against what contradicts itself.

use erikti_protocol::id::Origin;
use erikti_protocol::log::cosignature;
use erikti_protocol::log::evidence::{Contradiction, EvidenceFault};
use erikti_protocol::log::tree::Compact;
use erikti_protocol::log::witness::{AddCheckpoint, Known, WitnessFault};
use erikti_protocol::log::{Checkpoint, SignedCheckpoint};

use super::{Ingest, TreeAccess};
use crate::clock;

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum CosignFault {
    /// By the rules of C2SP tlog-witness.
    #[error(transparent)]
    Rule(#[from] WitnessFault),
    /// The log is held here up to a smaller size.
    #[error("{origin} is held here up to {held}, the checkpoint says {found}")]
    NotHeld {
        /// The log.
        origin: Origin,
        /// The size held.
        held: u64,
        /// The checkpoint's.
        found: u64,
    },
    /// The log held here has another root at that size.
    #[error("{origin} has another root at size {size} here")]
    Differs {
        /// The log.
        origin: Origin,
        /// The size.
        size: u64,
    },
    /// The store failed.
    #[error("this witness cannot answer: {0}")]
    Own(String),
}

impl Ingest {
    /// Cosigns a checkpoint that agrees with the copy of the log held here. The copy is the witness's memory: it is
    /// durable and only grows, so no two cosignatures of one log contradict each other.
    ///
    /// Errors   [`CosignFault`]
    pub fn cosign(&self, add_checkpoint: &str) -> Result<String, CosignFault> {
        let own = |fault: &dyn std::fmt::Display| CosignFault::Own(fault.to_string());
        let request = AddCheckpoint::parse(add_checkpoint.as_bytes())?;
        let mut fault = None;
        let signed = request.judge(|origin| match self.known(origin, request.old) {
            Ok(known) => known,
            Err(access) => {
                fault = Some(access);
                Known::Unknown
            }
        });
        if let Some(fault) = fault {
            return Err(own(&fault));
        }
        let signed = signed?;
        let Checkpoint { origin, size, root } = signed.checkpoint();
        let held = self.visible(origin);
        if *size > held || self.is_frozen(origin) {
            return Err(CosignFault::NotHeld {
                origin: origin.clone(),
                held,
                found: *size,
            });
        }
        if self.root_at(origin, *size).map_err(|fault| own(&fault))? != *root {
            return Err(CosignFault::Differs {
                origin: origin.clone(),
                size: *size,
            });
        }
        let witness = &self.own.keys.witness;
        let key = cosignature::witness_key(origin.network(), &witness.public())
            .ok_or_else(|| own(&"no witness key has such a name"))?;
        let line = cosignature::cosign(signed.note(), &key, witness, clock::now())
            .map_err(|fault| own(&fault))?;
        Ok(line.to_string())
    }

    fn known(&self, origin: &Origin, old: u64) -> Result<Known, TreeAccess> {
        let held = self.visible(origin);
        Ok(match held {
            0 => Known::Unknown,
            _ if old == 0 => Known::Never,
            // A size we do not hold: named, so that the log asks again from there.
            _ if old > held => Known::Last(Checkpoint {
                origin: origin.clone(),
                size: held,
                root: self.root_at(origin, held)?,
            }),
            _ => Known::Last(Checkpoint {
                origin: origin.clone(),
                size: old,
                root: self.root_at(origin, old)?,
            }),
        })
    }

    /// The root that the copy of a log had at a size.
    fn root_at(
        &self,
        origin: &Origin,
        size: u64,
    ) -> Result<erikti_protocol::hash::Hash, TreeAccess> {
        Ok(Compact::at(size, |level, index| {
            self.store
                .hash_at(origin, level, index)
                .map_err(TreeAccess::from)
        })?
        .root())
    }

    /// Proves that a log contradicts itself, when a checkpoint of it cannot be true beside our copy.
    ///
    /// Errors   [`EvidenceFault`] when nothing is proved
    pub fn contradiction(
        &self,
        signed: &SignedCheckpoint,
    ) -> Result<Option<Contradiction>, EvidenceAccess> {
        let Some(own) = self
            .checkpoint(signed.origin())
            .map_err(|problem| EvidenceAccess::Own(problem.to_string()))?
        else {
            return Ok(None);
        };
        Contradiction::between(&own, signed, |level, index| {
            self.store
                .hash_at(signed.origin(), level, index)
                .map_err(|fault| EvidenceAccess::Own(fault.to_string()))
        })
    }
}

/// Why nothing is proved.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceAccess {
    /// The evidence is none.
    #[error(transparent)]
    Evidence(#[from] EvidenceFault),
    /// The trees do not fit.
    #[error(transparent)]
    Tree(#[from] erikti_protocol::log::TreeFault),
    /// The store failed.
    #[error("{0}")]
    Own(String),
}
