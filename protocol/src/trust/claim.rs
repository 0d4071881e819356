//! What a control record claims. Judges nothing: whether a claim has effect depends on where it stands, see
//! [`super::History`].

use serde_json::Value;

use crate::hash::Hash;
use crate::id::{OrgId, RecordId};
use crate::key::PublicKey;
use crate::kind::accreditation::Accreditation;
use crate::kind::erasure::Erasure;
use crate::kind::key_change::KeyChange;
use crate::kind::log::LogOpened;
use crate::log::Class;
use crate::record::Record;

/// A control record, read.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// Digest of the record.
    pub(super) digest: Hash,
    /// The thing it is about.
    pub(super) id: RecordId,
    /// The state of that thing.
    pub(super) version: u64,
    /// The key that signed it.
    pub(super) signer: PublicKey,
    /// The organisation it names as its own; none in a founding record.
    pub(super) organisation: Option<OrgId>,
    /// What it says.
    pub(super) says: Says,
}

/// What a control record says.
#[derive(Clone, Debug)]
pub(super) enum Says {
    Log(LogOpened),
    KeyChange(KeyChange),
    Accreditation(Accreditation),
    Erasure(Erasure),
    /// A kind that is not known here as a control kind.
    Unknown,
    /// A known kind that fails its check.
    Malformed,
}

impl Claim {
    /// Reads a record whose proof the caller verified.
    pub(super) fn read(record: &Record) -> Self {
        Self {
            digest: record.digest(),
            id: record.id(),
            version: record.version(),
            signer: record.issuer(),
            organisation: record.organisation(),
            says: Says::read(record),
        }
    }
}

impl Says {
    fn read(record: &Record) -> Self {
        if record.class() != Class::Control {
            return Self::Unknown;
        }
        let Value::Object(subject) = record.subject() else {
            return Self::Malformed;
        };
        let said = match record.kind() {
            "log" => LogOpened::from_subject(&subject).map(Self::Log),
            "key_change" => KeyChange::from_subject(&subject).map(Self::KeyChange),
            "accreditation" => Accreditation::from_subject(&subject).map(Self::Accreditation),
            "erasure" => Erasure::from_subject(&subject).map(Self::Erasure),
            _ => return Self::Unknown,
        };
        said.unwrap_or(Self::Malformed)
    }
}
