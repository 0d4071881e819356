//! The RFC 6962 tree: hashes of leaves and nodes, and the few hashes a growing tree must remember.
//!
//! Proofs are in [`super::path`].

use std::ops::Range;

use super::{PACKAGE_ENTRIES, PACKAGE_LEVEL};
use crate::hash::Hash;

/// What stands before a leaf's bytes when it is hashed.
const LEAF: u8 = 0x00;
/// What stands before two hashes when they are joined.
const NODE: u8 = 0x01;

/// Why something does not fit a tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault {
    /// The entries asked for are not in a tree of this size, or are no subtree of any tree.
    #[error("entries {start} to {end} are no part of a tree of {size}")]
    Range {
        /// First entry.
        start: u64,
        /// One past the last.
        end: u64,
        /// Entries of the tree.
        size: u64,
    },
    /// A subtree can only be added where a subtree of its height begins.
    #[error("a subtree of {entries} entries cannot begin at entry {size}")]
    Unaligned {
        /// Entries of the tree so far.
        size: u64,
        /// Entries of the subtree.
        entries: u64,
    },
    /// The tree would outgrow what a size can count.
    #[error("the tree has {size} entries and cannot grow further")]
    Full {
        /// Entries of the tree so far.
        size: u64,
    },
    /// A hash that the answer needs is not there.
    #[error("the hash of level {level}, index {index} is missing")]
    Missing {
        /// Height of the subtree.
        level: u8,
        /// Its place among those of its height.
        index: u64,
    },
    /// The bytes are no compact tree.
    #[error("{found} bytes are no compact tree of {size} entries, which has {allowed}")]
    Compact {
        /// Bytes given.
        found: usize,
        /// Bytes such a tree has.
        allowed: usize,
        /// Entries it claims.
        size: u64,
    },
    /// The proof does not lead to the root.
    #[error("the proof does not lead to the root")]
    Proof,
}

/// Hash of a leaf: SHA-256(00 ‖ bytes).
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Hash::of_parts(&[&[LEAF], bytes])
}

/// Hash of two neighbours: SHA-256(01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [NODE; 1 + 2 * Hash::LEN];
    bytes[1..=Hash::LEN].copy_from_slice(left.as_bytes());
    bytes[1 + Hash::LEN..].copy_from_slice(right.as_bytes());
    Hash::of(&bytes)
}

/// Hash of an entry's leaf, in one run over 34 bytes on the stack.
pub(super) fn leaf_hash_of_entry(class: u8, digest: &Hash) -> Hash {
    let mut bytes = [LEAF; 2 + Hash::LEN];
    bytes[1] = class;
    bytes[2..].copy_from_slice(digest.as_bytes());
    Hash::of(&bytes)
}

/// Root of the tree without entries: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// Root over leaf hashes (or over roots of full subtrees of one height, in order).
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut compact = Compact::new();
    for leaf in leaves {
        compact.push(*leaf);
    }
    compact.root()
}

/// Root of a full package, or `None` when there are not 256 leaves.
pub fn package_root(leaves: &[Hash]) -> Option<Hash> {
    let mut row: [Hash; PACKAGE_ENTRIES as usize] = leaves.try_into().ok()?;
    let mut width = row.len();
    while width > 1 {
        width /= 2;
        for i in 0..width {
            row[i] = node_hash(&row[2 * i], &row[2 * i + 1]);
        }
    }
    Some(row[0])
}

/// Root of any full subtree, from what a store keeps: leaf hashes, and one root per full package.
///
/// `leaves` and `packages` are asked for at most 256 hashes at a time.
///
/// Errors   whatever the readers answer; [`TreeFault::Missing`] when they give fewer than asked for
pub fn hash_from<E: From<TreeFault>>(
    level: u8,
    index: u64,
    mut leaves: impl FnMut(Range<u64>) -> Result<Vec<Hash>, E>,
    mut packages: impl FnMut(Range<u64>) -> Result<Vec<Hash>, E>,
) -> Result<Hash, E> {
    let missing = || TreeFault::Missing { level, index };
    if level < PACKAGE_LEVEL {
        let (start, end) = rows_below(level, index).ok_or_else(missing)?;
        let row = leaves(start..end)?;
        if row.len() as u64 != end - start {
            return Err(missing().into());
        }
        return Ok(root_of(&row));
    }
    let (start, end) = rows_below(level - PACKAGE_LEVEL, index).ok_or_else(missing)?;
    let mut compact = Compact::new();
    let mut at = start;
    while at < end {
        let until = end.min(at + PACKAGE_ENTRIES);
        let row = packages(at..until)?;
        if row.len() as u64 != until - at {
            return Err(missing().into());
        }
        row.into_iter().for_each(|root| compact.push(root));
        at = until;
    }
    Ok(compact.root())
}

/// The nodes `height` levels below node `index`, or `None` when nothing could count them.
fn rows_below(height: u8, index: u64) -> Option<(u64, u64)> {
    let width = 1_u64.checked_shl(u32::from(height))?;
    let start = index.checked_mul(width)?;
    Some((start, start.checked_add(width)?))
}

/// A tree of any size as the roots of the full subtrees it consists of, largest first.
///
/// Shape    bytes: size as 8 bytes, big-endian, then one 32-byte hash per bit set in it
/// Limits   64 hashes
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compact {
    size: u64,
    peaks: Vec<Hash>,
}

impl Compact {
    /// The tree without entries.
    pub const fn new() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// Takes the peaks of the first `size` entries from `hash_at(level, index)`.
    ///
    /// Errors   whatever `hash_at` answers
    pub fn at<E>(
        size: u64,
        mut hash_at: impl FnMut(u8, u64) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        let mut start: u64 = 0;
        let mut peaks = Vec::with_capacity(size.count_ones() as usize);
        for level in (0..64).rev().filter(|level| size >> level & 1 == 1) {
            peaks.push(hash_at(level, start >> level)?);
            start += 1 << level;
        }
        Ok(Self { size, peaks })
    }

    /// Entries of the tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the full subtrees, largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Adds one leaf hash.
    ///
    /// Panics   after 2⁶⁴ − 1 leaves
    pub fn push(&mut self, leaf: Hash) {
        self.join(leaf, 0);
        self.size += 1;
    }

    /// Adds a full package by its root.
    ///
    /// Errors   [`TreeFault::Unaligned`] unless the size is a multiple of 256
    pub fn push_package(&mut self, root: Hash) -> Result<(), TreeFault> {
        self.push_subtree(PACKAGE_LEVEL, root)
    }

    /// Adds a full subtree of 2^`level` leaves by its root.
    ///
    /// Errors   [`TreeFault::Unaligned`] unless such a subtree begins at this size; [`TreeFault::Full`]
    pub fn push_subtree(&mut self, level: u8, root: Hash) -> Result<(), TreeFault> {
        let size = self.size;
        let entries = 1_u64
            .checked_shl(u32::from(level))
            .ok_or(TreeFault::Full { size })?;
        if !size.is_multiple_of(entries) {
            return Err(TreeFault::Unaligned { size, entries });
        }
        let grown = size.checked_add(entries).ok_or(TreeFault::Full { size })?;
        self.join(root, level);
        self.size = grown;
        Ok(())
    }

    /// Joins a new rightmost subtree with every peak of its height, as an addition carries.
    fn join(&mut self, root: Hash, level: u8) {
        let carries = (self.size >> level).trailing_ones() as usize;
        let mut root = root;
        for left in self.peaks.drain(self.peaks.len() - carries..).rev() {
            root = node_hash(&left, &root);
        }
        self.peaks.push(root);
    }

    /// The tree's root.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return empty_root();
        };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// The tree as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.peaks.len() * Hash::LEN);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        for peak in &self.peaks {
            bytes.extend_from_slice(peak.as_bytes());
        }
        bytes
    }

    /// Reads the tree; whether its hashes are right only the root can tell.
    ///
    /// Errors   [`TreeFault::Compact`]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TreeFault> {
        let fault = |size: u64| TreeFault::Compact {
            found: bytes.len(),
            allowed: 8 + size.count_ones() as usize * Hash::LEN,
            size,
        };
        let (size, rest) = bytes.split_first_chunk().ok_or_else(|| fault(0))?;
        let size = u64::from_be_bytes(*size);
        let (peaks, tail) = rest.as_chunks();
        if peaks.len() != size.count_ones() as usize || !tail.is_empty() {
            return Err(fault(size));
        }
        let peaks = peaks.iter().copied().map(Hash::from_bytes).collect();
        Ok(Self { size, peaks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(index: u64) -> Hash {
        leaf_hash(&index.to_be_bytes())
    }

    #[test]
    fn packages_and_leaves_grow_the_same_tree() {
        let leaves: Vec<Hash> = (0..1_000).map(leaf).collect();
        let mut compact = Compact::new();
        for package in leaves.chunks(256) {
            match package_root(package) {
                Some(root) => compact.push_package(root).expect("packages are aligned"),
                None => package.iter().for_each(|leaf| compact.push(*leaf)),
            }
        }
        assert_eq!((compact.size(), compact.root()), (1_000, root_of(&leaves)));
        assert_eq!(
            compact.push_package(leaf(0)),
            Err(TreeFault::Unaligned {
                size: 1_000,
                entries: 256
            })
        );
        assert_eq!(Compact::new().root(), empty_root());
    }

    #[test]
    fn bytes_round_trip_and_other_lengths_are_refused() {
        let mut compact = Compact::new();
        for index in 0..300 {
            let bytes = compact.to_bytes();
            assert_eq!(Compact::from_bytes(&bytes), Ok(compact.clone()));
            assert!(Compact::from_bytes(&bytes[..bytes.len() - 1]).is_err());
            assert!(Compact::from_bytes(&[&bytes[..], &[0; 32]].concat()).is_err());
            compact.push(leaf(index));
        }
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let mut compact = Compact::new();
        assert_eq!(compact.push_subtree(63, leaf(1)), Ok(()));
        assert_eq!(
            compact.push_subtree(63, leaf(2)),
            Err(TreeFault::Full { size: 1 << 63 })
        );
        assert_eq!(
            compact.push_subtree(64, leaf(2)),
            Err(TreeFault::Full { size: 1 << 63 })
        );
    }
}
