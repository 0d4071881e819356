//! An organisation's append-only log: its entries, and the vocabulary of the files below.
//!
//! The log hashes 33 bytes an entry and never sees a record, so a record can be withheld or erased
//! without touching the tree. Formats are those of C2SP, byte for byte, so that foreign monitors and
//! witnesses read them: [`note`], [`checkpoint`], [`cosignature`], [`tile`], [`proof`], [`witness`].
//! [`tree`] and [`path`] are the hashing; [`evidence`] is what convicts a log that told two stories.

pub mod checkpoint;
pub mod cosignature;
pub mod evidence;
mod lines;
pub mod note;
pub mod path;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod witness;

use crate::hash::Hash;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use evidence::Contradiction;
pub use note::SignedNote;
pub use proof::LogProof;
pub use tile::Tile;
pub use tree::{Compact, TreeFault};

/// The most entries a log has: 2⁵³ − 1, so that a size is exact in every JSON reader.
/// A proof in such a tree has at most 54 hashes, below C2SP's [`PROOF_HASHES_MAX`].
pub const SIZE_MAX: u64 = (1 << 53) - 1;
/// The most hashes in one proof, in every text that carries one (C2SP `tlog-witness`).
pub const PROOF_HASHES_MAX: usize = 63;
/// Entries of a package, the unit of request and of checking; also hashes of a full tile.
pub const PACKAGE_ENTRIES: u64 = 256;
/// The tree level of a full package's root: 2⁸ = 256 leaves.
pub const PACKAGE_LEVEL: u8 = 8;

/// What a log entry is about, as its first byte says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// Everything that control records are not.
    Record = 0,
    /// `log`, `key_change`, `accreditation`, `erasure`: always public, never erased.
    Control = 1,
}

impl Class {
    /// Reads the byte, or `None` when no class has it.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Record),
            1 => Some(Self::Control),
            _ => None,
        }
    }

    /// The entry's first byte.
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

/// What the log keeps of a record.
///
/// Shape    33 bytes: class ‖ SHA-256 of the record's bytes
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Entry {
    /// What kind of thing the record is.
    pub class: Class,
    /// SHA-256 of the record's bytes.
    pub digest: Hash,
}

impl Entry {
    /// Bytes of an entry.
    pub const LEN: usize = 1 + Hash::LEN;

    /// The entry's bytes.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[0] = self.class.byte();
        bytes[1..].copy_from_slice(self.digest.as_bytes());
        bytes
    }

    /// Reads an entry, or `None` when the length or the class is none of ours.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let (class, digest) = bytes.split_first()?;
        Some(Self {
            class: Class::from_byte(*class)?,
            digest: Hash::from_slice(digest)?,
        })
    }

    /// The entry's leaf in the tree: SHA-256(00 ‖ entry).
    pub fn leaf(&self) -> Hash {
        tree::leaf_hash_of_entry(self.class.byte(), &self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_33_bytes_and_has_one_spelling() {
        let entry = Entry {
            class: Class::Control,
            digest: Hash::of(b"record"),
        };
        let bytes = entry.to_bytes();
        assert_eq!(bytes.len(), 33);
        assert_eq!(Entry::from_slice(&bytes), Some(entry));
        assert_eq!(entry.leaf(), tree::leaf_hash(&bytes));
        assert_eq!(Entry::from_slice(&bytes[..32]), None);
        assert_eq!(Entry::from_slice(&[&bytes[..], &[0]].concat()), None);
        let mut other = bytes;
        other[0] = 2;
        assert_eq!(Entry::from_slice(&other), None);
    }
}
