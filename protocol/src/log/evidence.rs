//! Equivocation: two checkpoints of one log that cannot both be true, as an object that convicts by itself.
//!
//! ```text
//! erikti/contradiction/v1
//! root <base64>                root that the larger tree had at the smaller size; left out for equal sizes
//! <base64 of a hash>           consistency proof from there to the larger tree
//!
//! <checkpoint>                 the smaller one; for equal sizes the one with the smaller root
//!
//! <checkpoint>
//! ```
//!
//! Both carry the log's own signature and no other line, so one contradiction has few spellings. A tree has exactly
//! one root at every smaller size: a log that only appends can never be convicted. Nobody has to be trusted to pass
//! this on, and it says nothing about which of the two stories is the right one.

use std::fmt;

use super::checkpoint::{CheckpointFault, SignedCheckpoint};
use super::lines::{format_hash, parse_hash, parse_hashes};
use super::path::{consistency_proof, root_at, verify_consistency};
use super::tree::TreeFault;
use crate::hash::Hash;
use crate::id::Origin;

/// The first line.
const MAGIC: &str = "erikti/contradiction/v1";
/// The most bytes of a contradiction: two bare checkpoints of at most 400 bytes, 63 hashes of 45, 100 around them.
pub const EVIDENCE_BYTES_MAX: usize = 16 * 1024;

/// Why evidence convicts nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceFault {
    /// Too many bytes.
    #[error("the evidence has {found} bytes, at most {EVIDENCE_BYTES_MAX} are allowed")]
    Bytes {
        /// Bytes given.
        found: usize,
    },
    /// Not UTF-8, or not lines and two checkpoints between blank lines.
    #[error("the evidence is no lines and two checkpoints")]
    Shape,
    /// A line that is not what it must be.
    #[error("line {line} of the evidence is not as it must be")]
    Line {
        /// Which, counted from 1.
        line: usize,
    },
    /// A checkpoint that its log did not sign.
    #[error("a checkpoint of the evidence: {0}")]
    Checkpoint(#[from] CheckpointFault),
    /// Checkpoints of two logs, or in the wrong order, or with cosignatures.
    #[error("the two checkpoints do not stand as a contradiction's must")]
    Order,
    /// The two can both be true.
    #[error("the two checkpoints can both be true")]
    Agrees,
    /// The larger tree did not have that root at the smaller size.
    #[error("the larger tree is not shown to have begun otherwise: {0}")]
    Tree(#[from] TreeFault),
}

/// Proof that a log told two stories. Exists only verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contradiction {
    first: SignedCheckpoint,
    second: SignedCheckpoint,
    /// For unequal sizes: what the larger tree had as its root at the smaller size, and the proof.
    prefix: Option<(Hash, Vec<Hash>)>,
}

impl Contradiction {
    /// Two checkpoints of one size and different roots, in either order.
    ///
    /// Errors   [`EvidenceFault::Order`], [`EvidenceFault::Agrees`]
    pub fn of_equal_sizes(
        a: &SignedCheckpoint,
        b: &SignedCheckpoint,
    ) -> Result<Self, EvidenceFault> {
        let (first, second) = if a.root() <= b.root() { (a, b) } else { (b, a) };
        Self::judged(first.bare(), second.bare(), None)
    }

    /// Two checkpoints of different sizes: `root` is what the larger tree had at the smaller size.
    ///
    /// Errors   [`EvidenceFault::Order`], [`EvidenceFault::Agrees`], [`EvidenceFault::Tree`]
    pub fn of_prefix(
        smaller: &SignedCheckpoint,
        larger: &SignedCheckpoint,
        root: Hash,
        proof: Vec<Hash>,
    ) -> Result<Self, EvidenceFault> {
        Self::judged(smaller.bare(), larger.bare(), Some((root, proof)))
    }

    /// Looks for a contradiction between any two checkpoints of one log. `hash_at` serves the tree of the larger.
    ///
    /// Errors   whatever `hash_at` answers; of [`EvidenceFault`] all but [`EvidenceFault::Agrees`], which is `None`
    pub fn between<E: From<TreeFault> + From<EvidenceFault>>(
        a: &SignedCheckpoint,
        b: &SignedCheckpoint,
        mut hash_at: impl FnMut(u8, u64) -> Result<Hash, E>,
    ) -> Result<Option<Self>, E> {
        let (smaller, larger) = if a.size() <= b.size() { (a, b) } else { (b, a) };
        let found = if smaller.size() == larger.size() {
            Self::of_equal_sizes(smaller, larger)
        } else {
            let root = root_at(smaller.size(), &mut hash_at)?;
            let proof = consistency_proof(smaller.size(), larger.size(), &mut hash_at)?;
            Self::of_prefix(smaller, larger, root, proof)
        };
        match found {
            Ok(found) => Ok(Some(found)),
            Err(EvidenceFault::Agrees) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The log that is convicted.
    pub const fn origin(&self) -> &Origin {
        self.first.origin()
    }

    /// The two checkpoints; the second is not smaller than the first.
    pub const fn checkpoints(&self) -> (&SignedCheckpoint, &SignedCheckpoint) {
        (&self.first, &self.second)
    }

    fn judged(
        first: SignedCheckpoint,
        second: SignedCheckpoint,
        prefix: Option<(Hash, Vec<Hash>)>,
    ) -> Result<Self, EvidenceFault> {
        let found = Self {
            first,
            second,
            prefix,
        };
        found.judge()?;
        Ok(found)
    }

    fn judge(&self) -> Result<(), EvidenceFault> {
        let (a, b) = (&self.first, &self.second);
        if a.origin() != b.origin() || *a != a.bare() || *b != b.bare() {
            return Err(EvidenceFault::Order);
        }
        let Some((root, proof)) = &self.prefix else {
            return match a.size() == b.size() && a.root() <= b.root() {
                false => Err(EvidenceFault::Order),
                true if a.root() == b.root() => Err(EvidenceFault::Agrees),
                true => Ok(()),
            };
        };
        if a.size() >= b.size() {
            return Err(EvidenceFault::Order);
        }
        // Every tree begins empty: nothing contradicts a checkpoint of size 0.
        if *root == a.root() || a.size() == 0 {
            return Err(EvidenceFault::Agrees);
        }
        verify_consistency(a.size(), b.size(), root, &b.root(), proof)?;
        Ok(())
    }

    /// Reads and verifies.
    ///
    /// Errors   [`EvidenceFault`]
    pub fn parse(bytes: &[u8]) -> Result<Self, EvidenceFault> {
        if bytes.len() > EVIDENCE_BYTES_MAX {
            return Err(EvidenceFault::Bytes { found: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| EvidenceFault::Shape)?;
        // A checkpoint of ours is one block of text and one of lines, so there are five blocks.
        let blocks: Vec<&str> = text.splitn(6, "\n\n").collect();
        let [head, text_a, lines_a, text_b, lines_b] = blocks[..] else {
            return Err(EvidenceFault::Shape);
        };
        let prefix = parse_head(head)?;
        let first = format!("{text_a}\n\n{lines_a}\n");
        let second = format!("{text_b}\n\n{lines_b}");
        Self::judged(
            SignedCheckpoint::parse(first.as_bytes())?,
            SignedCheckpoint::parse(second.as_bytes())?,
            prefix,
        )
    }
}

fn parse_head(head: &str) -> Result<Option<(Hash, Vec<Hash>)>, EvidenceFault> {
    let mut lines = head.split('\n');
    if lines.next() != Some(MAGIC) {
        return Err(EvidenceFault::Line { line: 1 });
    }
    let Some(root) = lines.next() else {
        return Ok(None);
    };
    let root = root.strip_prefix("root ").and_then(parse_hash);
    let root = root.ok_or(EvidenceFault::Line { line: 2 })?;
    let proof = parse_hashes(lines).map_err(|bad| EvidenceFault::Line { line: 3 + bad })?;
    Ok(Some((root, proof)))
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        if let Some((root, proof)) = &self.prefix {
            writeln!(f, "root {}", format_hash(root))?;
            for hash in proof {
                writeln!(f, "{}", format_hash(hash))?;
            }
        }
        write!(f, "\n{}\n{}", self.first, self.second)
    }
}
