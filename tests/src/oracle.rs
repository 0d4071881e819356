//! What a record is, said a second time and slowly: parse, judge, write, compare. The one-pass scan has to agree.

use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::json::{self, INTEGER_MAX};
use erikti_protocol::key::{PublicKey, Signature};
use erikti_protocol::record::{
    CONTEXT_BYTES_MAX, ISSUER_NAME_BYTES_MAX, READERS_MAX, TYPE_NAME_BYTES_MAX,
};
use erikti_protocol::time::Timestamp;
use serde_json::{Value, json};

/// Whether these bytes are a record's, whatever its proof is worth.
pub fn accepts(bytes: &[u8]) -> bool {
    let Ok(value) = json::parse(bytes) else {
        return false;
    };
    json::profile(&value).is_ok()
        && json::canonical(&value) == bytes
        && is_envelope(&value).is_some()
}

fn is_envelope(record: &Value) -> Option<()> {
    let record = record.as_object()?;
    is_context(record.get("@context")?)?;
    record.get("credentialSubject")?.as_object()?;
    RecordId::parse(record.get("id")?.as_str()?)?;
    let key = issuer(record.get("issuer")?)?;
    is_proof(record.get("proof")?, record.get("@context")?, &key)?;
    is_audience(record.get("termsOfUse")?)?;
    let [credential, name] = record.get("type")?.as_array()?.as_slice() else {
        return None;
    };
    holds(credential == "VerifiableCredential" && is_type_name(name.as_str()?))?;
    Timestamp::parse(record.get("validFrom")?.as_str()?)?;
    if let Some(until) = record.get("validUntil") {
        Timestamp::parse(until.as_str()?)?;
    }
    holds((1..=INTEGER_MAX).contains(&record.get("version")?.as_u64()?))
}

fn holds(condition: bool) -> Option<()> {
    condition.then_some(())
}

/// Exactly these members and no other.
fn members<'a, const N: usize>(value: &'a Value, names: [&str; N]) -> Option<[&'a Value; N]> {
    let object = value.as_object()?;
    holds(object.len() == N)?;
    let found = names.map(|name| object.get(name));
    found
        .iter()
        .all(Option::is_some)
        .then(|| found.map(|value| value.expect("checked before")))
}

fn is_context(context: &Value) -> Option<()> {
    let vocabulary = json!({"@vocab": "urn:erikti:v1:"});
    let (first, rest) = context.as_array()?.split_first()?;
    let (last, own) = rest.split_last()?;
    holds(first == "https://www.w3.org/ns/credentials/v2" && *last == vocabulary)?;
    match own {
        [] => Some(()),
        [address] => {
            let spelled = json::canonical(address);
            let address = address.as_str()?;
            holds(address.starts_with("https://") && spelled.len() - 2 <= CONTEXT_BYTES_MAX)
        }
        _ => None,
    }
}

fn issuer(issuer: &Value) -> Option<PublicKey> {
    let mut issuer = issuer.clone();
    if let Some(known) = issuer.as_object_mut()?.remove("alsoKnownAs") {
        let [organisation] = known.as_array()?.as_slice() else {
            return None;
        };
        OrgId::parse(organisation.as_str()?)?;
    }
    let [id, name, types] = members(&issuer, ["id", "name", "type"])?;
    name.as_str()?;
    let length = json::canonical(name).len() - 2;
    holds((1..=ISSUER_NAME_BYTES_MAX).contains(&length) && *types == json!(["Profile"]))?;
    PublicKey::parse_did(id.as_str()?).ok()
}

fn is_proof(proof: &Value, context: &Value, key: &PublicKey) -> Option<()> {
    let [own, created, suite, nonce, purpose, value, kind, method] = members(
        proof,
        [
            "@context",
            "created",
            "cryptosuite",
            "nonce",
            "proofPurpose",
            "proofValue",
            "type",
            "verificationMethod",
        ],
    )?;
    Timestamp::parse(created.as_str()?)?;
    Signature::parse(value.as_str()?)?;
    holds(
        own == context
            && suite == "eddsa-jcs-2022"
            && is_nonce(nonce.as_str()?)
            && purpose == "assertionMethod"
            && kind == "DataIntegrityProof"
            && *method == key.verification_method(),
    )
}

/// 16 bytes in base64url: 22 characters, of the last one only the upper two bits.
fn is_nonce(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == 22 && text.bytes().all(plain) && text.ends_with(['A', 'Q', 'g', 'w'])
}

fn is_audience(terms: &Value) -> Option<()> {
    let [term] = terms.as_array()?.as_slice() else {
        return None;
    };
    let [readers, kind] = members(term, ["readers", "type"])?;
    holds(kind == "Audience")?;
    if let Some(word) = readers.as_str() {
        return holds(word == "public" || word == "network");
    }
    let names: Option<Vec<&str>> = readers.as_array()?.iter().map(Value::as_str).collect();
    let names = names?;
    holds(
        (1..=READERS_MAX).contains(&names.len())
            && names.iter().all(|name| OrgId::parse(name).is_some())
            && names.is_sorted_by(|a, b| a < b),
    )
}

fn is_type_name(name: &str) -> bool {
    name.len() <= TYPE_NAME_BYTES_MAX
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
