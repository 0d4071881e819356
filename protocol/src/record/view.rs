//! A record's bytes where they lie.

use serde_json::Value;

use super::scan::{Audience, Layout, Span, scan};
use super::{Readers, ReadersClass, RecordFault, base58};
use crate::hash::Hash;
use crate::id::{OrgId, RecordId};
use crate::json;
use crate::key::{KeyFault, PublicKey, Signature, Verifier};
use crate::kind;
use crate::log::Class;
use crate::suite;
use crate::time::Timestamp;

/// [`super::Record`] without its own copy of the bytes and without a digest: for bulk work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordRef<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) layout: Layout,
}

impl<'a> RecordRef<'a> {
    /// Reads a record's bytes.
    ///
    /// Errors   [`RecordFault`]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RecordFault> {
        let layout = scan(bytes)?;
        let view = Self { bytes, layout };
        let found = match view.layout.audience {
            Audience::Public => return Ok(view),
            Audience::Network => "network",
            Audience::Listed(_) => "listed",
        };
        match view.class() {
            Class::Control => Err(RecordFault::ControlNotPublic { found }),
            Class::Record => Ok(view),
        }
    }

    /// The bytes.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// SHA-256 of the bytes, computed anew.
    pub fn digest(&self) -> Hash {
        Hash::of(self.bytes)
    }

    /// Where everything stands in the bytes.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The kind's name; the type's name as it stands where nobody here knows the kind.
    pub fn kind(&self) -> &'a str {
        let type_name = self.type_name();
        kind::by_type(type_name).map_or(type_name, |kind| kind.name)
    }

    /// The type's name: `type[1]`.
    pub fn type_name(&self) -> &'a str {
        self.text(self.layout.type_name)
    }

    /// What the record is to the log.
    pub fn class(&self) -> Class {
        kind::by_type(self.type_name()).map_or(Class::Record, |kind| kind.class)
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
        match self.read(self.layout.issuer_name) {
            Value::String(name) => name,
            _ => unreachable!("the scan found a text here"),
        }
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
        match self.layout.audience {
            Audience::Public => Readers::Public,
            Audience::Network => Readers::Network,
            Audience::Listed(list) => Readers::Listed(self.listed(list).collect()),
        }
    }

    /// Who may read it, without the list.
    pub fn readers_class(&self) -> ReadersClass {
        match self.layout.audience {
            _ if self.class() == Class::Control => ReadersClass::Control,
            Audience::Public => ReadersClass::Public,
            Audience::Network => ReadersClass::Network,
            Audience::Listed(_) => ReadersClass::Listed,
        }
    }

    /// Whether the record lists this organisation.
    pub fn lists(&self, organisation: &OrgId) -> bool {
        match self.layout.audience {
            Audience::Listed(list) => self.listed(list).any(|reader| reader == *organisation),
            Audience::Public | Audience::Network => false,
        }
    }

    fn listed(&self, list: Span) -> impl Iterator<Item = OrgId> + 'a {
        let names = self.text(list);
        names[1..names.len() - 1].split(',').map(|name| {
            OrgId::parse(name.trim_matches('"')).expect("the scan read this organisation's name")
        })
    }

    /// `credentialSubject`.
    pub fn subject(&self) -> Value {
        self.read(self.layout.subject)
    }

    /// The whole record.
    pub fn value(&self) -> Value {
        json::parse(self.bytes).expect("the scan accepts no text that the parser refuses")
    }

    /// Checks the proof with the key that the record names.
    ///
    /// Errors   [`RecordFault::Proof`]
    pub fn verify(&self) -> Result<(), RecordFault> {
        self.verify_proof(&Verifier::new(&self.layout.issuer)?)
    }

    /// Checks the proof with a key decoded before: the caller made `verifier` from this record's issuer.
    ///
    /// Errors   [`RecordFault::Proof`], also when the verifier is another key's
    pub fn verify_with(&self, verifier: &Verifier) -> Result<(), RecordFault> {
        if verifier.key() != self.layout.issuer {
            return Err(KeyFault::Signature.into());
        }
        self.verify_proof(verifier)
    }

    fn verify_proof(&self, verifier: &Verifier) -> Result<(), RecordFault> {
        Ok(verifier.verify(&self.hash_data(), &self.signature())?)
    }

    /// The 64 bytes that the proof signs: of the two cuts of these bytes.
    pub fn hash_data(&self) -> [u8; 64] {
        let layout = &self.layout;
        let (document, proof) = (layout.proof_member.range(), layout.proof.range());
        let value = layout.proof_value_member.range();
        suite::hash_data_of_parts(
            &[
                &self.bytes[proof.start..value.start],
                &self.bytes[value.end..proof.end],
            ],
            &[&self.bytes[..document.start], &self.bytes[document.end..]],
        )
    }

    /// The proof's signature.
    pub fn signature(&self) -> Signature {
        let text = &self.bytes[self.layout.proof_value.range()][1..];
        let bytes = base58::decode(text).expect("the scan read this signature");
        Signature::from_bytes(bytes)
    }

    fn text(&self, span: Span) -> &'a str {
        std::str::from_utf8(&self.bytes[span.range()]).expect("the scan found UTF-8")
    }

    fn read(&self, span: Span) -> Value {
        json::parse(&self.bytes[span.range()])
            .expect("the scan accepts no text that the parser refuses")
    }
}
