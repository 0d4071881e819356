//! C2SP `tlog-checkpoint`: what a log claims to be, signed by its node's key.
//!
//! [`TreeHead`] is the text of anybody's checkpoint. [`Checkpoint`] is one of our own logs, whose origin names
//! the key that must have signed it, so a [`SignedCheckpoint`] only exists verified.

use std::fmt;

use super::cosignature;
use super::lines::{format_hash, parse_decimal, parse_hash};
use super::note::{NoteFault, SignatureLine, SignedNote, VerifierKey};
use super::{SIZE_MAX, tree};
use crate::hash::Hash;
use crate::id::Origin;
use crate::key::{PublicKey, SecretKey};
use crate::time::Timestamp;

/// An origin nobody may have: a note under it would read as the text that a witness cosigns.
pub const ORIGIN_REFUSED: &str = "cosignature/v1";

/// Why a checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// No signed note, or not signed as it must be.
    #[error(transparent)]
    Note(#[from] NoteFault),
    /// An origin that may not be, or for our own logs one that is not `erikti/<network>/<node key>`.
    #[error("`{found}` is no origin of a log")]
    Origin {
        /// At most 64 characters of it.
        found: String,
    },
    /// The text is not an origin line, a size line and a root line, or has lines that are not allowed here.
    #[error("line {line} of the checkpoint is not as it must be")]
    Line {
        /// Which, counted from 1.
        line: usize,
    },
    /// More entries than a log may have.
    #[error("a log of {found} entries is not possible, at most {SIZE_MAX} are allowed")]
    Size {
        /// The size claimed.
        found: u64,
    },
    /// The empty tree has one root, and this is not it.
    #[error("the root of an empty log is not {found}")]
    EmptyRoot {
        /// The root claimed.
        found: Hash,
    },
    /// Signing with a key that the origin does not name.
    #[error("the origin names another key than {found}")]
    Key {
        /// The key that was to sign.
        found: PublicKey,
    },
}

/// The text of a checkpoint, of our own or of foreign software.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeHead {
    /// Names the log.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// Further lines; our own logs have none.
    pub extensions: Vec<String>,
}

impl TreeHead {
    /// Reads the text of a checkpoint's note.
    ///
    /// Errors   [`CheckpointFault::Line`], [`CheckpointFault::Origin`]
    pub fn parse(text: &str) -> Result<Self, CheckpointFault> {
        let fault = |line| CheckpointFault::Line { line };
        let count = text.bytes().filter(|byte| *byte == b'\n').count();
        let lines = text.strip_suffix('\n').ok_or_else(|| fault(count + 1))?;
        if let Some(empty) = lines.split('\n').position(str::is_empty) {
            return Err(fault(empty + 1));
        }
        let mut lines = lines.split('\n');
        let origin = lines.next().ok_or_else(|| fault(1))?;
        if origin == ORIGIN_REFUSED {
            return Err(CheckpointFault::Origin {
                found: origin.to_owned(),
            });
        }
        let size = lines.next().and_then(parse_decimal);
        let size = size.ok_or_else(|| fault(2))?;
        let root = lines.next().and_then(parse_hash).ok_or_else(|| fault(3))?;
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions: lines.map(str::to_owned).collect(),
        })
    }
}

impl fmt::Display for TreeHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = format_hash(&self.root);
        writeln!(f, "{}\n{}\n{root}", self.origin, self.size)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// What a log of ours claims: this many entries, under this root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Names the log and the key that signs for it.
    pub origin: Origin,
    /// Entries, at most [`SIZE_MAX`].
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed: three lines.
    pub fn text(&self) -> String {
        let root = format_hash(&self.root);
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// Reads that text, strictly: no extension lines.
    ///
    /// Errors   [`CheckpointFault`] but for its signatures
    pub fn parse(text: &str) -> Result<Self, CheckpointFault> {
        let head = TreeHead::parse(text)?;
        if !head.extensions.is_empty() {
            return Err(CheckpointFault::Line { line: 4 });
        }
        let origin = Origin::parse(&head.origin).ok_or_else(|| CheckpointFault::Origin {
            found: head.origin.chars().take(64).collect(),
        })?;
        let checkpoint = Self {
            origin,
            size: head.size,
            root: head.root,
        };
        checkpoint.check()?;
        Ok(checkpoint)
    }

    /// Signs with the node's key.
    ///
    /// Errors   [`CheckpointFault::Key`] when the origin names another; [`CheckpointFault::Size`], [`CheckpointFault::EmptyRoot`]
    pub fn sign(self, key: &SecretKey) -> Result<SignedCheckpoint, CheckpointFault> {
        let found = key.public();
        if found != self.origin.node_key() {
            return Err(CheckpointFault::Key { found });
        }
        self.check()?;
        let note = SignedNote::sign(&self.text(), self.origin.as_str(), key)?;
        Ok(SignedCheckpoint {
            checkpoint: self,
            note,
        })
    }

    fn check(&self) -> Result<(), CheckpointFault> {
        if self.size > SIZE_MAX {
            return Err(CheckpointFault::Size { found: self.size });
        }
        if self.size == 0 && self.root != tree::empty_root() {
            return Err(CheckpointFault::EmptyRoot { found: self.root });
        }
        Ok(())
    }
}

/// The key that signs checkpoints of this log, as foreign software is told it.
pub fn verifier_key(origin: &Origin) -> VerifierKey {
    VerifierKey::ed25519(origin.as_str(), &origin.node_key())
        .expect("an origin has no spaces, no plus, and at most 90 bytes")
}

/// A checkpoint whose log's signature has been verified, with whatever other lines its note carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

impl SignedCheckpoint {
    /// Reads a checkpoint of one of our logs and verifies it under the key that its origin names.
    ///
    /// Errors   [`CheckpointFault`]
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointFault> {
        Self::from_note(SignedNote::parse(bytes)?)
    }

    /// Verifies a note as the checkpoint of one of our logs.
    ///
    /// Errors   [`CheckpointFault`]
    pub fn from_note(note: SignedNote) -> Result<Self, CheckpointFault> {
        let checkpoint = Checkpoint::parse(note.text())?;
        note.verify(&verifier_key(&checkpoint.origin))?;
        Ok(Self { checkpoint, note })
    }

    /// What the log claims.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Names the log.
    pub const fn origin(&self) -> &Origin {
        &self.checkpoint.origin
    }

    /// Entries.
    pub const fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// Root of the tree over them.
    pub const fn root(&self) -> Hash {
        self.checkpoint.root
    }

    /// The note as it stands.
    pub const fn note(&self) -> &SignedNote {
        &self.note
    }

    /// The note with the log's own signature and nothing else.
    pub fn bare(&self) -> Self {
        let note = self.note.only(&verifier_key(self.origin()));
        Self {
            checkpoint: self.checkpoint.clone(),
            note: note.expect("a verified checkpoint carries its log's line"),
        }
    }

    /// Adds a witness's cosignature after verifying it; a newer one replaces an older one of the same witness.
    ///
    /// Errors   [`CheckpointFault::Note`]
    pub fn add_cosignature(
        &mut self,
        line: SignatureLine,
        witness: &VerifierKey,
    ) -> Result<Timestamp, CheckpointFault> {
        let time = cosignature::verify_line(self.note.text(), &line, witness)?;
        let newest = cosignature::verify(&self.note, witness).ok();
        if newest.is_none_or(|newest| newest < time) {
            self.note.add(line)?;
        }
        Ok(time)
    }

    /// Witnesses of this network whose cosignatures verify, and when they signed.
    pub fn cosigners(&self) -> Vec<(PublicKey, Timestamp)> {
        cosignature::cosigners(&self.note, self.origin().network())
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
