//! C2SP `tlog-tiles`: the tree in files of up to 256 hashes, and the entries in files of up to 256 entries.
//!
//! Tile `index` of level `l` holds the roots of full subtrees of 256^l entries; a full tile of level 0 is what
//! our exchange calls a package's leaves, and each hash of level 1 is one package's root.

use super::PACKAGE_LEVEL;
use super::tree::TreeFault;
use crate::hash::Hash;

/// Hashes of a full tile, entries of a full bundle.
pub const WIDTH: u16 = 256;
/// The highest level that a tree of 2⁶⁴ entries reaches.
pub const LEVEL_MAX: u8 = 7;
/// The most bytes of a path: `tile/entries/`, seven elements of an index, `.p/255`.
const PATH_BYTES_MAX: usize = 13 + 7 * 5 + 6;

/// Why a path or the bytes of a tile are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileFault {
    /// No path of a tile or of a bundle.
    #[error("`{found}` is no path of a tile")]
    Path {
        /// At most 64 characters of it.
        found: String,
    },
    /// Bytes of another length than the width says.
    #[error("a tile of {width} hashes has not {found} bytes")]
    Bytes {
        /// Bytes given.
        found: usize,
        /// Hashes expected.
        width: u16,
    },
    /// An entry that runs over the end, or more or fewer entries than the width says.
    #[error("the bundle is not {width} entries of a length and as many bytes")]
    Bundle {
        /// Entries expected.
        width: u16,
    },
}

/// One file of hashes.
///
/// Shape    as path `tile/<level>/<index>` and, if partial, `.p/<width>`; as bytes its hashes in order
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tile {
    /// How often 256 leaves are folded into one hash below each of its hashes, at most [`LEVEL_MAX`].
    pub level: u8,
    /// Its place among the tiles of its level.
    pub index: u64,
    /// Hashes in it, 1 to 256.
    pub width: u16,
}

impl Tile {
    /// The tile as it stands in a tree of `size`, or `None` when it has no hash there.
    pub fn at(level: u8, index: u64, size: u64) -> Option<Self> {
        let width = width_in(hashes(level, size), index)?;
        Some(Self {
            level,
            index,
            width,
        })
    }

    /// Every tile of a tree of `size`, level by level, left to right.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        (0..=LEVEL_MAX).flat_map(move |level| {
            let count = hashes(level, size).div_ceil(u64::from(WIDTH));
            (0..count).filter_map(move |index| Self::at(level, index, size))
        })
    }

    /// Whether a tree of `size` has all its hashes.
    pub fn is_in(&self, size: u64) -> bool {
        Self::at(self.level, self.index, size).is_some_and(|whole| self.width <= whole.width)
    }

    /// Whether it holds all 256 hashes and therefore never changes.
    pub const fn is_full(&self) -> bool {
        self.width == WIDTH
    }

    /// Level and index in the tree of each of its hashes, for `hash_at`.
    pub fn nodes(&self) -> impl Iterator<Item = (u8, u64)> {
        let level = self.level.saturating_mul(PACKAGE_LEVEL);
        let first = self.index.saturating_mul(u64::from(WIDTH));
        (0..u64::from(self.width)).map(move |i| (level, first.saturating_add(i)))
    }

    /// The tile's bytes from the tree.
    ///
    /// Errors   whatever `hash_at` answers
    pub fn bytes<E>(
        &self,
        mut hash_at: impl FnMut(u8, u64) -> Result<Hash, E>,
    ) -> Result<Vec<u8>, E> {
        let mut bytes = Vec::with_capacity(usize::from(self.width) * Hash::LEN);
        for (level, index) in self.nodes() {
            bytes.extend_from_slice(hash_at(level, index)?.as_bytes());
        }
        Ok(bytes)
    }

    /// Reads the tile's hashes; whether they are right only a root can tell.
    ///
    /// Errors   [`TileFault::Bytes`]
    pub fn read(&self, bytes: &[u8]) -> Result<Vec<Hash>, TileFault> {
        let (hashes, rest) = bytes.as_chunks();
        if hashes.len() != usize::from(self.width) || !rest.is_empty() {
            return Err(TileFault::Bytes {
                found: bytes.len(),
                width: self.width,
            });
        }
        Ok(hashes.iter().copied().map(Hash::from_bytes).collect())
    }

    /// The file's path below the log's address.
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, spell(self.index, self.width))
    }

    /// Reads a path, in its one spelling.
    ///
    /// Errors   [`TileFault::Path`]
    pub fn parse(path: &str) -> Result<Self, TileFault> {
        let read = || {
            let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
            let level = level.parse().ok().filter(|level| *level <= LEVEL_MAX)?;
            let (index, width) = unspell(rest)?;
            // The last entry below it must be countable.
            let last = index.checked_mul(256)?.checked_add(255)?;
            last.checked_mul(256_u64.checked_pow(u32::from(level))?)?;
            Some(Self {
                level,
                index,
                width,
            })
        };
        parse_path(path, read, Self::path)
    }
}

/// One file of entries: in a log of ours 33 bytes each.
///
/// Shape    as path `tile/entries/<index>` and, if partial, `.p/<width>`; as bytes each entry after its length as two bytes
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Bundle {
    /// Its place: entries from 256 · index on.
    pub index: u64,
    /// Entries in it, 1 to 256.
    pub width: u16,
}

impl Bundle {
    /// The bundle as it stands in a log of `size`, or `None` when it has no entry there.
    pub fn at(index: u64, size: u64) -> Option<Self> {
        width_in(size, index).map(|width| Self { index, width })
    }

    /// The file's path below the log's address.
    pub fn path(&self) -> String {
        format!("tile/entries/{}", spell(self.index, self.width))
    }

    /// Reads a path, in its one spelling.
    ///
    /// Errors   [`TileFault::Path`]
    pub fn parse(path: &str) -> Result<Self, TileFault> {
        let read = || {
            let (index, width) = unspell(path.strip_prefix("tile/entries/")?)?;
            index.checked_mul(256)?.checked_add(255)?;
            Some(Self { index, width })
        };
        parse_path(path, read, Self::path)
    }

    /// Writes entries as a bundle, or `None` when one is longer than 65,535 bytes.
    pub fn write<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for entry in entries {
            let length = u16::try_from(entry.len()).ok()?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        Some(bytes)
    }

    /// Reads the bundle's entries; whether they are right their leaf hashes tell.
    ///
    /// Errors   [`TileFault::Bundle`]
    pub fn read<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, TileFault> {
        let fault = || TileFault::Bundle { width: self.width };
        let mut entries = Vec::with_capacity(usize::from(self.width));
        let mut rest = bytes;
        while !rest.is_empty() && entries.len() < usize::from(self.width) {
            let (length, tail) = rest.split_first_chunk().ok_or_else(fault)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (entry, tail) = tail.split_at_checked(length).ok_or_else(fault)?;
            entries.push(entry);
            rest = tail;
        }
        match rest.is_empty() && entries.len() == usize::from(self.width) {
            true => Ok(entries),
            false => Err(fault()),
        }
    }
}

/// Hashes of a level in a tree of `size`.
pub fn hashes(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(PACKAGE_LEVEL))
        .unwrap_or(0)
}

/// Checks a tile's hashes against the root that a tile one level up holds of it.
///
/// Errors   [`TreeFault::Proof`], also for a partial tile, which no tile holds a root of
pub fn check_full(hashes: &[Hash], root: &Hash) -> Result<(), TreeFault> {
    match super::tree::package_root(hashes) {
        Some(found) if found == *root => Ok(()),
        _ => Err(TreeFault::Proof),
    }
}

fn width_in(rows: u64, index: u64) -> Option<u16> {
    let first = index.checked_mul(u64::from(WIDTH))?;
    let left = rows.checked_sub(first).filter(|left| *left > 0)?;
    u16::try_from(left.min(u64::from(WIDTH))).ok()
}

/// `x001/x234/067` and, if partial, `.p/<width>`.
fn spell(index: u64, width: u16) -> String {
    let mut path = format!("{:03}", index % 1_000);
    let mut rest = index / 1_000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1_000);
        rest /= 1_000;
    }
    match width {
        WIDTH => path,
        _ => format!("{path}.p/{width}"),
    }
}

/// Reads what [`spell`] writes, and other spellings too: the caller compares.
fn unspell(path: &str) -> Option<(u64, u16)> {
    let (index, width) = match path.split_once(".p/") {
        Some((index, width)) => (index, width.parse().ok().filter(|width| *width < WIDTH)?),
        None => (path, WIDTH),
    };
    let mut sum: u64 = 0;
    for element in index.split('/') {
        let digits = element.strip_prefix('x').unwrap_or(element);
        let value: u64 = digits.parse().ok()?;
        sum = sum.checked_mul(1_000)?.checked_add(value)?;
    }
    (width > 0).then_some((sum, width))
}

fn parse_path<T>(
    path: &str,
    read: impl FnOnce() -> Option<T>,
    spell: impl FnOnce(&T) -> String,
) -> Result<T, TileFault> {
    (path.len() <= PATH_BYTES_MAX)
        .then(read)
        .flatten()
        .filter(|found| spell(found) == path)
        .ok_or_else(|| TileFault::Path {
            found: path.chars().take(64).collect(),
        })
}
