//! The frontier file: how far a log is durable, in two slots written in turn.
//!
//! A torn write spoils the slot it went to; the other one still says what was true before.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use erikti_protocol::hash::Hash;
use erikti_protocol::log::Compact;

use super::frame::{u32_at, u64_at};
use super::{Counts, StoreFault, fault};

/// Bytes of a slot: a page, so that one slot's write never touches the other.
const SLOT_BYTES: usize = 4096;
/// How a slot begins.
const MAGIC: [u8; 8] = *b"eriktiF\x01";
/// Where the tree begins; with 64 peaks it ends at 2,248.
const TREE_AT: usize = 192;

/// A place between two frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) size: u64,
    pub(super) segment: u32,
    pub(super) length: u64,
    pub(super) fills: u64,
    pub(super) control: u64,
}

/// What a slot says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Slot {
    /// All frames before here are synced.
    pub(super) tail: Position,
    /// All rows of side files for frames before here are synced.
    pub(super) base: Position,
    pub(super) tree: Compact,
    pub(super) audited: u64,
    /// Marks that are carried out, synced and counted.
    pub(super) marks: u64,
    pub(super) counts: Counts,
}

/// The file and its newest slot.
#[derive(Debug)]
pub(super) struct FrontierFile {
    file: File,
    path: PathBuf,
    turn: u64,
    pub(super) slot: Slot,
}

impl FrontierFile {
    /// Opens the file; without a readable slot everything is still to be found out.
    ///
    /// Returns   the file, and whether slots were there but none of them readable
    pub(super) fn open(path: &Path, origin: &Hash) -> Result<(Self, bool), StoreFault> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(fault("open", path))?;
        let mut bytes = vec![0; 2 * SLOT_BYTES];
        let length = file.metadata().map_err(fault("measure", path))?.len();
        let readable = usize::try_from(length)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        file.read_exact_at(&mut bytes[..readable], 0)
            .map_err(fault("read", path))?;
        let newest = bytes
            .chunks_exact(SLOT_BYTES)
            .filter_map(|slot| parse(slot, origin))
            .max_by_key(|(turn, _)| *turn);
        let lost = newest.is_none() && length > 0;
        let (turn, slot) = newest.unwrap_or_default();
        let path = path.to_owned();
        Ok((
            Self {
                file,
                path,
                turn,
                slot,
            },
            lost,
        ))
    }

    /// Writes `slot` where the older one stands. Not durable before its file is synced.
    pub(super) fn write(&mut self, slot: Slot, origin: &Hash) -> Result<(), StoreFault> {
        let turn = self.turn + 1;
        let at = turn % 2 * SLOT_BYTES as u64;
        self.file
            .write_all_at(&format(turn, &slot, origin), at)
            .map_err(fault("write", &self.path))?;
        self.turn = turn;
        self.slot = slot;
        Ok(())
    }

    /// The file, to be synced.
    pub(super) fn file(&self) -> (&File, &Path) {
        (&self.file, &self.path)
    }
}

fn format(turn: u64, slot: &Slot, origin: &Hash) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SLOT_BYTES);
    bytes.extend([0; 4]);
    bytes.extend(MAGIC);
    bytes.extend(&origin.as_bytes()[..4]);
    let numbers = [turn, slot.audited, slot.marks]
        .into_iter()
        .chain(position_numbers(&slot.tail))
        .chain(position_numbers(&slot.base))
        .chain(count_numbers(&slot.counts));
    for number in numbers {
        bytes.extend(number.to_le_bytes());
    }
    debug_assert!(bytes.len() <= TREE_AT, "18 numbers end at 160");
    bytes.resize(TREE_AT, 0);
    bytes.extend(slot.tree.to_bytes());
    bytes.resize(SLOT_BYTES, 0);
    let crc = crc32c::crc32c(&bytes[4..]);
    bytes[..4].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn parse(bytes: &[u8], origin: &Hash) -> Option<(u64, Slot)> {
    if crc32c::crc32c(&bytes[4..]) != u32_at(bytes, 0)
        || bytes[4..12] != MAGIC
        || bytes[12..16] != origin.as_bytes()[..4]
    {
        return None;
    }
    let number = |n: usize| u64_at(bytes, 16 + 8 * n);
    let position = |n: usize| {
        Some(Position {
            size: number(n),
            segment: u32::try_from(number(n + 1)).ok()?,
            length: number(n + 2),
            fills: number(n + 3),
            control: number(n + 4),
        })
    };
    let tail = position(3)?;
    let tree_bytes = 8 + tail.size.count_ones() as usize * Hash::LEN;
    let slot = Slot {
        audited: number(1),
        tree: Compact::from_bytes(&bytes[TREE_AT..TREE_AT + tree_bytes]).ok()?,
        marks: number(2),
        tail,
        base: position(8)?,
        counts: Counts {
            held: number(13),
            absent: number(14),
            erased: number(15),
            bad: number(16),
            foreign: number(17),
        },
    };
    Some((number(0), slot))
}

fn position_numbers(position: &Position) -> [u64; 5] {
    [
        position.size,
        position.segment.into(),
        position.length,
        position.fills,
        position.control,
    ]
}

fn count_numbers(counts: &Counts) -> [u64; 5] {
    [
        counts.held,
        counts.absent,
        counts.erased,
        counts.bad,
        counts.foreign,
    ]
}
