//! C2SP `tlog-witness`: how a log asks for a cosignature, and whether a witness may give it.
//!
//! ```text
//! old <decimal>
//! <base64 of a hash>           consistency proof from the old size; empty from 0
//!
//! <checkpoint>
//! ```
//!
//! Pure: the witness stores what it is about to cosign, compared and swapped and flushed, before it answers.

use std::fmt;

use super::PROOF_HASHES_MAX;
use super::checkpoint::{Checkpoint, CheckpointFault, SignedCheckpoint, TreeHead};
use super::lines::{HASH_DIGITS, format_hash, parse_decimal, parse_hashes};
use super::note::{NOTE_BYTES_MAX, NoteFault, SIGNATURES_MAX, SignatureLine, SignedNote};
use super::path::verify_consistency;
use crate::hash::Hash;
use crate::id::Origin;

/// The most bytes of a request: size line, hashes, blank line, note.
pub const REQUEST_BYTES_MAX: usize =
    4 + 20 + 1 + PROOF_HASHES_MAX * (HASH_DIGITS + 1) + 1 + NOTE_BYTES_MAX;

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessFault {
    /// Too many bytes.
    #[error("the request has {found} bytes, at most {REQUEST_BYTES_MAX} are allowed")]
    Bytes {
        /// Bytes given.
        found: usize,
    },
    /// Not UTF-8, or no blank line before the checkpoint.
    #[error("the request is no lines, blank line and checkpoint")]
    Shape,
    /// A line that is not what it must be.
    #[error("line {line} of the request is not as it must be")]
    Line {
        /// Which, counted from 1.
        line: usize,
    },
    /// The checkpoint is none.
    #[error("the request's checkpoint: {0}")]
    Checkpoint(CheckpointFault),
    /// The log is not one this witness watches.
    #[error("the log is unknown here")]
    Unknown,
    /// The log did not sign the checkpoint.
    #[error("the log did not sign the checkpoint: {0}")]
    Unsigned(NoteFault),
    /// The checkpoint is smaller than what it is said to grow from.
    #[error("the checkpoint has {found} entries, fewer than the old size {old}")]
    Shrinks {
        /// The old size given.
        old: u64,
        /// The checkpoint's size.
        found: u64,
    },
    /// The witness has cosigned another size last.
    #[error("the last size cosigned here is {allowed}, not {found}")]
    Conflict {
        /// The old size given.
        found: u64,
        /// The size that the next request must grow from.
        allowed: u64,
    },
    /// The witness has cosigned another root at this size: evidence.
    #[error("another root was cosigned here at size {size}")]
    Split {
        /// The size of both.
        size: u64,
    },
    /// The proof does not lead from what was cosigned last to the checkpoint.
    #[error("the checkpoint is not shown to continue what was cosigned last")]
    Proof,
}

impl WitnessFault {
    /// The status that C2SP gives it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Bytes { .. } | Self::Shape | Self::Line { .. } | Self::Checkpoint(_) => 400,
            Self::Shrinks { .. } => 400,
            Self::Unsigned(_) => 403,
            Self::Unknown => 404,
            Self::Conflict { .. } | Self::Split { .. } => 409,
            Self::Proof => 422,
        }
    }
}

/// What a witness knows of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Known {
    /// It does not watch it.
    Unknown,
    /// It has never cosigned it.
    Never,
    /// What it cosigned last.
    Last(Checkpoint),
}

/// A request for a cosignature. Its checkpoint is read, not yet judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddCheckpoint {
    /// The size that the witness cosigned last, as far as the log knows.
    pub old: u64,
    /// Consistency proof from there.
    pub proof: Vec<Hash>,
    /// The checkpoint to be cosigned.
    pub note: SignedNote,
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// Errors   [`WitnessFault`] of status 400
    pub fn parse(bytes: &[u8]) -> Result<Self, WitnessFault> {
        if bytes.len() > REQUEST_BYTES_MAX {
            return Err(WitnessFault::Bytes { found: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| WitnessFault::Shape)?;
        let (head, note) = text.split_once("\n\n").ok_or(WitnessFault::Shape)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(parse_decimal);
        let old = old.ok_or(WitnessFault::Line { line: 1 })?;
        let proof = parse_hashes(lines).map_err(|bad| WitnessFault::Line { line: 2 + bad })?;
        let note = SignedNote::parse(note.as_bytes());
        let note = note.map_err(|fault| WitnessFault::Checkpoint(fault.into()))?;
        TreeHead::parse(note.text()).map_err(WitnessFault::Checkpoint)?;
        Ok(Self { old, proof, note })
    }

    /// Judges the request against what the witness knows of the log, in the order that C2SP gives.
    ///
    /// Errors   [`WitnessFault`]
    pub fn judge(
        &self,
        known: impl FnOnce(&Origin) -> Known,
    ) -> Result<SignedCheckpoint, WitnessFault> {
        let checkpoint = Checkpoint::parse(self.note.text()).map_err(|fault| match fault {
            CheckpointFault::Origin { .. } => WitnessFault::Unknown,
            fault => WitnessFault::Checkpoint(fault),
        })?;
        let last = match known(&checkpoint.origin) {
            Known::Unknown => return Err(WitnessFault::Unknown),
            Known::Never => None,
            Known::Last(last) => Some(last),
        };
        let signed = SignedCheckpoint::from_note(self.note.clone());
        let signed = signed.map_err(|fault| match fault {
            CheckpointFault::Note(fault) => WitnessFault::Unsigned(fault),
            fault => WitnessFault::Checkpoint(fault),
        })?;
        self.judge_growth(&signed, last.as_ref())?;
        Ok(signed)
    }

    fn judge_growth(
        &self,
        next: &SignedCheckpoint,
        last: Option<&Checkpoint>,
    ) -> Result<(), WitnessFault> {
        let (old, size) = (self.old, next.size());
        if old > size {
            return Err(WitnessFault::Shrinks { old, found: size });
        }
        let allowed = last.map_or(0, |last| last.size);
        if old != allowed {
            return Err(WitnessFault::Conflict {
                found: old,
                allowed,
            });
        }
        let shown = match last {
            Some(last) if old == size && last.root != next.root() => {
                return Err(WitnessFault::Split { size });
            }
            Some(last) if old > 0 => {
                verify_consistency(old, size, &last.root, &next.root(), &self.proof).is_ok()
            }
            _ => self.proof.is_empty(),
        };
        shown.then_some(()).ok_or(WitnessFault::Proof)
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", format_hash(hash))?;
        }
        write!(f, "\n{}", self.note)
    }
}

/// Reads a witness's answer: signature lines, each with its newline. None is judged yet.
///
/// Errors   [`NoteFault::Bytes`], [`NoteFault::Signatures`], [`NoteFault::Shape`], [`NoteFault::Line`], [`NoteFault::Name`]
pub fn parse_answer(text: &str) -> Result<Vec<SignatureLine>, NoteFault> {
    if text.len() > NOTE_BYTES_MAX {
        return Err(NoteFault::Bytes { found: text.len() });
    }
    let lines = text.strip_suffix('\n').ok_or(NoteFault::Shape)?;
    let found = lines.split('\n').count();
    if found > SIGNATURES_MAX {
        return Err(NoteFault::Signatures { found });
    }
    lines.split('\n').map(SignatureLine::parse).collect()
}
