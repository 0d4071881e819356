//! A record: bytes that are a W3C Verifiable Credential 2.0, secured with `eddsa-jcs-2022`.
//!
//! A record *is* its RFC 8785 text, proof included: stored, sent and hashed as received, never written anew.
//! `Draft` → [`Record`] → [`Verified`]: what is not yet signed, bytes of the right shape, bytes whose proof holds.
//! Whether the subject's fields are its kind's is judged by [`crate::kind`]; who may sign for whom by [`crate::trust`].

mod base58;
mod draft;
mod fault;
mod scan;
mod view;

use std::ops::Deref;

use serde_json::Value;

pub use draft::{Draft, Issuer};
pub use fault::RecordFault;
pub use scan::{
    CONTEXT_BYTES_MAX, ISSUER_NAME_BYTES_MAX, Layout, READERS_MAX, Span, TYPE_NAME_BYTES_MAX, scan,
};
pub use view::RecordRef;

use crate::hash::Hash;
use crate::id::{OrgId, RecordId};
use crate::key::{KeyFault, PublicKey, Verifier};
use crate::log::Class;
use crate::time::Timestamp;

/// Who may read a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Anyone.
    Public,
    /// Organisations with standing, as the serving node sees it.
    Network,
    /// These organisations, 1 to [`READERS_MAX`] of them.
    Listed(Vec<OrgId>),
}

/// Who may read a record, in the byte that frames carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadersClass {
    /// A control record: anyone, and never erased.
    Control = 0,
    /// Anyone.
    Public = 1,
    /// Organisations with standing.
    Network = 2,
    /// Organisations that the record lists.
    Listed = 3,
}

impl ReadersClass {
    /// Reads the byte, or `None`.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Control),
            1 => Some(Self::Public),
            2 => Some(Self::Network),
            3 => Some(Self::Listed),
            _ => None,
        }
    }
}

/// Bytes that are a record's: canonical, within the profile, with an envelope that is ours. The proof is not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    bytes: Vec<u8>,
    layout: Layout,
    digest: Hash,
}

impl Record {
    /// Reads a record's bytes.
    ///
    /// Errors   [`RecordFault`]
    pub fn parse(bytes: Vec<u8>) -> Result<Self, RecordFault> {
        let layout = Self::view(&bytes)?.layout;
        let digest = Hash::of(&bytes);
        Ok(Self {
            bytes,
            layout,
            digest,
        })
    }

    /// Reads a record's bytes where they lie: for bulk work.
    ///
    /// Errors   [`RecordFault`]
    pub fn view(bytes: &[u8]) -> Result<RecordRef<'_>, RecordFault> {
        RecordRef::parse(bytes)
    }

    /// This record as the borrowed form that bulk work uses.
    pub const fn as_view(&self) -> RecordRef<'_> {
        RecordRef {
            bytes: self.bytes.as_slice(),
            layout: self.layout,
        }
    }

    /// The bytes: what is stored, sent and hashed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives the bytes away.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// SHA-256 of the bytes: the record's name in its log.
    pub const fn digest(&self) -> Hash {
        self.digest
    }

    /// Where everything stands in the bytes.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The kind's name; the type's name as it stands where nobody here knows the kind.
    pub fn kind(&self) -> &str {
        self.as_view().kind()
    }

    /// The type's name: `type[1]`.
    pub fn type_name(&self) -> &str {
        self.as_view().type_name()
    }

    /// What the record is to the log.
    pub fn class(&self) -> Class {
        self.as_view().class()
    }

    /// The thing that the record states something about.
    pub const fn id(&self) -> RecordId {
        self.layout.id
    }

    /// Which state of the thing.
    pub const fn version(&self) -> u64 {
        self.layout.version
    }

    /// The key that signed.
    pub const fn issuer(&self) -> PublicKey {
        self.layout.issuer
    }

    /// What the issuer calls itself: outside text.
    pub fn issuer_name(&self) -> String {
        self.as_view().issuer_name()
    }

    /// Which organisation the issuer says to be; the log decides. `None` in founding records.
    pub const fn organisation(&self) -> Option<OrgId> {
        self.layout.organisation
    }

    /// From when on it holds.
    pub const fn valid_from(&self) -> Timestamp {
        self.layout.valid_from
    }

    /// When it was signed, as the signer claims.
    pub const fn created(&self) -> Timestamp {
        self.layout.created
    }

    /// Who may read it.
    pub fn readers(&self) -> Readers {
        self.as_view().readers()
    }

    /// Who may read it, without the list.
    pub fn readers_class(&self) -> ReadersClass {
        self.as_view().readers_class()
    }

    /// `credentialSubject`.
    pub fn subject(&self) -> Value {
        self.as_view().subject()
    }

    /// The whole record.
    pub fn value(&self) -> Value {
        self.as_view().value()
    }

    /// Checks the proof with the key that the record names.
    ///
    /// Errors   [`RecordFault::Proof`]
    pub fn verify(self) -> Result<Verified, RecordFault> {
        self.as_view().verify()?;
        Ok(Verified(self))
    }

    /// Checks the proof with a key decoded before: the caller made `verifier` from this record's [`Record::issuer`].
    ///
    /// Errors   [`RecordFault::Proof`], also when the verifier is another key's
    pub fn verify_with(self, verifier: &Verifier) -> Result<Verified, RecordFault> {
        self.as_view().verify_with(verifier)?;
        Ok(Verified(self))
    }
}

/// A record whose proof holds: made by [`Draft::sign`] or by [`Record::verify`] and in no other way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified(Record);

impl Verified {
    /// The record, without the knowledge that its proof holds.
    pub fn into_record(self) -> Record {
        self.0
    }

    /// Gives the bytes away.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

impl Deref for Verified {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.0
    }
}

impl From<KeyFault> for RecordFault {
    fn from(fault: KeyFault) -> Self {
        Self::Proof(fault)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::key::SecretKey;

    fn draft() -> Draft {
        let subject =
            json!({"type": "Opportunity", "name": {"kk": "Тоғай \"күні\"\n"}, "minutes": 90});
        Draft {
            kind: "opportunity".to_owned(),
            id: RecordId::v7(1_700_000_000_000, [5; 10]),
            version: 1,
            valid_from: Timestamp::from_seconds(1_700_000_000).expect("within four-digit years"),
            readers: Readers::Public,
            subject: subject.as_object().expect("an object").clone(),
            extra: Map::new(),
        }
    }

    fn sign(draft: Draft) -> Result<Verified, RecordFault> {
        let issuer = Issuer {
            key: &SecretKey::from_seed(&[9; 32]),
            name: "Жасыл \\ alaң",
            organisation: Some(OrgId::from_founding(Hash::of(b"founding"))),
        };
        let created = draft.valid_from.plus_seconds(60);
        draft.sign(&issuer, created, [7; 16])
    }

    #[test]
    fn a_signed_draft_reads_back_as_it_was_meant() {
        let record = sign(draft()).expect("the draft is sound");
        let again = Record::parse(record.bytes().to_vec()).expect("a signed record parses");
        let again = again.verify().expect("the proof holds");
        assert_eq!(again, record);
        assert_eq!(crate::json::canonical(&again.value()), again.bytes());
        assert_eq!(
            (again.kind(), again.type_name()),
            ("opportunity", "Opportunity")
        );
        assert_eq!((again.class(), again.version()), (Class::Record, 1));
        assert_eq!(again.issuer(), SecretKey::from_seed(&[9; 32]).public());
        assert_eq!(again.issuer_name(), "Жасыл \\ alaң");
        assert_eq!(
            again.organisation(),
            Some(OrgId::from_founding(Hash::of(b"founding")))
        );
        assert_eq!(again.valid_from().plus_seconds(60), again.created());
        assert_eq!(again.subject()["minutes"], 90);
        assert_eq!(again.digest(), Hash::of(again.bytes()));
    }

    #[test]
    fn listed_readers_are_sorted_and_counted() {
        let organisation = |n: usize| OrgId::from_founding(Hash::of(&n.to_be_bytes()));
        let listed = |count: usize| Draft {
            readers: Readers::Listed((0..count).chain(0..count).map(organisation).collect()),
            ..draft()
        };
        let record = sign(listed(READERS_MAX)).expect("as many as can be listed");
        assert_eq!(record.readers_class(), ReadersClass::Listed);
        assert!(record.as_view().lists(&organisation(3)));
        assert!(!record.as_view().lists(&organisation(READERS_MAX)));
        for found in [0, READERS_MAX + 1] {
            let fault = RecordFault::ReadersCount {
                found,
                allowed: READERS_MAX,
            };
            assert_eq!(sign(listed(found)), Err(fault));
        }
    }

    #[test]
    fn drafts_outside_the_profile_are_refused() {
        let with = |name: &str, value: Value| {
            let mut draft = draft();
            draft.subject.insert(name.to_owned(), value);
            sign(draft).map(drop)
        };
        assert_eq!(with("a", json!(9_007_199_254_740_991_u64)), Ok(()));
        for (name, value) in [
            ("a", json!(1.5)),
            ("a", json!(1_u64 << 53)),
            ("ә", json!(1)),
        ] {
            assert!(
                matches!(with(name, value), Err(RecordFault::Canonical { .. })),
                "{name}"
            );
        }
        let mut reserved = draft();
        reserved.extra.insert("proof".to_owned(), json!({}));
        assert!(matches!(sign(reserved), Err(RecordFault::Reserved { .. })));
        let kind = |kind: &str| {
            sign(Draft {
                kind: kind.to_owned(),
                ..draft()
            })
        };
        assert!(matches!(kind("unheard_of"), Err(RecordFault::Kind { .. })));
        assert_eq!(
            kind("UnheardOf")
                .expect("a type's name is taken as is")
                .kind(),
            "UnheardOf"
        );
    }

    #[test]
    fn control_records_are_public() {
        let readers = |readers| {
            sign(Draft {
                kind: "erasure".to_owned(),
                readers,
                ..draft()
            })
        };
        let record = readers(Readers::Public).expect("public is what control records are");
        assert_eq!(
            (record.class(), record.readers_class()),
            (Class::Control, ReadersClass::Control)
        );
        assert_eq!(
            readers(Readers::Network),
            Err(RecordFault::ControlNotPublic { found: "network" })
        );
    }

    #[test]
    fn a_verifier_of_another_key_refuses() {
        let record = sign(draft()).expect("the draft is sound");
        let other = Verifier::new(&SecretKey::from_seed(&[8; 32]).public()).expect("a point");
        assert_eq!(
            record.into_record().verify_with(&other),
            Err(RecordFault::Proof(KeyFault::Signature))
        );
    }
}
