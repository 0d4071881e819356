//! Hashes of the log's tree.

use erikti_protocol::hash::Hash;

use super::Class;

pub(super) fn leaf(class: Class, digest: &Hash) -> Hash {
    Hash::of_parts(&[&[0, class as u8], digest.as_bytes()])
}

pub(super) fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The roots of the complete subtrees that make up a log, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compact {
    size: u64,
    peaks: Vec<Hash>,
}

impl Compact {
    pub fn size(&self) -> u64 {
        self.size
    }
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }
    pub fn push(&mut self, leaf: Hash) {
        self.peaks.push(leaf);
        for _ in 0..self.size.trailing_ones() {
            self.merge();
        }
        self.size += 1;
    }
    pub fn push_package(&mut self, root: Hash) {
        self.peaks.push(root);
        for _ in 0..(self.size >> 8).trailing_ones() {
            self.merge();
        }
        self.size += 256;
    }
    /// The tree over these packages and then `edge`, fewer than 256 entries.
    pub(super) fn with_edge(&self, edge: &Self) -> Self {
        let mut whole = self.clone();
        whole.size += edge.size;
        whole.peaks.extend(&edge.peaks);
        whole
    }
    fn merge(&mut self) {
        let right = self.peaks.pop().expect("two");
        let left = self.peaks.pop().expect("two");
        self.peaks.push(node(&left, &right));
    }
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return Hash::of(b"");
        };
        peaks.fold(*last, |root, peak| node(peak, &root))
    }
}
