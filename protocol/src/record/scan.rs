//! One pass over a record's bytes: canonical form, profile and envelope, and where everything stands.
//!
//! Accepts exactly what parsing, [`crate::json::profile`], judging the envelope, writing and comparing would accept,
//! in a fifth of the time. It judges neither the signature nor the kind's own fields.

mod canonical;

use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::{RecordFault, base58};
use crate::hash::Hash;
use crate::id::{OrgId, RecordId};
use crate::json::{DEPTH_MAX, RECORD_BYTES_MAX};
use crate::key::PublicKey;
use crate::time::Timestamp;
use canonical::{Scan, Step, decimal};

/// Organisations that a record can list as its readers, at most.
pub const READERS_MAX: usize = 256;
/// Bytes of an issuer's name as the record spells it, at most: 256 characters of four bytes.
pub const ISSUER_NAME_BYTES_MAX: usize = 1024;
/// Bytes of a type's name, at most.
pub const TYPE_NAME_BYTES_MAX: usize = 64;
/// Bytes of the address of a kind's own context, at most.
pub const CONTEXT_BYTES_MAX: usize = 256;

/// The first context of every record.
pub(super) const CONTEXT_VC: &str = "https://www.w3.org/ns/credentials/v2";
/// The last context of every record, as it is spelled.
pub(super) const CONTEXT_OWN: &str = r#"{"@vocab":"urn:erikti:v1:"}"#;
/// How a key's name begins, up to the base58 digits of prefix and key.
pub(super) const DID_PREFIX: &str = "did:key:z";
/// Bytes of a multikey: two of prefix, 32 of key.
const MULTIKEY: usize = 34;

/// A run of a record's bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn new(start: usize, end: usize) -> Self {
        let bound = |at| u32::try_from(at).expect("a record has at most 64 KiB");
        Self {
            start: bound(start),
            end: bound(end),
        }
    }

    /// The run as a range of indices.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Who may read a record, without the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    Public,
    Network,
    /// The list, brackets included.
    Listed(Span),
}

/// Where everything stands in a record's bytes, and what is short enough to be carried along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// `@context`, brackets included.
    pub context: Span,
    /// `credentialSubject`, braces included.
    pub subject: Span,
    /// The issuer's name, quotes included.
    pub issuer_name: Span,
    /// The second of the two types, without quotes.
    pub type_name: Span,
    /// The first cut: `,"proof":{…}`.
    pub proof_member: Span,
    /// The proof, braces included.
    pub proof: Span,
    /// The second cut, within the proof: `,"proofValue":"…"`.
    pub proof_value_member: Span,
    /// The signature's text, without quotes.
    pub proof_value: Span,
    /// `nonce`, read.
    pub nonce: [u8; 16],
    /// `id`, read.
    pub id: RecordId,
    /// `version`, read.
    pub version: u64,
    /// `issuer.id`, read; `verificationMethod` names the same key.
    pub issuer: PublicKey,
    /// `issuer.alsoKnownAs`, read.
    pub organisation: Option<OrgId>,
    /// `validFrom`, read.
    pub valid_from: Timestamp,
    /// `proof.created`, read.
    pub created: Timestamp,
    pub(super) audience: Audience,
}

/// Reads a record's bytes in one pass.
///
/// Errors   every [`RecordFault`] about bytes; never [`RecordFault::Proof`]
pub fn scan(bytes: &[u8]) -> Result<Layout, RecordFault> {
    if bytes.len() > RECORD_BYTES_MAX {
        return Err(RecordFault::TooLarge {
            found: bytes.len(),
            allowed: RECORD_BYTES_MAX,
        });
    }
    if let Err(fault) = std::str::from_utf8(bytes) {
        return Err(RecordFault::Encoding {
            at: fault.valid_up_to(),
        });
    }
    let mut scan = Scan { bytes, at: 0 };
    let layout = scan.record()?;
    if scan.at != bytes.len() {
        return scan.envelope("the end of the text");
    }
    Ok(layout)
}

/// The envelope, member by member.
impl Scan<'_> {
    fn record(&mut self) -> Step<Layout> {
        let (mut context, mut subject, mut id, mut issuer, mut proof) =
            (None, None, None, None, None);
        let (mut audience, mut type_name, mut valid_from, mut version) = (None, None, None, None);
        self.object(|scan, before, name| {
            match name {
                b"@context" => context = Some(scan.context()?),
                b"credentialSubject" => subject = Some(scan.subject()?),
                b"id" => id = Some(scan.id()?),
                b"issuer" => issuer = Some(scan.issuer()?),
                b"proof" => {
                    let (context, issuer) = (
                        scan.required(context, "@context")?,
                        scan.required(issuer, "issuer")?,
                    );
                    proof = Some(scan.proof(before, context, &issuer)?);
                }
                b"termsOfUse" => audience = Some(scan.audience()?),
                b"type" => type_name = Some(scan.type_name()?),
                b"validFrom" => valid_from = Some(scan.quoted_time()?),
                b"validUntil" => drop(scan.quoted_time()?),
                b"version" => version = Some(scan.version()?),
                _ => scan.value(DEPTH_MAX - 1)?,
            }
            Ok(())
        })?;
        let issuer = self.required(issuer, "issuer")?;
        let proof = self.required(proof, "proof")?;
        Ok(Layout {
            context: self.required(context, "@context")?,
            subject: self.required(subject, "credentialSubject")?,
            issuer_name: issuer.name,
            type_name: self.required(type_name, "type")?,
            proof_member: proof.member,
            proof: proof.object,
            proof_value_member: proof.value_member,
            proof_value: proof.value,
            nonce: proof.nonce,
            id: self.required(id, "id")?,
            version: self.required(version, "version")?,
            issuer: issuer.key,
            organisation: issuer.organisation,
            valid_from: self.required(valid_from, "validFrom")?,
            created: proof.created,
            audience: self.required(audience, "termsOfUse")?,
        })
    }

    fn required<T>(&self, found: Option<T>, name: &'static str) -> Step<T> {
        found.ok_or(RecordFault::Missing { name })
    }

    fn context(&mut self) -> Step<Span> {
        let from = self.at;
        self.exactly(r#"["https://www.w3.org/ns/credentials/v2","#)?;
        if self.peek() == Some(b'"') {
            let at = self.at;
            let address = self.text()?;
            if !address.starts_with(b"https://") || address.len() > CONTEXT_BYTES_MAX {
                self.at = at;
                return self.envelope("the address of the kind's own context: `https://…`");
            }
            self.exactly(",")?;
        }
        self.exactly(CONTEXT_OWN)?;
        self.exactly("]")?;
        Ok(Span::new(from, self.at))
    }

    fn subject(&mut self) -> Step<Span> {
        let from = self.at;
        if self.peek() != Some(b'{') {
            return self.envelope("an object");
        }
        self.value(DEPTH_MAX - 1)?;
        Ok(Span::new(from, self.at))
    }

    fn id(&mut self) -> Step<RecordId> {
        self.quoted("`urn:uuid:` and a lower-case UUID", |text| {
            RecordId::parse(std::str::from_utf8(text).ok()?)
        })
    }

    fn issuer(&mut self) -> Step<Issuer> {
        self.exactly("{")?;
        let organisation = if self.rest().starts_with(br#""alsoKnownAs":["#) {
            self.exactly(r#""alsoKnownAs":["#)?;
            let organisation = self.organisation()?;
            self.exactly("],")?;
            Some(organisation)
        } else {
            None
        };
        self.exactly(r#""id":"#)?;
        let at = self.at + 1;
        let key = self.quoted("`did:key:z6Mk…`", multikey)?;
        let did = Span::new(at, self.at - 1);
        self.exactly(r#","name":"#)?;
        let from = self.at;
        let name = self.text()?;
        if name.is_empty() || name.len() > ISSUER_NAME_BYTES_MAX {
            self.at = from;
            return self.envelope("a name of 1 to 1,024 bytes");
        }
        let name = Span::new(from, self.at);
        self.exactly(r#","type":["Profile"]}"#)?;
        Ok(Issuer {
            key,
            did,
            name,
            organisation,
        })
    }

    fn proof(&mut self, before: usize, context: Span, issuer: &Issuer) -> Step<Proof> {
        let from = self.at;
        self.exactly(r#"{"@context":"#)?;
        self.same(context, "the document's own `@context`")?;
        self.exactly(r#","created":"#)?;
        let created = self.quoted_time()?;
        self.exactly(r#","cryptosuite":"eddsa-jcs-2022","nonce":"#)?;
        let nonce = self.quoted("22 base64url characters", |text| {
            let mut nonce = [0; 16];
            let written = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut nonce).ok()?;
            (written == nonce.len()).then_some(nonce)
        })?;
        self.exactly(r#","proofPurpose":"assertionMethod""#)?;
        let value_from = self.at;
        self.exactly(r#","proofValue":"#)?;
        let at = self.at + 1;
        self.quoted("`z…`, base58 of 64 bytes", |text| {
            base58::decode::<64>(text.strip_prefix(b"z")?)
        })?;
        let value = Span::new(at, self.at - 1);
        let value_member = Span::new(value_from, self.at);
        self.exactly(r#","type":"DataIntegrityProof","verificationMethod":""#)?;
        self.same(issuer.did, "the issuer's `did:key`")?;
        self.exactly("#")?;
        let name = Span::new(
            issuer.did.start as usize + DID_PREFIX.len() - 1,
            issuer.did.end as usize,
        );
        self.same(name, "the issuer's key")?;
        self.exactly("\"}")?;
        Ok(Proof {
            member: Span::new(before, self.at),
            object: Span::new(from, self.at),
            value_member,
            value,
            nonce,
            created,
        })
    }

    fn audience(&mut self) -> Step<Audience> {
        self.exactly(r#"[{"readers":"#)?;
        let audience = if self.rest().starts_with(b"[") {
            let from = self.at;
            self.readers()?;
            Audience::Listed(Span::new(from, self.at))
        } else {
            self.quoted("`public`, `network` or a list", |text| match text {
                b"public" => Some(Audience::Public),
                b"network" => Some(Audience::Network),
                _ => None,
            })?
        };
        self.exactly(r#","type":"Audience"}]"#)?;
        Ok(audience)
    }

    /// A list of organisations in the order of their names, none twice: one list has one spelling.
    fn readers(&mut self) -> Step<()> {
        self.exactly("[")?;
        let mut last: &[u8] = b"";
        for _ in 0..READERS_MAX {
            let at = self.at;
            self.organisation()?;
            let name = &self.bytes[at..self.at];
            if name <= last {
                self.at = at;
                return self.envelope("readers in ascending order, none twice");
            }
            last = name;
            if self.peek() != Some(b',') {
                return self.exactly("]");
            }
            self.at += 1;
        }
        self.envelope("at most 256 readers")
    }

    fn organisation(&mut self) -> Step<OrgId> {
        self.quoted("`urn:erikti:org:z…`", |text| {
            let digits = text.strip_prefix(OrgId::PREFIX.as_bytes())?;
            base58::decode::<32>(digits).map(|bytes| OrgId::from_founding(Hash::from_bytes(bytes)))
        })
    }

    fn type_name(&mut self) -> Step<Span> {
        self.exactly(r#"["VerifiableCredential","#)?;
        let at = self.at + 1;
        self.quoted("the type's name: `[A-Z][A-Za-z0-9]{0,63}`", |text| {
            is_type_name(text).then_some(())
        })?;
        let span = Span::new(at, self.at - 1);
        self.exactly("]")?;
        Ok(span)
    }

    fn quoted_time(&mut self) -> Step<Timestamp> {
        self.quoted("a time: `YYYY-MM-DDTHH:MM:SSZ`", |text| {
            Timestamp::parse(std::str::from_utf8(text).ok()?)
        })
    }

    fn version(&mut self) -> Step<u64> {
        let at = self.at;
        if !matches!(self.peek(), Some(b'1'..=b'9')) {
            return self.envelope("an integer from 1 on");
        }
        self.number()?;
        Ok(decimal(&self.bytes[at..self.at]))
    }
}

#[derive(Clone, Copy)]
struct Issuer {
    key: PublicKey,
    did: Span,
    name: Span,
    organisation: Option<OrgId>,
}

struct Proof {
    member: Span,
    object: Span,
    value_member: Span,
    value: Span,
    nonce: [u8; 16],
    created: Timestamp,
}

/// Whether a text may name a type: `[A-Z][A-Za-z0-9]{0,63}`; kinds' names begin lower-case, so neither is ever the other.
pub(super) fn is_type_name(text: &[u8]) -> bool {
    text.len() <= TYPE_NAME_BYTES_MAX
        && text.first().is_some_and(u8::is_ascii_uppercase)
        && text.iter().all(u8::is_ascii_alphanumeric)
}

fn multikey(did: &[u8]) -> Option<PublicKey> {
    let digits = did.strip_prefix(DID_PREFIX.as_bytes())?;
    let bytes = base58::decode::<MULTIKEY>(digits)?;
    let key = bytes.strip_prefix(&[0xed, 0x01])?;
    Some(PublicKey::from_bytes(key.try_into().ok()?))
}
