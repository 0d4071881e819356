//! What the machine tells people: nothing happens silently.

use super::super::message::MessageFault;
use super::super::package::PackageFault;
use super::super::refusal::Refusal;
use crate::id::{OrgId, Origin};
use crate::key::PublicKey;
use crate::log::checkpoint::CheckpointFault;
use crate::log::evidence::EvidenceFault;

/// What a peer did that no honest node does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Blame {
    /// A package that is not what its log's tree says.
    #[error("a package: {0}")]
    Package(PackageFault),
    /// Hashes that do not lead to the checkpoint that the peer announced.
    #[error("hashes that do not lead to the root it announced")]
    Hashes,
    /// A tile of a wrong length.
    #[error("a tile of {found} bytes, expected {expected}")]
    Tile {
        /// Bytes that came.
        found: usize,
        /// Bytes that a tile of this width has.
        expected: usize,
    },
    /// A consistency proof that does not lead to the root that the peer announced.
    #[error("a consistency proof that does not hold")]
    Proof,
    /// A checkpoint that its log did not sign.
    #[error("a checkpoint: {0}")]
    Checkpoint(CheckpointFault),
    /// Evidence that convicts nobody.
    #[error("evidence: {0}")]
    Evidence(EvidenceFault),
    /// A frame that is no message, or an answer to another question.
    #[error("a message: {0}")]
    Message(MessageFault),
    /// A log of another network.
    #[error("a log of another network")]
    OtherNetwork,
    /// An answer of another kind than the question.
    #[error("an answer to another question")]
    Answer,
}

/// Why a log is not pulled any further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// It told two stories; the evidence is kept.
    Equivocation,
    /// Its first entry does not make it a log of the organisation it was announced for.
    Rejected {
        /// Why, for people.
        reason: String,
    },
    /// What is held and what is announced cannot both be true, and the checkpoint that would prove it is gone.
    Diverged,
    /// It grew by more than one pull can hold.
    TooLong,
}

/// Something that people may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A peer sent something false and is not asked for a while.
    Blamed {
        /// The peer.
        peer: PublicKey,
        /// The log that it was about.
        origin: Option<Origin>,
        /// What it sent.
        blame: Blame,
    },
    /// A peer refused a request.
    Refused {
        /// The peer.
        peer: PublicKey,
        /// The log that was asked for.
        origin: Origin,
        /// Its answer.
        refusal: Refusal,
    },
    /// A peer announced less of a log than before: it was restored from a backup.
    Regressed {
        /// The peer.
        peer: PublicKey,
        /// The log.
        origin: Origin,
        /// The size that it announced before.
        before: u64,
        /// The size that it announced now.
        now: u64,
    },
    /// A peer knows more of our own log than we do: this node was restored from a backup.
    OwnLogAhead {
        /// The peer.
        peer: PublicKey,
        /// The size that it announced, with our own signature.
        size: u64,
    },
    /// A log is not pulled any further.
    Blocked {
        /// The log.
        origin: Origin,
        /// Why.
        reason: Blocked,
    },
    /// An organisation without standing was announced for the first time.
    Unknown {
        /// The organisation, as the peer says.
        organisation: OrgId,
        /// Its log.
        origin: Origin,
    },
    /// A partner was not heard of for a day.
    Stale {
        /// The partner.
        peer: PublicKey,
    },
}
