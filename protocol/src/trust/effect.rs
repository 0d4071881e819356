//! What a control entry did, and why it did not.

use super::lineage::Split;
use crate::hash::Hash;
use crate::id::{OrgId, Origin};
use crate::key::PublicKey;
use crate::kind::log::Pin;

/// Why a control entry had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Reason {
    /// Its kind is not one of the control kinds known here.
    #[error("the kind is not known here, or is no control kind")]
    Unknown,
    /// Its kind's check fails.
    #[error("the record fails its kind's check")]
    Malformed,
    /// The record is missing, or its proof does not verify.
    #[error("the record cannot be read, or its proof does not verify")]
    Unreadable,
    /// It names another organisation than its log's.
    #[error("the record names another organisation than its log's")]
    Organisation,
    /// Its key was not in force there.
    #[error("the key was not in force at this place of the log")]
    Foreign,
    /// Entry 0 is not the record that opens this log.
    #[error("entry 0 does not open this log")]
    NotOpening,
    /// A `log` record after entry 0.
    #[error("the log was opened before")]
    Opened,
    /// A successor or a key change by another key than the announced one.
    #[error("the key is not the one that was announced")]
    NotAnnounced,
    /// The key announced next was in force before.
    #[error("the key announced next was in force before")]
    UsedKey,
    /// A key that proves nothing: see [`crate::key::KeyFault`].
    #[error("the key is weak or published")]
    WeakKey,
    /// An organisation accredits itself.
    #[error("an organisation accredits itself")]
    SelfVouch,
    /// An erasure of what another organisation issued.
    #[error("the erasure names an entry of another organisation")]
    NotOwn,
    /// The successor's pin, or evidence of two histories, leaves it out.
    #[error("the entry is void: the log's successor does not count it")]
    Void,
    /// The log says more than is kept of one log.
    #[error("the log holds more entries of this kind than are kept")]
    Bound,
}

/// What a control entry did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It made an organisation.
    Founded {
        /// The organisation.
        organisation: OrgId,
    },
    /// It opened the next log of an organisation, in line.
    Succeeded {
        /// The organisation.
        organisation: OrgId,
        /// The log it continues: its root at that size is still to be compared with ours.
        previous: Pin,
    },
    /// It opens a log whose predecessor is not known as far as it is pinned: nothing in it has effect until then.
    Waits {
        /// The organisation it names.
        organisation: OrgId,
        /// What must be known first.
        previous: Pin,
    },
    /// It continues a log that another one continues too: evidence.
    Split(Split),
    /// It put the announced key in force.
    KeyChanged {
        /// The new key.
        key: PublicKey,
    },
    /// It accredits an organisation, or changes how.
    Accredited {
        /// The organisation.
        subject: OrgId,
    },
    /// It revokes an accreditation.
    Revoked {
        /// The organisation.
        subject: OrgId,
    },
    /// It orders the destruction of a record of its own organisation.
    Erased {
        /// The entry's log.
        origin: Origin,
        /// The entry's index.
        index: u64,
        /// The record's digest.
        digest: Hash,
    },
    /// It has effect once its log, which waits for the one it continues, is in line.
    Held,
    /// It was applied before.
    Already,
    /// Nothing.
    None(Reason),
}

/// Why an entry was not taken. Nothing changed; the caller has something to do first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustFault {
    /// Entries of a log come in their order.
    #[error("entry {found} of a log came after entry {after}")]
    Order {
        /// Index of the newest entry applied.
        after: u64,
        /// The entry's index.
        found: u64,
    },
    /// No entry 0 opened this log here.
    #[error("the log has no opening entry here")]
    NotOpen,
    /// [`super::LOGS_MAX`] or [`super::LOGS_PER_ORGANISATION_MAX`].
    #[error("there are {allowed} logs already")]
    Full {
        /// How many may be known.
        allowed: usize,
    },
    /// [`super::WAITING_MAX`].
    #[error("{allowed} logs wait for the one they continue already")]
    WaitingFull {
        /// How many may wait.
        allowed: usize,
    },
}

/// How the signature under an entry is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Judgement {
    /// Its organisation's key, in force there.
    #[error("its key was in force there")]
    InForce {
        /// The organisation.
        organisation: OrgId,
    },
    /// Another key, or another organisation's name: never counted, never served.
    #[error("its key or its organisation is not the one in force there")]
    Foreign,
    /// Beyond what the log's successor counts, or in one of two rivals.
    #[error("its entry is void")]
    Void,
    /// The log's place in the line is not known yet.
    #[error("its log's place is not known yet")]
    Waiting,
    /// The log is not known.
    #[error("its log is not known")]
    Unknown,
}
