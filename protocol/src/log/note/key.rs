//! Keys that sign notes, under their names.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::NoteFault;
use crate::hash::Hash;
use crate::key::PublicKey;

/// The most bytes of a key name, as a cosigned ML-DSA-44 message can hold.
pub const NAME_BYTES_MAX: usize = 255;
/// Bytes of an ML-DSA-44 public key (FIPS 204).
const ML_DSA_44_KEY_BYTES: usize = 1312;

/// The kinds of signature that are read here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// Ed25519 over the note's text.
    Ed25519 = 0x01,
    /// Ed25519 over a time and the note's text.
    Cosignature = 0x04,
    /// ML-DSA-44 over a time and the tree head: read and passed on, never counted as verified.
    MlDsa44 = 0x06,
}

impl Algorithm {
    /// The byte that stands for it in key ids.
    pub const fn byte(self) -> u8 {
        self as u8
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::Cosignature),
            0x06 => Some(Self::MlDsa44),
            _ => None,
        }
    }

    const fn key_bytes(self) -> usize {
        match self {
            Self::Ed25519 | Self::Cosignature => 32,
            Self::MlDsa44 => ML_DSA_44_KEY_BYTES,
        }
    }
}

/// A public key under the name it signs notes with.
///
/// Shape    `name+<8 hexadecimal digits of the key id>+base64(type ‖ key)`
/// Source   C2SP signed-note, verifier keys
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    key: Vec<u8>,
}

impl VerifierKey {
    /// Names an Ed25519 key that signs notes (type 01).
    ///
    /// Errors   [`NoteFault::Name`]
    pub fn ed25519(name: &str, key: &PublicKey) -> Result<Self, NoteFault> {
        Self::new(name, Algorithm::Ed25519, key.as_bytes())
    }

    /// Names an Ed25519 key that cosigns (type 04).
    ///
    /// Errors   [`NoteFault::Name`]
    pub fn cosigner(name: &str, key: &PublicKey) -> Result<Self, NoteFault> {
        Self::new(name, Algorithm::Cosignature, key.as_bytes())
    }

    fn new(name: &str, algorithm: Algorithm, key: &[u8]) -> Result<Self, NoteFault> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            algorithm,
            key: key.to_vec(),
        })
    }

    /// Reads `name+id+base64`.
    ///
    /// Errors   [`NoteFault::VerifierKey`], [`NoteFault::Name`], [`NoteFault::Algorithm`]
    pub fn parse(text: &str) -> Result<Self, NoteFault> {
        let fault = || NoteFault::VerifierKey {
            found: text.chars().take(64).collect(),
        };
        let (name, rest) = text.split_once('+').ok_or_else(fault)?;
        let (_, key) = rest.split_once('+').ok_or_else(fault)?;
        let bytes = STANDARD.decode(key).map_err(|_| fault())?;
        let (byte, key) = bytes.split_first().ok_or_else(fault)?;
        let algorithm = Algorithm::from_byte(*byte).ok_or(NoteFault::Algorithm { found: *byte })?;
        if key.len() != algorithm.key_bytes() {
            return Err(fault());
        }
        let key = Self::new(name, algorithm, key)?;
        // One spelling: this compares the key id too.
        match key.to_string() == text {
            true => Ok(key),
            false => Err(fault()),
        }
    }

    /// The name in its signature lines.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of signature it makes.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The first four bytes of every signature of this key: of SHA-256(name ‖ newline ‖ type ‖ key).
    pub fn id(&self) -> [u8; 4] {
        let byte = [self.algorithm.byte()];
        let digest = Hash::of_parts(&[self.name.as_bytes(), b"\n", &byte, &self.key]);
        let mut id = [0; 4];
        id.copy_from_slice(&digest.as_bytes()[..4]);
        id
    }

    /// The Ed25519 key, if this key makes signatures of that kind.
    ///
    /// Errors   [`NoteFault::Algorithm`] when it does not, and always for ML-DSA-44
    pub fn public_key_for(&self, algorithm: Algorithm) -> Result<PublicKey, NoteFault> {
        let bytes = self.key.as_slice().try_into().ok();
        bytes
            .filter(|_| self.algorithm == algorithm)
            .map(PublicKey::from_bytes)
            .ok_or(NoteFault::Algorithm {
                found: self.algorithm.byte(),
            })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let bytes = [&[self.algorithm.byte()], self.key.as_slice()].concat();
        write!(f, "{}+{id:08x}+{}", self.name, STANDARD.encode(bytes))
    }
}

pub(super) fn check_name(name: &str) -> Result<(), NoteFault> {
    let bad = |char: char| char.is_whitespace() || char.is_control() || char == '+';
    match name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains(bad) {
        true => Err(NoteFault::Name {
            found: name.chars().take(64).collect(),
        }),
        false => Ok(()),
    }
}
