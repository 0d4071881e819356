//! C2SP `tlog-proof`: one text that shows, without a connection, that an entry stands in a log.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64>               left out when there is none
//! index <decimal>
//! <base64 of a hash>           leaf's sibling first
//!
//! <checkpoint>
//! ```
//!
//! It proves that the log says so, not that the log is to be believed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::{CheckpointFault, SignedCheckpoint};
use super::lines::{HASH_DIGITS, format_hash, parse_decimal, parse_hashes};
use super::note::NOTE_BYTES_MAX;
use super::path::{inclusion_proof, verify_inclusion};
use super::tree::TreeFault;
use super::{Entry, PROOF_HASHES_MAX};
use crate::hash::Hash;

/// The first line.
const MAGIC: &str = "c2sp.org/tlog-proof@v1";
/// The most bytes of `extra`, which nothing authenticates.
pub const EXTRA_BYTES_MAX: usize = 1024;
/// The most bytes of a proof: first line, `extra` in base64 (1,368 digits), index, hashes, blank line, note.
pub const PROOF_BYTES_MAX: usize = MAGIC.len()
    + 1
    + 6
    + 1_368
    + 1
    + 6
    + 20
    + 1
    + PROOF_HASHES_MAX * (HASH_DIGITS + 1)
    + 1
    + NOTE_BYTES_MAX;

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// Too many bytes.
    #[error("the proof has {found} bytes, at most {PROOF_BYTES_MAX} are allowed")]
    Bytes {
        /// Bytes given.
        found: usize,
    },
    /// Not UTF-8, or no blank line before the checkpoint.
    #[error("the proof is no lines, blank line and checkpoint")]
    Shape,
    /// A line that is not what it must be.
    #[error("line {line} of the proof is not as it must be")]
    Line {
        /// Which, counted from 1.
        line: usize,
    },
    /// The checkpoint is refused.
    #[error("the proof's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointFault),
    /// The entry is not where the proof says.
    #[error("the entry is not in the log where the proof says: {0}")]
    Tree(#[from] TreeFault),
}

/// A proof that an entry stands in a log of ours. Its checkpoint has been verified; [`LogProof::verify`] checks the entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogProof {
    /// Whatever its maker wanted to say, unauthenticated; empty when nothing.
    pub extra: Vec<u8>,
    /// Which entry, counted from 0.
    pub index: u64,
    /// From the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The tree it stands in.
    pub checkpoint: SignedCheckpoint,
}

impl LogProof {
    /// Proves entry `index` of the tree behind `checkpoint`.
    ///
    /// Errors   [`TreeFault::Range`] when it has no such entry; whatever `hash_at` answers
    pub fn make<E: From<TreeFault>>(
        index: u64,
        checkpoint: SignedCheckpoint,
        hash_at: impl FnMut(u8, u64) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        Ok(Self {
            extra: Vec::new(),
            index,
            hashes: inclusion_proof(index, checkpoint.size(), hash_at)?,
            checkpoint,
        })
    }

    /// Checks that `entry` is the one.
    ///
    /// Errors   [`ProofFault::Tree`]
    pub fn verify(&self, entry: &Entry) -> Result<(), ProofFault> {
        let (size, root) = (self.checkpoint.size(), self.checkpoint.root());
        verify_inclusion(self.index, size, &entry.leaf(), &root, &self.hashes)?;
        Ok(())
    }

    /// Reads a proof and verifies its checkpoint.
    ///
    /// Errors   [`ProofFault`]
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFault> {
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(ProofFault::Bytes { found: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ProofFault::Shape)?;
        let (head, note) = text.split_once("\n\n").ok_or(ProofFault::Shape)?;
        let mut lines = head.split('\n').zip(1..).peekable();
        if lines.next().map(|(line, _)| line) != Some(MAGIC) {
            return Err(ProofFault::Line { line: 1 });
        }
        let extra = lines.next_if(|(line, _)| line.starts_with("extra "));
        let extra = extra.map_or(Some(Vec::new()), |(line, _)| parse_extra(line));
        let extra = extra.ok_or(ProofFault::Line { line: 2 })?;
        let at = lines.peek().map_or(2, |(_, at)| *at);
        let index = lines
            .next()
            .and_then(|(line, _)| line.strip_prefix("index "));
        let index = index.and_then(parse_decimal);
        let index = index.ok_or(ProofFault::Line { line: at })?;
        let hashes = parse_hashes(lines.map(|(line, _)| line));
        Ok(Self {
            extra,
            index,
            hashes: hashes.map_err(|bad| ProofFault::Line { line: at + 1 + bad })?,
            checkpoint: SignedCheckpoint::parse(note.as_bytes())?,
        })
    }
}

fn parse_extra(line: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(line.strip_prefix("extra ")?).ok()?;
    (1..=EXTRA_BYTES_MAX)
        .contains(&bytes.len())
        .then_some(bytes)
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", STANDARD.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", format_hash(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
