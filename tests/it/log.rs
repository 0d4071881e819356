//! The log: its tree against a slow reference, and its texts with their bounds and frozen vectors.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod evidence;
mod texts;
mod tree;
mod witness;

use std::path::Path;

use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::key::SecretKey;
use erikti_protocol::log::tree::{leaf_hash, node_hash, root_of};
use erikti_protocol::log::{Checkpoint, SignedCheckpoint, TreeFault};

/// A tree with all its leaves at hand.
pub(crate) struct Tree(Vec<Vec<Hash>>);

impl Tree {
    /// The tree over numbered leaves that differ from those of other tales.
    pub(crate) fn new(size: u64, tale: &str) -> Self {
        let leaf = |index: u64| leaf_hash(format!("{tale} {index}").as_bytes());
        Self::of((0..size).map(leaf).collect())
    }

    pub(crate) fn of(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(row) = levels.last().filter(|row| row.len() > 1) {
            let (pairs, _) = row.as_chunks::<2>();
            levels.push(pairs.iter().map(|[a, b]| node_hash(a, b)).collect());
        }
        Self(levels)
    }

    pub(crate) fn leaves(&self) -> &[Hash] {
        &self.0[0]
    }

    pub(crate) fn root(&self, size: u64) -> Hash {
        root_of(&self.leaves()[..usize::try_from(size).unwrap()])
    }

    pub(crate) fn hash_at(&self, level: u8, index: u64) -> Result<Hash, TreeFault> {
        let row = self.0.get(usize::from(level));
        let hash = row.and_then(|row| row.get(usize::try_from(index).ok()?));
        hash.copied().ok_or(TreeFault::Missing { level, index })
    }

    /// What the log of `seed` signs when this tree has `size` entries.
    pub(crate) fn checkpoint(&self, seed: u8, size: u64) -> SignedCheckpoint {
        let key = SecretKey::from_seed(&[seed; 32]);
        let checkpoint = Checkpoint {
            origin: origin(seed),
            size,
            root: self.root(size),
        };
        checkpoint.sign(&key).unwrap()
    }
}

pub(crate) fn origin(seed: u8) -> Origin {
    Origin::new("demo", &SecretKey::from_seed(&[seed; 32]).public()).unwrap()
}

/// Compares a text with its frozen vector `tests/vectors/<path>`; ERIKTI_FREEZE=1 writes vectors that are missing.
pub(crate) fn assert_frozen(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(path);
    let freeze = std::env::var("ERIKTI_FREEZE").is_ok_and(|value| value == "1");
    if freeze && !file.exists() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let frozen = std::fs::read_to_string(&file)
        .unwrap_or_else(|fault| panic!("vectors/{path}: {fault}; ERIKTI_FREEZE=1 writes it"));
    assert_eq!(text, frozen, "vectors/{path} is not what is made today");
}
