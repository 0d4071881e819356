//! Why a bundle is refused.

use crate::field::FieldFault;
use crate::id::{OrgId, Origin};
use crate::json::JsonFault;
use crate::kind::Role;
use crate::log::checkpoint::CheckpointFault;
use crate::log::proof::ProofFault;
use crate::log::tree::TreeFault;
use crate::record::RecordFault;
use crate::trust::{Judgement, Reason, TrustFault};

/// What is wrong with a file that should prove a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// Not JSON as it has to be.
    #[error("the file is no bundle and no record: {0}")]
    Json(#[from] JsonFault),
    /// JSON, and not the one text that says it.
    #[error("the file is not in canonical form")]
    Canonical,
    /// A member is missing, too many, or not of its shape.
    #[error("the bundle is wrong at `{at}`: expected {allowed}")]
    Shape {
        /// Path of the member.
        at: String,
        /// What has to stand there.
        allowed: &'static str,
    },
    /// More than the bounds allow.
    #[error("{found} {what}, allowed are {allowed}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many may be.
        allowed: usize,
    },
    /// The record cannot be read, or its proof does not hold.
    #[error("the record: {0}")]
    Record(#[from] RecordFault),
    /// The record's subject fails its kind's check.
    #[error("the record is malformed: {0}")]
    Malformed(FieldFault),
    /// A control record cannot be read, or its proof does not hold.
    #[error("the control record at `{at}`: {fault}")]
    Control {
        /// Its place in the file.
        at: String,
        /// What is wrong.
        fault: RecordFault,
    },
    /// A log's checkpoint does not verify.
    #[error("the checkpoint of log {log} of the file: {fault}")]
    Checkpoint {
        /// Position of the log in the file.
        log: usize,
        /// What is wrong.
        fault: CheckpointFault,
    },
    /// The record's proof of being logged does not hold.
    #[error("the proof that the record is logged: {0}")]
    Proof(#[from] ProofFault),
    /// The proof's checkpoint is not that of the record's log in the file.
    #[error("the proof's checkpoint is not that of the record's log")]
    OtherCheckpoint,
    /// A log has neither a checkpoint nor a successor in the file, or it has both.
    #[error(
        "the file says not once, by a checkpoint or by a successor, up to where {origin} counts"
    )]
    NoHead {
        /// The log.
        origin: Origin,
    },
    /// A control entry is not in its log where the file says.
    #[error("control entry {index} of {origin}: {fault}")]
    Path {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
        /// What is wrong.
        fault: TreeFault,
    },
    /// A control entry that has no effect where it stands.
    #[error("control entry {index} of {origin}: {reason}")]
    NoEffect {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
        /// Why.
        reason: Reason,
    },
    /// A control entry that cannot be applied.
    #[error("control entry {index} of {origin}: {fault}")]
    Trust {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
        /// Why.
        fault: TrustFault,
    },
    /// A log that is not one of its organisation's, as far as the file shows.
    #[error("{origin} is not shown to be one of its organisation's logs")]
    OutOfLine {
        /// The log.
        origin: Origin,
    },
    /// The record's key was not in force where the record stands.
    #[error("the record does not count in its log: {found}")]
    NotInForce {
        /// How its key is to be taken there.
        found: Judgement,
    },
    /// The organisation ordered the record destroyed.
    #[error("the record was erased by its organisation")]
    Erased,
    /// A record alone proves no organisation.
    #[error(
        "a record alone proves which key signed, not which organisation: standing takes a bundle"
    )]
    Alone,
    /// No chain leads from the roots to the organisation.
    #[error(
        "{organisation} does not stand: no accreditation in the bundle leads to it from a root that was named"
    )]
    NoStanding {
        /// The organisation.
        organisation: OrgId,
    },
    /// The organisation stands, without the role that the record's kind asks for.
    #[error(
        "the record's kind asks for the role `{role}`, which {organisation} is not shown to hold"
    )]
    Unaccredited {
        /// The organisation.
        organisation: OrgId,
        /// The role.
        role: Role,
    },
}
