//! Trees and proofs against a slow reference that follows RFC 6962 word by word.

use std::collections::HashMap;

use erikti_protocol::hash::Hash;
use erikti_protocol::log::path::{
    consistency_proof, inclusion_proof, root_at, subtree_proof, verify_consistency,
    verify_inclusion, verify_inclusion_in_subtree, verify_subtree,
};
use erikti_protocol::log::tile::{Bundle, Tile, TileFault};
use erikti_protocol::log::tree::{Compact, hash_from, package_root, root_of};
use erikti_protocol::log::{PROOF_HASHES_MAX, SIZE_MAX, TreeFault};
use erikti_tests::chance::Chance;

use super::Tree;

/// Every size up to here is tried with every index and every older size.
const EVERY_SIZE: u64 = 600;

/// RFC 6962 §2.1, on ranges of one list of leaves, each root computed once.
struct Reference<'a> {
    leaves: &'a [Hash],
    roots: HashMap<(usize, usize), Hash>,
}

impl Reference<'_> {
    fn mth(&mut self, start: usize, end: usize) -> Hash {
        if end - start == 0 {
            return Hash::of(b"");
        }
        if end - start == 1 {
            return self.leaves[start];
        }
        if let Some(root) = self.roots.get(&(start, end)) {
            return *root;
        }
        let k = Self::k(end - start);
        let (left, right) = (self.mth(start, start + k), self.mth(start + k, end));
        let root = Hash::of_parts(&[&[1], left.as_bytes(), right.as_bytes()]);
        self.roots.insert((start, end), root);
        root
    }

    /// The largest power of two smaller than n.
    fn k(n: usize) -> usize {
        let mut k = 1;
        while k * 2 < n {
            k *= 2;
        }
        k
    }

    fn path(&mut self, m: usize, start: usize, end: usize) -> Vec<Hash> {
        if end - start == 1 {
            return Vec::new();
        }
        let k = Self::k(end - start);
        let mut path;
        if m < k {
            path = self.path(m, start, start + k);
            path.push(self.mth(start + k, end));
        } else {
            path = self.path(m - k, start + k, end);
            path.push(self.mth(start, start + k));
        }
        path
    }

    fn subproof(&mut self, m: usize, start: usize, end: usize, b: bool) -> Vec<Hash> {
        if m == end - start {
            return match b {
                true => Vec::new(),
                false => vec![self.mth(start, end)],
            };
        }
        let k = Self::k(end - start);
        let mut proof;
        if m <= k {
            proof = self.subproof(m, start, start + k, b);
            proof.push(self.mth(start + k, end));
        } else {
            proof = self.subproof(m - k, start + k, end, false);
            proof.push(self.mth(start, start + k));
        }
        proof
    }
}

#[test]
fn roots_and_proofs_equal_the_reference_for_every_small_size() {
    let tree = Tree::new(EVERY_SIZE, "leaf");
    let mut reference = Reference {
        leaves: tree.leaves(),
        roots: HashMap::new(),
    };
    let hash_at = |level, index| tree.hash_at(level, index);
    let mut compact = Compact::new();
    for n in 0..=EVERY_SIZE as usize {
        let size = n as u64;
        let root = reference.mth(0, n);
        assert_eq!(compact.root(), root, "root of {n}");
        assert_eq!(Compact::at(size, hash_at), Ok(compact.clone()));
        for m in 0..n {
            let proof = inclusion_proof(m as u64, size, hash_at).unwrap();
            assert_eq!(proof, reference.path(m, 0, n), "entry {m} of {n}");
            let leaf = &tree.leaves()[m];
            assert_eq!(
                verify_inclusion(m as u64, size, leaf, &root, &proof),
                Ok(())
            );
        }
        for m in 1..=n {
            let proof = consistency_proof(m as u64, size, hash_at).unwrap();
            assert_eq!(proof, reference.subproof(m, 0, n, true), "{m} to {n}");
            let old = reference.mth(0, m);
            assert_eq!(
                verify_consistency(m as u64, size, &old, &root, &proof),
                Ok(())
            );
        }
        if let Some(leaf) = tree.leaves().get(n) {
            compact.push(*leaf);
        }
    }
}

#[test]
fn every_subtree_is_proved_and_nothing_else_is() {
    let tree = Tree::new(70, "leaf");
    let hash_at = |level, index| tree.hash_at(level, index);
    let (mut proved, mut refused) = (0, 0);
    for size in 1..=70 {
        let root = tree.root(size);
        for end in 0..=size + 1 {
            for start in 0..=end + 1 {
                let valid = end <= size
                    && start <= end
                    && (start == end || start % (end - start).next_power_of_two() == 0);
                let proof = subtree_proof::<TreeFault>(start, end, size, hash_at);
                let Ok(proof) = proof else {
                    assert!(!valid, "{start} to {end} of {size}");
                    let any = verify_subtree(start, end, size, &root, &root, &[]);
                    assert_eq!(any, Err(TreeFault::Range { start, end, size }));
                    refused += 1;
                    continue;
                };
                assert!(valid, "{start} to {end} of {size}");
                let part = root_of(&tree.leaves()[start as usize..end as usize]);
                let verdict = verify_subtree(start, end, size, &part, &root, &proof);
                assert_eq!(verdict, Ok(()), "{start} to {end} of {size}");
                for index in start..end {
                    let inner =
                        inclusion_proof::<TreeFault>(index - start, end - start, |level, at| {
                            hash_at(level, at + (start >> level))
                        });
                    let leaf = &tree.leaves()[index as usize];
                    let verdict = verify_inclusion_in_subtree(
                        index,
                        start,
                        end,
                        leaf,
                        &part,
                        &inner.unwrap(),
                    );
                    assert_eq!(verdict, Ok(()));
                }
                proved += 1;
            }
        }
    }
    assert!(proved > 10_000 && refused > 10_000, "{proved} {refused}");
}

#[test]
fn no_changed_proof_verifies() {
    let mut chance = Chance::new(0x5eed);
    let tree = Tree::new(5_000, "leaf");
    let hash_at = |level, index| tree.hash_at(level, index);
    for _ in 0..300 {
        let size = 2 + chance.below(4_999);
        let old = 1 + chance.below(size - 1);
        let index = chance.below(size);
        let (root, part) = (tree.root(size), tree.root(old));
        let leaf = tree.leaves()[index as usize];
        let inclusion: Vec<Hash> = inclusion_proof::<TreeFault>(index, size, hash_at).unwrap();
        let consistency: Vec<Hash> = consistency_proof::<TreeFault>(old, size, hash_at).unwrap();
        let included =
            |leaf: &Hash, proof: &[Hash]| verify_inclusion(index, size, leaf, &root, proof).is_ok();
        let continues =
            |part: &Hash, proof: &[Hash]| verify_consistency(old, size, part, &root, proof).is_ok();
        assert!(included(&leaf, &inclusion) && continues(&part, &consistency));
        assert!(!included(&part, &inclusion) && !continues(&root, &consistency));
        for proof in changes(&inclusion, &mut chance) {
            assert!(!included(&leaf, &proof), "entry {index} of {size}");
        }
        for proof in changes(&consistency, &mut chance) {
            assert!(!continues(&part, &proof), "{old} to {size}");
        }
        let other = (index + 1 + chance.below(size - 1)) % size;
        assert!(verify_inclusion(other, size, &leaf, &root, &inclusion).is_err());
        let other = 1 + (old + chance.below(size - 2).min(size)) % (size - 1);
        let same = other == old;
        assert_eq!(
            verify_consistency(other, size, &part, &root, &consistency).is_ok(),
            same
        );
    }
}

/// The proof with one bit changed, one hash lost, one too many, two swapped.
fn changes(proof: &[Hash], chance: &mut Chance) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..proof.len() {
        let mut bytes = *proof[at].as_bytes();
        bytes[chance.below(32) as usize] ^= 1 << chance.below(8);
        let mut changed = proof.to_vec();
        changed[at] = Hash::from_bytes(bytes);
        all.push(changed);
        let mut shorter = proof.to_vec();
        shorter.remove(at);
        all.push(shorter);
        if at > 0 {
            let mut swapped = proof.to_vec();
            swapped.swap(at, at - 1);
            all.push(swapped);
        }
    }
    for at in [0, proof.len()] {
        let mut longer = proof.to_vec();
        longer.insert(at, Hash::of(b"too many"));
        all.push(longer);
    }
    all
}

/// A tree of any size whose leaves are all the same, so that every level has one hash.
struct Uniform(Vec<Hash>);

impl Uniform {
    fn new() -> Self {
        let mut levels = vec![Hash::of(b"leaf")];
        while let Some(hash) = levels.last().filter(|_| levels.len() < 64) {
            levels.push(root_of(&[*hash, *hash]));
        }
        Self(levels)
    }

    fn hash_at(&self, level: u8, _: u64) -> Result<Hash, TreeFault> {
        Ok(self.0[usize::from(level)])
    }
}

#[test]
fn proofs_hold_in_trees_of_every_size_that_can_be_counted() {
    let tree = Uniform::new();
    let hash_at = |level, index| tree.hash_at(level, index);
    let mut chance = Chance::new(0xb16);
    let mut sizes = vec![SIZE_MAX, SIZE_MAX - 1, 1 << 52, 1 << 53, 1 << 63, u64::MAX];
    sizes.extend((0..200).map(|_| chance.number() >> chance.below(60) | 2));
    for size in sizes {
        let root = root_at(size, hash_at).unwrap();
        let index = chance.below(size);
        let proof = inclusion_proof::<TreeFault>(index, size, hash_at).unwrap();
        assert_eq!(
            verify_inclusion(index, size, &tree.0[0], &root, &proof),
            Ok(()),
            "entry {index} of {size}"
        );
        let old = 1 + chance.below(size);
        let old_root = root_at(old, hash_at).unwrap();
        let shown = consistency_proof::<TreeFault>(old, size, hash_at).unwrap();
        assert_eq!(
            verify_consistency(old, size, &old_root, &root, &shown),
            Ok(()),
            "{old} to {size}"
        );
        if size <= SIZE_MAX {
            assert!(proof.len().max(shown.len()) <= 54);
        }
    }
    const { assert!(54 <= PROOF_HASHES_MAX) };
}

#[test]
fn what_is_not_in_a_tree_is_not_proved() {
    let tree = Tree::new(10, "leaf");
    let hash_at = |level, index| tree.hash_at(level, index);
    let range = |start, end, size| TreeFault::Range { start, end, size };
    assert_eq!(inclusion_proof(10, 10, hash_at), Err(range(10, 11, 10)));
    assert_eq!(consistency_proof(11, 10, hash_at), Err(range(0, 11, 10)));
    assert_eq!(consistency_proof(0, 10, hash_at), Ok(Vec::new()));
    let (empty, root) = (tree.root(0), tree.root(10));
    assert_eq!(
        verify_consistency(0, 10, &empty, &root, &[]),
        Err(range(0, 0, 10)),
        "nothing is shown by beginning empty"
    );
    let last = u64::MAX;
    assert_eq!(
        inclusion_proof(last, last, hash_at),
        Err(range(last, last, last))
    );
    assert_eq!(
        verify_inclusion(last, last, &empty, &root, &[]),
        Err(range(last, last, last)),
        "an entry is never taken for an empty subtree"
    );
    assert_eq!(
        inclusion_proof(0, 12, hash_at),
        Err(TreeFault::Missing { level: 2, index: 2 })
    );
}

#[test]
fn what_a_store_keeps_is_enough_for_every_hash_of_the_tree() {
    let tree = Tree::new(70_000, "leaf");
    let (packages, _) = tree.leaves().as_chunks::<256>();
    let packages: Vec<Hash> = packages
        .iter()
        .map(|leaves| package_root(leaves).unwrap())
        .collect();
    let part = |row: &[Hash], range: std::ops::Range<u64>| {
        assert!(range.end - range.start <= 256, "asked for too much at once");
        let range = range.start as usize..range.end as usize;
        Ok(row.get(range).unwrap_or_default().to_vec())
    };
    let stored = |level, index| {
        hash_from(
            level,
            index,
            |range| part(tree.leaves(), range),
            |range| part(&packages, range),
        )
    };
    for level in 0..=16 {
        let last = (70_000 >> level) - 1;
        for index in [0, last / 2, last] {
            assert_eq!(stored(level, index), tree.hash_at(level, index));
        }
        let index = last + 1;
        assert_eq!(
            stored(level, index),
            Err(TreeFault::Missing { level, index }),
            "right of the tree"
        );
    }
    for (level, index) in [(7, u64::MAX), (8, u64::MAX), (72, 0), (255, 0)] {
        let missing = Err(TreeFault::Missing { level, index });
        assert_eq!(stored(level, index), missing);
    }
    let mut chance = Chance::new(70_000);
    for _ in 0..20 {
        let size = 1 + chance.below(70_000);
        let index = chance.below(size);
        let proof = inclusion_proof(index, size, stored).unwrap();
        let leaf = &tree.leaves()[index as usize];
        let root = tree.root(size);
        assert_eq!(verify_inclusion(index, size, leaf, &root, &proof), Ok(()));
    }
}

#[test]
fn a_package_is_proved_as_a_subtree() {
    let tree = Tree::new(3_000, "leaf");
    let root = tree.root(3_000);
    for package in 0..12 {
        let (start, end) = (package * 256, (package * 256 + 256).min(3_000));
        let part = root_of(&tree.leaves()[start as usize..end as usize]);
        let proof =
            subtree_proof::<TreeFault>(start, end, 3_000, |level, at| tree.hash_at(level, at));
        let proof = proof.unwrap();
        assert_eq!(
            verify_subtree(start, end, 3_000, &part, &root, &proof),
            Ok(())
        );
        let other = Hash::of(b"other");
        assert_eq!(
            verify_subtree(start, end, 3_000, &other, &root, &proof),
            Err(TreeFault::Proof)
        );
    }
}

#[test]
fn tiles_alone_rebuild_the_root_of_every_edge_size() {
    let tree = Tree::new(70_000, "leaf");
    for size in [
        0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000,
    ] {
        let mut peaks: Vec<(u8, u64, Vec<Hash>)> = Vec::new();
        for tile in Tile::all(size) {
            let bytes = tile.bytes(|level, index| tree.hash_at(level, index));
            let hashes = tile.read(&bytes.unwrap()).unwrap();
            assert!(tile.is_in(size) && Tile::parse(&tile.path()) == Ok(tile));
            if !tile.is_full() {
                peaks.push((tile.level, tile.index, hashes));
            }
        }
        let mut compact = Compact::new();
        for (level, _, hashes) in peaks.iter().rev() {
            for hash in hashes {
                compact.push_subtree(level * 8, *hash).unwrap();
            }
        }
        assert_eq!(
            (compact.size(), compact.root()),
            (size, tree.root(size)),
            "{size}"
        );
    }
}

#[test]
fn paths_of_tiles_have_one_spelling() {
    for path in [
        "tile/0/000",
        "tile/0/000.p/1",
        "tile/7/000.p/255",
        "tile/3/x001/x234/067.p/8",
        "tile/0/x072/x057/x594/x037/x927/935",
    ] {
        assert_eq!(Tile::parse(path).unwrap().path(), path);
    }
    assert_eq!(
        Bundle::parse("tile/entries/x001/000.p/3").unwrap(),
        Bundle {
            index: 1_000,
            width: 3
        }
    );
    for path in [
        "",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/8/000",
        "tile/+1/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/1/",
        "/tile/0/000",
        "tile/0/x072/x057/x594/x037/x927/936",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/7/001",
        "tile/entries/000",
        "tile/0/\u{660}00",
    ] {
        let refused = Tile::parse(path).is_err();
        assert!(refused, "{path}");
    }
    assert!(Bundle::parse("tile/0/000").is_err());
    let far = "tile/0/".to_owned() + &"x001/".repeat(20) + "000";
    assert!(matches!(Tile::parse(&far), Err(TileFault::Path { found }) if found.len() == 64));
}

#[test]
fn bundles_hold_as_many_entries_as_they_say() {
    let entries: [&[u8]; 3] = [b"one", b"", &[7; 65_535]];
    let bytes = Bundle::write(entries).unwrap();
    let bundle = |width| Bundle { index: 0, width };
    assert_eq!(bundle(3).read(&bytes).unwrap(), entries);
    for width in [1, 2, 4, 256] {
        assert_eq!(
            bundle(width).read(&bytes),
            Err(TileFault::Bundle { width }),
            "{width}"
        );
    }
    for cut in [1, 2, 65_535, 65_536, bytes.len() - 1] {
        assert!(bundle(3).read(&bytes[..cut]).is_err(), "{cut}");
    }
    assert_eq!(Bundle::write([&[0; 65_536][..]]), None);
}
