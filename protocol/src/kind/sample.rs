//! Invented names and numbers that the kinds' samples share.

use serde_json::{Map, Value};

use crate::hash::Hash;
use crate::id::{OrgId, Origin, RecordId};
use crate::key::{PublicKey, SecretKey};

/// The members of a JSON object written in place.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Public key number `n`: made from a seed that everybody can read, good for nothing but samples.
pub(super) fn sample_key(n: u8) -> PublicKey {
    SecretKey::from_seed(&[n; 32]).public()
}

/// An organisation that nobody founded.
pub(super) fn sample_organisation() -> OrgId {
    OrgId::from_founding(Hash::of(b"an organisation, for samples"))
}

/// That organisation's log.
pub(super) fn sample_origin() -> Origin {
    Origin::new("erikti", &sample_key(5)).expect("`erikti` names a network")
}

/// Id number `n`.
pub(super) fn sample_id(n: u8) -> RecordId {
    RecordId::v7(1_767_225_600_000 + u64::from(n), [n; 10])
}
