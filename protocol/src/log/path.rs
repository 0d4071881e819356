//! Proofs in the RFC 6962 tree: that an entry, an older tree or a subtree is part of a tree.
//!
//! One shape serves all three. A *subtree* is a run of entries whose start is a multiple of its length rounded up to
//! a power of two: one entry, a package, or everything from the first entry on. Its proof against a larger tree is,
//! for one entry, RFC 6962's inclusion proof, and from the first entry on, its consistency proof.
//! Maker and verifier walk the same recursion, at most 64 deep: split the tree at the largest power of two below its
//! size, go where the subtree is, note the root of the other side.

use super::tree::{Compact, TreeFault, empty_root, node_hash};
use crate::hash::Hash;

/// Proves that entry `index` is in the tree of `size`, leaf's sibling first.
///
/// `hash_at(level, index)` gives roots of full subtrees of 2^level entries.
///
/// Errors   [`TreeFault::Range`] when it is not; whatever `hash_at` answers
pub fn inclusion_proof<E: From<TreeFault>>(
    index: u64,
    size: u64,
    hash_at: impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    subtree_proof(index, after(index, size)?, size, hash_at)
}

/// Checks that the leaf hash is that of entry `index` in the tree of `size` and `root`.
///
/// Errors   [`TreeFault::Range`], [`TreeFault::Proof`]
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), TreeFault> {
    verify_subtree(index, after(index, size)?, size, leaf, root, proof)
}

/// Proves that the tree of `old` entries is how the tree of `size` began. From nothing, and to itself, the proof is empty.
///
/// Errors   [`TreeFault::Range`] when `old` is larger; whatever `hash_at` answers
pub fn consistency_proof<E: From<TreeFault>>(
    old: u64,
    size: u64,
    hash_at: impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    subtree_proof(0, old, size, hash_at)
}

/// Checks that the tree of `old` entries and `old_root` is how the tree of `size` and `root` began.
///
/// Errors   [`TreeFault::Range`], also for `old` = 0, which every tree begins with and nothing proves; [`TreeFault::Proof`]
pub fn verify_consistency(
    old: u64,
    size: u64,
    old_root: &Hash,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), TreeFault> {
    if old == 0 {
        return Err(TreeFault::Range {
            start: 0,
            end: 0,
            size,
        });
    }
    verify_subtree(0, old, size, old_root, root, proof)
}

/// Proves that the subtree over entries `start` to `end` is part of the tree of `size`.
///
/// Errors   [`TreeFault::Range`] when it is no subtree of that tree; whatever `hash_at` answers
pub fn subtree_proof<E: From<TreeFault>>(
    start: u64,
    end: u64,
    size: u64,
    mut hash_at: impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    check(start, end, size)?;
    let mut proof = Vec::new();
    if start < end {
        prove(&(start..end), 0..size, true, &mut hash_at, &mut proof)?;
    }
    Ok(proof)
}

/// Checks that `part` is the root over entries `start` to `end` of the tree of `size` and `root`.
/// The empty subtree is part of every tree, whatever its root.
///
/// Errors   [`TreeFault::Range`], [`TreeFault::Proof`]
pub fn verify_subtree(
    start: u64,
    end: u64,
    size: u64,
    part: &Hash,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), TreeFault> {
    check(start, end, size)?;
    let fits = if start == end {
        proof.is_empty() && *part == empty_root()
    } else {
        rebuild(start, end, size, Some(part), proof) == Some((*part, *root))
    };
    fits.then_some(()).ok_or(TreeFault::Proof)
}

/// Checks that the leaf hash is that of entry `index` in the subtree over entries `start` to `end`, whose root is `part`.
///
/// Errors   [`TreeFault::Range`], [`TreeFault::Proof`]
pub fn verify_inclusion_in_subtree(
    index: u64,
    start: u64,
    end: u64,
    leaf: &Hash,
    part: &Hash,
    proof: &[Hash],
) -> Result<(), TreeFault> {
    check(start, end, end)?;
    let outside = TreeFault::Range {
        start: index,
        end: index,
        size: end,
    };
    let index = index.checked_sub(start).ok_or(outside)?;
    verify_inclusion(index, end - start, leaf, part, proof)
}

/// Root over the first `size` entries.
///
/// Errors   whatever `hash_at` answers
pub fn root_at<E>(size: u64, hash_at: impl FnMut(u8, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    Compact::at(size, hash_at).map(|compact| compact.root())
}

/// One past an entry, which must be in the tree.
fn after(index: u64, size: u64) -> Result<u64, TreeFault> {
    let (start, end) = (index, index.saturating_add(1));
    match index < size {
        true => Ok(end),
        false => Err(TreeFault::Range { start, end, size }),
    }
}

/// Whether entries `start` to `end` are a subtree that a tree of `size` can have.
fn check(start: u64, end: u64, size: u64) -> Result<(), TreeFault> {
    let aligned = match end.checked_sub(start) {
        None => false,
        Some(0) => true,
        // Longer than 2⁶³ there is one place to begin.
        Some(length) => match length.checked_next_power_of_two() {
            Some(width) => start.is_multiple_of(width),
            None => start == 0,
        },
    };
    match aligned && end <= size {
        true => Ok(()),
        false => Err(TreeFault::Range { start, end, size }),
    }
}

/// The largest power of two below `length`, which is at least 2.
const fn split(length: u64) -> u64 {
    1 << (63 - (length - 1).leading_zeros())
}

type Span = std::ops::Range<u64>;

/// Proves `part` within `tree`. `known` says that the verifier holds the root of `tree` once it is `part` itself;
/// after a split through `part` it does not.
fn prove<E>(
    part: &Span,
    tree: Span,
    known: bool,
    hash_at: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
    proof: &mut Vec<Hash>,
) -> Result<(), E> {
    if *part == tree {
        if !known {
            proof.push(root_over(tree, hash_at)?);
        }
        return Ok(());
    }
    let middle = tree.start + split(tree.end - tree.start);
    let (left, right) = (tree.start..middle, middle..tree.end);
    let other = if part.end <= middle {
        prove(part, left, known, hash_at, proof)?;
        right
    } else if middle <= part.start {
        prove(part, right, known, hash_at, proof)?;
        left
    } else {
        prove(&(middle..part.end), right, false, hash_at, proof)?;
        left
    };
    proof.push(root_over(other, hash_at)?);
    Ok(())
}

/// Root over a run of entries that a split leaves: its start is a multiple of its length rounded up.
fn root_over<E>(
    span: Span,
    hash_at: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Hash, E> {
    let length = span.end - span.start;
    if length.is_power_of_two() {
        let level = length.trailing_zeros();
        return hash_at(level as u8, span.start >> level);
    }
    let middle = span.start + split(length);
    let left = root_over(span.start..middle, hash_at)?;
    let right = root_over(middle..span.end, hash_at)?;
    Ok(node_hash(&left, &right))
}

/// Roots of the part and of the tree as the proof gives them, or `None` when its length is not the one it must have.
/// `known` is the root of the part as long as the part has not been split.
fn rebuild(
    start: u64,
    end: u64,
    size: u64,
    known: Option<&Hash>,
    proof: &[Hash],
) -> Option<(Hash, Hash)> {
    if start == 0 && end == size {
        return match (known, proof) {
            (Some(root), []) | (None, [root]) => Some((*root, *root)),
            _ => None,
        };
    }
    let (other, proof) = proof.split_last()?;
    let middle = split(size);
    if end <= middle {
        let (part, tree) = rebuild(start, end, middle, known, proof)?;
        Some((part, node_hash(&tree, other)))
    } else if middle <= start {
        let (part, tree) = rebuild(start - middle, end - middle, size - middle, known, proof)?;
        Some((part, node_hash(other, &tree)))
    } else {
        let (part, tree) = rebuild(0, end - middle, size - middle, None, proof)?;
        Some((node_hash(other, &part), node_hash(other, &tree)))
    }
}
