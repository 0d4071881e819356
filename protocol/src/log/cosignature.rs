//! C2SP `tlog-cosignature` v1: a witness says that a checkpoint is the largest it has seen of a log, and when.
//!
//! Verifies Ed25519 (type 04). ML-DSA-44 (type 06) is carried along and never counted.

use super::note::{Algorithm, NoteFault, SignatureLine, SignedNote, VerifierKey};
use crate::id::is_network;
use crate::key::{PublicKey, SecretKey, Signature};
use crate::time::Timestamp;

/// Bytes of a cosignature: eight of time, 64 of Ed25519.
const BYTES: usize = 8 + 64;

/// A witness as notes name it, or `None` when `network` names no network.
///
/// Shape    `erikti/<network>/witness/<multibase witness key>`
pub fn witness_key(network: &str, key: &PublicKey) -> Option<VerifierKey> {
    let name = is_network(network).then(|| format!("erikti/{network}/witness/{key}"))?;
    VerifierKey::cosigner(&name, key).ok()
}

/// Cosigns a checkpoint's note.
///
/// Errors   [`NoteFault::Algorithm`] unless `witness` is the Ed25519 cosigner that `secret` belongs to, or for a time before 1970
pub fn cosign(
    note: &SignedNote,
    witness: &VerifierKey,
    secret: &SecretKey,
    time: Timestamp,
) -> Result<SignatureLine, NoteFault> {
    let key = witness.public_key_for(Algorithm::Cosignature)?;
    let seconds = u64::try_from(time.seconds()).ok();
    let seconds = seconds.filter(|_| key == secret.public());
    let seconds = seconds.ok_or(NoteFault::Algorithm {
        found: witness.algorithm().byte(),
    })?;
    let signature = secret.sign(message(note.text(), seconds).as_bytes());
    Ok(SignatureLine {
        name: witness.name().to_owned(),
        key_id: witness.id(),
        signature: [&seconds.to_be_bytes()[..], signature.as_bytes()].concat(),
    })
}

/// Checks a witness's lines on a note, all of them, and gives the newest time.
///
/// Errors   [`NoteFault::Unsigned`], [`NoteFault::Signature`], [`NoteFault::Algorithm`]
pub fn verify(note: &SignedNote, witness: &VerifierKey) -> Result<Timestamp, NoteFault> {
    let key = witness.public_key_for(Algorithm::Cosignature)?;
    let times = note.each_line_of(witness, |signature| judge(note.text(), signature, &key))?;
    let newest = times.into_iter().max();
    Ok(newest.expect("a note without lines of this witness was refused"))
}

/// Checks one line over a note's text.
///
/// Errors   [`NoteFault::Unsigned`], [`NoteFault::Signature`], [`NoteFault::Algorithm`]
pub fn verify_line(
    text: &str,
    line: &SignatureLine,
    witness: &VerifierKey,
) -> Result<Timestamp, NoteFault> {
    let key = witness.public_key_for(Algorithm::Cosignature)?;
    let name = || witness.name().to_owned();
    if !line.is_of(witness) {
        return Err(NoteFault::Unsigned { name: name() });
    }
    judge(text, &line.signature, &key).ok_or_else(|| NoteFault::Signature { name: name() })
}

/// Every witness of `network` whose lines on this note verify. Each counts once, whatever its number of lines.
pub fn cosigners(note: &SignedNote, network: &str) -> Vec<(PublicKey, Timestamp)> {
    let prefix = format!("erikti/{network}/witness/");
    let mut found: Vec<(PublicKey, Timestamp)> = Vec::new();
    for line in note.signatures() {
        let key = line.name.strip_prefix(&prefix).map(PublicKey::parse);
        let Some(Ok(key)) = key else { continue };
        let known = found.iter().any(|(seen, _)| *seen == key);
        let witness = witness_key(network, &key).filter(|_| !known);
        let time = witness.and_then(|witness| verify(note, &witness).ok());
        found.extend(time.map(|time| (key, time)));
    }
    found
}

fn judge(text: &str, signature: &[u8], key: &PublicKey) -> Option<Timestamp> {
    let bytes: &[u8; BYTES] = signature.try_into().ok()?;
    let (seconds, signature) = bytes.split_first_chunk::<8>()?;
    let seconds = u64::from_be_bytes(*seconds);
    let time = Timestamp::from_seconds(i64::try_from(seconds).ok()?)?;
    let signature = Signature::from_bytes(signature.try_into().ok()?);
    let message = message(text, seconds);
    key.verify(message.as_bytes(), &signature).ok()?;
    Some(time)
}

fn message(text: &str, seconds: u64) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}
