//! The cryptosuite `eddsa-jcs-2022`: which bytes a proof signs.
//!
//! Works on canonical texts; making and finding them is [`crate::json`]'s and [`crate::record`]'s work.

use crate::hash::Hash;
use crate::key::{KeyFault, SecretKey, Signature, Verifier};

/// The suite's name in a proof.
pub const NAME: &str = "eddsa-jcs-2022";

/// The 64 bytes that are signed: SHA-256 of the proof configuration, then of the document.
///
/// Shape    `proof_config` and `document` are RFC 8785 texts; the configuration is the proof without `proofValue`
/// Source   W3C Data Integrity EdDSA Cryptosuites, eddsa-jcs-2022, hashing
pub fn hash_data(proof_config: &[u8], document: &[u8]) -> [u8; 64] {
    hash_data_of_parts(&[proof_config], &[document])
}

/// [`hash_data`] of texts that lie in pieces, so that cutting a record copies nothing.
pub fn hash_data_of_parts(proof_config: &[&[u8]], document: &[&[u8]]) -> [u8; 64] {
    let mut data = [0; 64];
    data[..32].copy_from_slice(Hash::of_parts(proof_config).as_bytes());
    data[32..].copy_from_slice(Hash::of_parts(document).as_bytes());
    data
}

/// Signs a document under a proof configuration.
pub fn sign(key: &SecretKey, proof_config: &[u8], document: &[u8]) -> Signature {
    key.sign(&hash_data(proof_config, document))
}

/// Verifies a document's proof, strictly.
///
/// Errors   [`KeyFault::Signature`]
pub fn verify(
    key: &Verifier,
    proof_config: &[u8],
    document: &[u8],
    signature: &Signature,
) -> Result<(), KeyFault> {
    key.verify(&hash_data(proof_config, document), signature)
}
