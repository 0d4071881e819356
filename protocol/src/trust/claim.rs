//! What a control record claims, as far as trust is concerned. Judges nothing: whether a claim has effect depends
//! on where it stands, see [`super::History`].

use std::collections::BTreeSet;

use crate::hash::Hash;
use crate::id::{OrgId, Origin, RecordId};
use crate::key::PublicKey;
use crate::kind::Role;
use crate::time::Date;

use super::standing::Limit;

/// A control record, read.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Digest of the record.
    pub(crate) digest: Hash,
    /// The thing it is about.
    pub(crate) id: RecordId,
    /// The state of that thing.
    pub(crate) version: u64,
    /// The key that signed it.
    pub(crate) signer: PublicKey,
    /// The organisation it names as its own; none in a founding record.
    pub(crate) organisation: Option<OrgId>,
    /// What it says.
    pub(crate) says: Says,
}

/// What a control record says.
#[derive(Clone, Debug)]
pub(crate) enum Says {
    Log(Opening),
    KeyChange { next: Hash },
    Accreditation(Accreditation),
    Erasure(Erasure),
    /// A kind that this version does not know, or one that is no control kind.
    Unknown,
    /// A known kind that fails its check.
    Malformed,
}

/// Entry 0 of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What the organisation calls itself.
    pub name: String,
    /// The key that signs the log's checkpoints, and the node's transport identity.
    pub node_key: PublicKey,
    /// The key that cosigns others' checkpoints.
    pub witness_key: PublicKey,
    /// The network the log belongs to.
    pub network: String,
    /// Digest of the next organisation key.
    pub next: Hash,
    /// The log that this one continues; none in a founding record.
    pub previous: Option<Pin>,
}

/// The log that a successor continues, and how much of it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The previous log.
    pub origin: Origin,
    /// Entries from this index on are void.
    pub size: u64,
    /// Root of the previous log at that size.
    pub root: Hash,
}

/// One state of an accreditation.
#[derive(Clone, Debug)]
pub(crate) struct Accreditation {
    pub(crate) subject: OrgId,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) from: Option<Date>,
    pub(crate) until: Option<Date>,
    pub(crate) revoked: Option<Limit>,
}

/// An order to destroy one record.
#[derive(Clone, Debug)]
pub(crate) struct Erasure {
    pub(crate) origin: Origin,
    pub(crate) index: u64,
    pub(crate) digest: Hash,
    pub(crate) id: Option<RecordId>,
}
