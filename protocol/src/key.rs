//! Ed25519 keys and signatures, and their `did:key` names.
//!
//! `verify_strict` and nothing else: other rules accept crafted signatures that some nodes would
//! refuse, and the network would split. Batch verification is such another rule.

mod published;

use std::fmt;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hash::Hash;
use published::PUBLISHED;

/// The multicodec prefix of an Ed25519 public key.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
/// How a key of this kind begins when spelled as a DID.
pub const DID_KEY: &str = "did:key:";

/// Why a key or a signature is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The text is no Ed25519 multikey.
    #[error("`{found}` is no Ed25519 key, expected `z6Mk…`")]
    Malformed {
        /// What stood there, at most 64 characters of it.
        found: String,
    },
    /// The bytes are no point of the curve, or one that verifies what nobody signed.
    #[error("the key is weak: signatures under it prove nothing")]
    Weak,
    /// The secret half of this key is printed in a specification or test suite.
    #[error("the key is published in test material: anybody can sign with it")]
    Published,
    /// The signature does not fit key and bytes.
    #[error("the signature does not verify")]
    Signature,
}

/// An Ed25519 public key.
///
/// Shape    32 bytes; as text multibase base58btc over `ed 01 ‖ key`: `z6Mk…`
/// Source   RFC 8032; W3C Controlled Identifiers, multikey; did:key method
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Takes 32 bytes, unjudged: [`PublicKey::check`] judges when a key is registered.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads `z6Mk…`.
    ///
    /// Errors   [`KeyFault::Malformed`]
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let malformed = || KeyFault::Malformed {
            found: text.chars().take(64).collect(),
        };
        let digits = text
            .strip_prefix('z')
            .filter(|digits| digits.len() <= 64)
            .ok_or_else(malformed)?;
        let bytes = bs58::decode(digits).into_vec().map_err(|_| malformed())?;
        match bytes.as_slice() {
            [a, b, key @ ..] if [*a, *b] == ED25519_PUB => {
                key.try_into().map(Self).map_err(|_| malformed())
            }
            _ => Err(malformed()),
        }
    }

    /// Reads `did:key:z6Mk…`.
    ///
    /// Errors   [`KeyFault::Malformed`]
    pub fn parse_did(text: &str) -> Result<Self, KeyFault> {
        Self::parse(text.strip_prefix(DID_KEY).unwrap_or_default())
    }

    /// The key as a DID: `did:key:z6Mk…`.
    pub fn did(&self) -> String {
        format!("{DID_KEY}{self}")
    }

    /// The key as a verification method: `did:key:z6Mk…#z6Mk…`.
    pub fn verification_method(&self) -> String {
        format!("{DID_KEY}{self}#{self}")
    }

    /// The digest under which a key is announced before it is used.
    pub fn digest(&self) -> Hash {
        Hash::of(&self.0)
    }

    /// Judges a key that is about to be registered.
    ///
    /// Errors   [`KeyFault::Weak`] for no point or one of small order; [`KeyFault::Published`] for keys of test material
    pub fn check(&self) -> Result<(), KeyFault> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| KeyFault::Weak)?;
        if key.is_weak() {
            return Err(KeyFault::Weak);
        }
        let first = self.0.first_chunk().expect("a key has 32 bytes");
        if PUBLISHED.binary_search(&u64::from_be_bytes(*first)).is_ok() {
            return Err(KeyFault::Published);
        }
        Ok(())
    }

    /// Checks a signature over `message`, strictly.
    ///
    /// Errors   [`KeyFault::Weak`], [`KeyFault::Signature`]
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyFault> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| KeyFault::Weak)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(message, &signature)
            .map_err(|_| KeyFault::Signature)
    }
}

/// A key decoded once, to verify many signatures.
#[derive(Clone, Debug)]
pub struct Verifier(VerifyingKey);

impl Verifier {
    /// Decodes a key's point.
    ///
    /// Errors   [`KeyFault::Weak`] when the bytes are no point
    pub fn new(key: &PublicKey) -> Result<Self, KeyFault> {
        VerifyingKey::from_bytes(&key.0)
            .map(Self)
            .map_err(|_| KeyFault::Weak)
    }

    /// The key that was decoded.
    pub fn key(&self) -> PublicKey {
        PublicKey(self.0.to_bytes())
    }

    /// Checks a signature over `message`, strictly.
    ///
    /// Errors   [`KeyFault::Signature`]
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyFault> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0
            .verify_strict(message, &signature)
            .map_err(|_| KeyFault::Signature)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 34];
        bytes[..2].copy_from_slice(&ED25519_PUB);
        bytes[2..].copy_from_slice(&self.0);
        write!(f, "z{}", bs58::encode(bytes).into_string())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The secret half of a key, wiped from memory when dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Takes a 32-byte seed from a source of randomness. The public half is derived, never stored beside it.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, to be kept where nobody else reads.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

/// An Ed25519 signature.
///
/// Shape    64 bytes; in proofs multibase base58btc: `z…`
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Takes 64 bytes.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The signature's bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// Reads `z…`, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 64];
        let digits = text.strip_prefix('z').filter(|digits| digits.len() <= 88)?;
        (bs58::decode(digits).onto(&mut bytes).ok()? == 64).then_some(Self(bytes))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "z{}", bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        let key = SecretKey::from_seed(&[7; 32]).public();
        assert!(key.did().starts_with("did:key:z6Mk"));
        assert_eq!(PublicKey::parse_did(&key.did()), Ok(key));
        assert!(PublicKey::parse_did(&key.to_string()).is_err());
        assert!(PublicKey::parse("z6Mk").is_err());
    }

    #[test]
    fn weak_and_published_keys_are_refused_when_registered() {
        assert_eq!(PublicKey::from_bytes([0; 32]).check(), Err(KeyFault::Weak));
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(identity).check(), Err(KeyFault::Weak));
        assert_eq!(
            SecretKey::from_seed(&[0; 32]).public().check(),
            Err(KeyFault::Published)
        );
        assert_eq!(SecretKey::from_seed(&[9; 32]).public().check(), Ok(()));
    }

    #[test]
    fn one_changed_bit_refuses_a_signature() {
        let secret = SecretKey::from_seed(&[9; 32]);
        let signature = secret.sign(b"hours");
        assert_eq!(secret.public().verify(b"hours", &signature), Ok(()));
        assert_eq!(
            secret.public().verify(b"hourz", &signature),
            Err(KeyFault::Signature)
        );
        assert_eq!(Signature::parse(&signature.to_string()), Some(signature));
    }
}
