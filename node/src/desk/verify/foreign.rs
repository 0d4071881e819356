//! Credentials of other networks: W3C Verifiable Credentials that are no records of ours, Open Badges 3.0 among them.
//!
//! Checked is what a document can prove alone: an `eddsa-jcs-2022` signature by a `did:key`. Whether the key is who it
//! says to be, and whether the issuer has revoked it, would take asking others, and nobody is asked.

use erikti_protocol::json::canonical;
use erikti_protocol::key::{PublicKey, Signature, Verifier};
use erikti_protocol::suite;
use erikti_protocol::time::Timestamp;
use serde_json::{Map, Value};

use super::{Judged, Shown, Step};

/// Whether a document says to be a credential.
pub(super) fn is_credential(value: &Value) -> bool {
    let types = value.get("type").map_or(&[][..], |types| match types {
        Value::Array(types) => types.as_slice(),
        one => std::slice::from_ref(one),
    });
    value.get("@context").is_some() && types.iter().any(|name| name == "VerifiableCredential")
}

/// Judges it.
pub(super) fn judge(value: &Value) -> Judged {
    let shown = shown(value);
    let mut steps = vec![signature(value)];
    let moment = |names: &[&str]| {
        let found = names.iter().find_map(|name| value.get(name)?.as_str());
        found.and_then(read_moment)
    };
    super::times(
        moment(&["validFrom", "issuanceDate"]),
        moment(&["validUntil", "expirationDate"]),
        &mut steps,
    );
    if steps[0].says == "verify-signature-good" {
        steps.push(Step::doubtful("verify-issuer-foreign").with("name", &shown.issuer));
    }
    if value.get("credentialStatus").is_some() {
        steps.push(Step::doubtful("verify-foreign-status"));
    }
    Judged::of(steps, Some(shown), None)
}

/// A moment as others write it: with fractions of a second, or with an offset that is left out here.
fn read_moment(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text).or_else(|| {
        let seconds = text.get(..19)?;
        Timestamp::parse(&format!("{seconds}Z"))
    })
}

fn shown(value: &Value) -> Shown {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let issuer = value.get("issuer");
    let name = issuer.and_then(|issuer| text(issuer.get("name")));
    let id = issuer.and_then(|issuer| text(issuer.get("id")));
    let achievement = value.pointer("/credentialSubject/achievement/name");
    let types = value.get("type").and_then(Value::as_array);
    let kind =
        types.and_then(|types| text(types.iter().find(|name| *name != "VerifiableCredential")));
    Shown {
        id: text(value.get("id")).unwrap_or_default(),
        kind: kind.unwrap_or_else(|| "VerifiableCredential".to_owned()),
        title: achievement
            .or(value.get("name"))
            .cloned()
            .unwrap_or_default(),
        issuer: name.or(id).or_else(|| text(issuer)).unwrap_or_default(),
        version: None,
        held: false,
    }
}

fn signature(value: &Value) -> Step {
    let proofs = match value.get("proof") {
        None => return Step::bad("verify-foreign-unsigned"),
        Some(Value::Array(proofs)) => proofs.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let suite_of = |proof: &Value| {
        let name = proof.get("cryptosuite").or_else(|| proof.get("type"));
        name.and_then(Value::as_str).unwrap_or("?").to_owned()
    };
    let Some(proof) = proofs.iter().find(|proof| suite_of(proof) == suite::NAME) else {
        let suites: Vec<String> = proofs.iter().map(suite_of).collect();
        return Step::doubtful("verify-foreign-unreadable").with("suite", suites.join(", "));
    };
    let (Some(document), Some(proof)) = (value.as_object(), proof.as_object()) else {
        return Step::bad("verify-signature-bad");
    };
    let Some(key) = key_of(proof) else {
        return Step::doubtful("verify-foreign-unreadable").with("suite", suite::NAME);
    };
    match holds(document, proof, &key) {
        Some(true) => Step::good("verify-signature-good").with("key", key),
        _ => Step::bad("verify-signature-bad"),
    }
}

/// The key that a `did:key` spells out.
fn key_of(proof: &Map<String, Value>) -> Option<PublicKey> {
    let method = proof.get("verificationMethod")?.as_str()?;
    let did = method.split('#').next()?;
    PublicKey::parse_did(did).ok()
}

fn holds(
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    key: &PublicKey,
) -> Option<bool> {
    let mut unsigned = document.clone();
    unsigned.remove("proof");
    let mut config = proof.clone();
    let signature = Signature::parse(config.remove("proofValue")?.as_str()?)?;
    // The suite has the proof carry the document's context; one that does not gets it here.
    if let Some(context) = document.get("@context") {
        config.entry("@context").or_insert_with(|| context.clone());
    }
    let verifier = Verifier::new(key).ok()?;
    let (config, unsigned) = (
        canonical(&Value::Object(config)),
        canonical(&Value::Object(unsigned)),
    );
    Some(suite::verify(&verifier, &config, &unsigned, &signature).is_ok())
}
