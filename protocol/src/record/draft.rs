//! Making a record: the canonical text written member by member, signed, and read back.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::scan::{CONTEXT_OWN, CONTEXT_VC, DID_PREFIX, READERS_MAX, is_type_name};
use super::{Readers, Record, RecordFault, Verified, base58};
use crate::id::{OrgId, RecordId};
use crate::json;
use crate::key::SecretKey;
use crate::kind;
use crate::suite;
use crate::time::Timestamp;

/// What a record will say, before its issuer signs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The kind's name, or a type's name (`[A-Z]…`) that nobody here registered.
    pub kind: String,
    /// The thing.
    pub id: RecordId,
    /// Which state of the thing; from 1 on.
    pub version: u64,
    /// From when on it holds.
    pub valid_from: Timestamp,
    /// Who may read it.
    pub readers: Readers,
    /// `credentialSubject`.
    pub subject: Map<String, Value>,
    /// Further members of the credential itself, such as `name` and `validUntil` of Open Badges.
    pub extra: Map<String, Value>,
}

/// Who signs.
#[derive(Clone, Copy, Debug)]
pub struct Issuer<'a> {
    /// The organisation's key.
    pub key: &'a SecretKey,
    /// What it calls itself.
    pub name: &'a str,
    /// Which organisation it is; `None` only in the founding `log` record, whose digest it would be.
    pub organisation: Option<OrgId>,
}

/// Members that the envelope writes, in order.
const RESERVED: [&str; 9] = [
    "@context",
    "credentialSubject",
    "id",
    "issuer",
    "proof",
    "termsOfUse",
    "type",
    "validFrom",
    "version",
];
/// Bytes to begin with: most records fit.
const CAPACITY: usize = 2048;

impl Draft {
    /// Writes the record, signs it and reads it back.
    ///
    /// Errors   what a draft can get wrong: [`RecordFault::Kind`], [`RecordFault::Reserved`], [`RecordFault::ReadersCount`],
    ///          and what [`Record::parse`] refuses
    pub fn sign(
        self,
        issuer: &Issuer<'_>,
        created: Timestamp,
        nonce: [u8; 16],
    ) -> Result<Verified, RecordFault> {
        let context = self.context()?;
        let key = multikey(issuer);
        let (document, proof_at) = self.document(&context, &key, issuer)?;
        let (before, after) = proof_config(&context, &key, created, nonce);
        let config = [before.as_slice(), after.as_slice()].concat();
        let signature = suite::sign(issuer.key, &config, &document);

        let mut bytes = Vec::with_capacity(document.len() + config.len() + 128);
        bytes.extend_from_slice(&document[..proof_at]);
        bytes.extend_from_slice(br#","proof":"#);
        bytes.extend_from_slice(&before);
        bytes.extend_from_slice(br#","proofValue":"z"#);
        base58::encode(signature.as_bytes(), &mut bytes);
        bytes.push(b'"');
        bytes.extend_from_slice(&after);
        bytes.extend_from_slice(&document[proof_at..]);
        Record::parse(bytes).map(Verified)
    }

    fn context(&self) -> Result<String, RecordFault> {
        let own = match kind::by_name(&self.kind) {
            Some(kind) => kind.context,
            None if is_type_name(self.kind.as_bytes()) => None,
            None => {
                return Err(RecordFault::Kind {
                    found: self.kind.chars().take(64).collect(),
                });
            }
        };
        Ok(match own {
            Some(own) => format!(r#"["{CONTEXT_VC}","{own}",{CONTEXT_OWN}]"#),
            None => format!(r#"["{CONTEXT_VC}",{CONTEXT_OWN}]"#),
        })
    }

    /// The canonical text without the proof, and where the proof goes.
    fn document(
        &self,
        context: &str,
        key: &str,
        issuer: &Issuer<'_>,
    ) -> Result<(Vec<u8>, usize), RecordFault> {
        if let Some(name) = self.extra.keys().find(|name| is_reserved(name)) {
            return Err(RecordFault::Reserved { name: name.clone() });
        }
        let readers = readers(&self.readers)?;
        let mut extra: Vec<_> = self.extra.iter().collect();
        extra.sort_unstable_by_key(|(name, _)| name.as_str());
        let mut extra = extra.into_iter().peekable();

        let mut out = Vec::with_capacity(CAPACITY);
        let mut proof_at = 0;
        for name in RESERVED {
            while let Some((name, value)) = extra.next_if(|(extra, _)| extra.as_str() < name) {
                write_name(name, &mut out);
                json::write_value(value, &mut out);
            }
            if name == "proof" {
                proof_at = out.len();
                continue;
            }
            write_name(name, &mut out);
            match name {
                "@context" => out.extend_from_slice(context.as_bytes()),
                "credentialSubject" => json::write_object(&self.subject, &mut out),
                "id" => json::write_text(&self.id.to_string(), &mut out),
                "issuer" => write_issuer(issuer, key, &mut out),
                "termsOfUse" => {
                    out.extend_from_slice(br#"[{"readers":"#);
                    out.extend_from_slice(readers.as_bytes());
                    out.extend_from_slice(br#","type":"Audience"}]"#);
                }
                "type" => {
                    out.extend_from_slice(br#"["VerifiableCredential","#);
                    json::write_text(self.type_name(), &mut out);
                    out.push(b']');
                }
                "validFrom" => json::write_text(&self.valid_from.to_string(), &mut out),
                "version" => out.extend_from_slice(self.version.to_string().as_bytes()),
                _ => unreachable!("every reserved name is written above"),
            }
        }
        for (name, value) in extra {
            write_name(name, &mut out);
            json::write_value(value, &mut out);
        }
        out.push(b'}');
        Ok((out, proof_at))
    }

    fn type_name(&self) -> &str {
        kind::by_name(&self.kind).map_or(&self.kind, |kind| kind.type_name)
    }
}

fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// Writes a name with what stands before it: the object's brace or a comma.
fn write_name(name: &str, out: &mut Vec<u8>) {
    out.push(if out.is_empty() { b'{' } else { b',' });
    json::write_text(name, out);
    out.push(b':');
}

/// The digits of the issuer's key after `z`.
fn multikey(issuer: &Issuer<'_>) -> String {
    let mut bytes = [0xed, 0x01].to_vec();
    bytes.extend_from_slice(issuer.key.public().as_bytes());
    let mut digits = Vec::with_capacity(48);
    base58::encode(&bytes, &mut digits);
    String::from_utf8(digits).expect("base58 is ASCII")
}

fn write_issuer(issuer: &Issuer<'_>, key: &str, out: &mut Vec<u8>) {
    out.push(b'{');
    if let Some(organisation) = issuer.organisation {
        out.extend_from_slice(br#""alsoKnownAs":[""#);
        write_organisation(&organisation, out);
        out.extend_from_slice(br#""],"#);
    }
    out.extend_from_slice(br#""id":""#);
    out.extend_from_slice(DID_PREFIX.as_bytes());
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(br#"","name":"#);
    json::write_text(issuer.name, out);
    out.extend_from_slice(br#","type":["Profile"]}"#);
}

fn write_organisation(organisation: &OrgId, out: &mut Vec<u8>) {
    out.extend_from_slice(OrgId::PREFIX.as_bytes());
    base58::encode(organisation.founding().as_bytes(), out);
}

fn readers(readers: &Readers) -> Result<String, RecordFault> {
    let listed = match readers {
        Readers::Public => return Ok(r#""public""#.to_owned()),
        Readers::Network => return Ok(r#""network""#.to_owned()),
        Readers::Listed(listed) => listed,
    };
    let mut names: Vec<_> = listed
        .iter()
        .map(|reader| format!("\"{reader}\""))
        .collect();
    names.sort_unstable();
    names.dedup();
    if !(1..=READERS_MAX).contains(&names.len()) {
        return Err(RecordFault::ReadersCount {
            found: names.len(),
            allowed: READERS_MAX,
        });
    }
    Ok(format!("[{}]", names.join(",")))
}

/// The canonical proof without `proofValue`, in the two pieces between which it goes.
fn proof_config(
    context: &str,
    key: &str,
    created: Timestamp,
    nonce: [u8; 16],
) -> (Vec<u8>, Vec<u8>) {
    let nonce = BASE64_URL_SAFE_NO_PAD.encode(nonce);
    let before = format!(
        r#"{{"@context":{context},"created":"{created}","cryptosuite":"{}","nonce":"{nonce}","proofPurpose":"assertionMethod""#,
        suite::NAME
    );
    let after = format!(
        r#","type":"DataIntegrityProof","verificationMethod":"{DID_PREFIX}{key}#z{key}"}}"#
    );
    (before.into_bytes(), after.into_bytes())
}
