//! C2SP `signed-note`: a text and signature lines below it.
//!
//! Reads and writes the form, and verifies plain Ed25519 signatures (type 01). What the text says is
//! [`super::checkpoint`]'s business; timestamped cosignatures (04, 06) are [`super::cosignature`]'s.
//!
//! Lines of unknown keys are kept and ignored, as the format demands.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::key::{SecretKey, Signature};

mod key;

pub use key::{Algorithm, NAME_BYTES_MAX, VerifierKey};

use key::check_name;

/// The most bytes of a note: 32 cosignature lines under our own names (at most 98 bytes) are 32 · 204 = 6.5 KB,
/// and one ML-DSA-44 line is 3.4 KB.
pub const NOTE_BYTES_MAX: usize = 16 * 1024;
/// The most signature lines; C2SP asks for at least 16.
pub const SIGNATURES_MAX: usize = 32;
/// How a signature line begins.
const DASH: &str = "— ";

/// Why a note, a line or a key name is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// Too many bytes.
    #[error("the note has {found} bytes, at most {NOTE_BYTES_MAX} are allowed")]
    Bytes {
        /// Bytes given.
        found: usize,
    },
    /// Too many signature lines.
    #[error("the note has {found} signature lines, at most {SIGNATURES_MAX} are allowed")]
    Signatures {
        /// Lines given.
        found: usize,
    },
    /// Not UTF-8, or a control character other than a newline.
    #[error("byte {at} of the note is no text")]
    Text {
        /// Where.
        at: usize,
    },
    /// No blank line between text and signatures, or none below, or no newline at the end.
    #[error("the note is no text, blank line and signature lines")]
    Shape,
    /// A signature line that is none.
    #[error("signature line {line} is not `— name base64`")]
    Line {
        /// Which, counted from 1.
        line: usize,
    },
    /// A key name that is empty, too long, or has spaces or a plus sign.
    #[error("`{found}` cannot name a key")]
    Name {
        /// At most 64 characters of it.
        found: String,
    },
    /// A verifier key that is not `name+id+base64`.
    #[error("`{found}` is no verifier key, expected `name+id+base64`")]
    VerifierKey {
        /// At most 64 characters of it.
        found: String,
    },
    /// A signature type that is not verified or made in this place.
    #[error("signatures of type {found:#04x} are not for this")]
    Algorithm {
        /// The type's byte.
        found: u8,
    },
    /// No line of this key.
    #[error("the note carries no signature of `{name}`")]
    Unsigned {
        /// The key's name.
        name: String,
    },
    /// A line of this key that does not verify.
    #[error("the signature of `{name}` does not verify")]
    Signature {
        /// The key's name.
        name: String,
    },
}

/// One signature below a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureLine {
    /// The key's name.
    pub name: String,
    /// First four bytes of SHA-256(name ‖ newline ‖ type ‖ key).
    pub key_id: [u8; 4],
    /// What the key's algorithm makes: 64 bytes for a log, 72 for a cosigner.
    pub signature: Vec<u8>,
}

impl SignatureLine {
    /// Reads one line without its newline.
    ///
    /// Errors   [`NoteFault::Line`], [`NoteFault::Name`], [`NoteFault::Bytes`]
    pub fn parse(text: &str) -> Result<Self, NoteFault> {
        match text.len() {
            0..=NOTE_BYTES_MAX => Self::parse_at(text, 1),
            found => Err(NoteFault::Bytes { found }),
        }
    }

    fn parse_at(text: &str, line: usize) -> Result<Self, NoteFault> {
        let fault = || NoteFault::Line { line };
        let (name, signature) = text
            .strip_prefix(DASH)
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(fault)?;
        check_name(name)?;
        let bytes = STANDARD.decode(signature).map_err(|_| fault())?;
        let (key_id, signature) = bytes.split_first_chunk().ok_or_else(fault)?;
        if signature.is_empty() {
            return Err(fault());
        }
        Ok(Self {
            name: name.to_owned(),
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }

    /// Whether this line claims to be of `key`.
    pub fn is_of(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.key_id == key.id()
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id[..], &self.signature].concat();
        write!(f, "{DASH}{} {}", self.name, STANDARD.encode(bytes))
    }
}

/// A text with signatures, none of them judged yet. Displayed, it is what was read, byte for byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedNote {
    text: String,
    signatures: Vec<SignatureLine>,
}

impl SignedNote {
    /// Signs a text that ends in a newline.
    ///
    /// Errors   [`NoteFault::Name`]; [`NoteFault::Shape`] or [`NoteFault::Text`] when no note can hold the text
    pub fn sign(text: &str, name: &str, key: &SecretKey) -> Result<Self, NoteFault> {
        let verifier = VerifierKey::ed25519(name, &key.public())?;
        let note = Self {
            text: text.to_owned(),
            signatures: vec![SignatureLine {
                name: name.to_owned(),
                key_id: verifier.id(),
                signature: key.sign(text.as_bytes()).as_bytes().to_vec(),
            }],
        };
        Self::parse(note.to_string().as_bytes())
    }

    /// Reads a note.
    ///
    /// Errors   all of [`NoteFault`] up to [`NoteFault::Name`]
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteFault> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteFault::Bytes { found: bytes.len() });
        }
        let all = std::str::from_utf8(bytes).map_err(|fault| NoteFault::Text {
            at: fault.valid_up_to(),
        })?;
        if let Some(at) = bytes.iter().position(|byte| *byte < b' ' && *byte != b'\n') {
            return Err(NoteFault::Text { at });
        }
        let blank = all.rfind("\n\n").ok_or(NoteFault::Shape)?;
        let (text, lines) = (&all[..=blank], &all[blank + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteFault::Shape)?;
        let found = lines.split('\n').count();
        if found > SIGNATURES_MAX {
            return Err(NoteFault::Signatures { found });
        }
        let signatures = lines
            .split('\n')
            .zip(1..)
            .map(|(text, line)| SignatureLine::parse_at(text, line))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The signed text, its last newline included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order.
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// Checks this key's signature over the text. Every line that claims to be of the key must verify.
    ///
    /// Errors   [`NoteFault::Unsigned`], [`NoteFault::Signature`], [`NoteFault::Algorithm`]
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteFault> {
        let public = key.public_key_for(Algorithm::Ed25519)?;
        self.each_line_of(key, |signature| {
            let signature = signature.try_into().ok().map(Signature::from_bytes)?;
            public.verify(self.text.as_bytes(), &signature).ok()
        })
        .map(|_| ())
    }

    /// Judges every line that claims to be of `key`, and gives what the judge said of each: at least one.
    pub(super) fn each_line_of<T>(
        &self,
        key: &VerifierKey,
        judge: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, NoteFault> {
        let name = || key.name().to_owned();
        let verdicts = self
            .signatures
            .iter()
            .filter(|line| line.is_of(key))
            .map(|line| judge(&line.signature).ok_or_else(|| NoteFault::Signature { name: name() }))
            .collect::<Result<Vec<T>, _>>()?;
        match verdicts.is_empty() {
            true => Err(NoteFault::Unsigned { name: name() }),
            false => Ok(verdicts),
        }
    }

    /// The same text with the first line of `key` and nothing else, or `None` when it has none.
    pub fn only(&self, key: &VerifierKey) -> Option<Self> {
        let line = self.signatures.iter().find(|line| line.is_of(key))?;
        Some(Self {
            text: self.text.clone(),
            signatures: vec![line.clone()],
        })
    }

    /// Adds a line, in place of those of the same key.
    ///
    /// Errors   [`NoteFault::Signatures`], [`NoteFault::Bytes`], [`NoteFault::Name`]; the note is then as before
    pub fn add(&mut self, line: SignatureLine) -> Result<(), NoteFault> {
        check_name(&line.name)?;
        let mut grown = self.clone();
        grown
            .signatures
            .retain(|old| old.name != line.name || old.key_id != line.key_id);
        grown.signatures.push(line);
        if grown.signatures.len() > SIGNATURES_MAX {
            return Err(NoteFault::Signatures {
                found: grown.signatures.len(),
            });
        }
        let found = grown.to_string().len();
        if found > NOTE_BYTES_MAX {
            return Err(NoteFault::Bytes { found });
        }
        *self = grown;
        Ok(())
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}
