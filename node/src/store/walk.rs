//! One way through a log's frames at opening: makes side rows again, and finds damage and the torn tail.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use erikti_protocol::codec::Decoder;
use erikti_protocol::hash::Hash;
use erikti_protocol::log::{Class, Compact, PACKAGE_ENTRIES};

use super::frame::{HEAD_BYTES, Header, Spot};
use super::frontier::{Position, Slot};
use super::log::Log;
use super::scan::{Found, Place, Scanner};
use super::{Counts, Status, StoreFault};

/// Rows kept in memory before they are written.
const ROWS_KEPT: usize = 65_536;
/// Package hashes read at once.
const HASHES_READ: u64 = 4096;

/// What a walk led to.
pub(super) struct Outcome {
    /// Entries, fills and control entries there are; its place is where the last frame ends.
    pub(super) at: Position,
    pub(super) boundary: Position,
    /// The tree over complete packages, and over the entries after them.
    pub(super) packages: Compact,
    pub(super) edge: Compact,
    /// Where the last kept frame ends, and whether something behind it is to be removed.
    pub(super) end: Place,
    pub(super) cut: bool,
    pub(super) cut_bytes: u64,
    pub(super) damaged: Vec<Range<u64>>,
    /// Frames that the frontier vouches for are missing at the end.
    pub(super) tail_lost: bool,
    /// What the entries behind the frontier add to its counts.
    pub(super) beyond: Counts,
}

/// The walk.
pub(super) struct Walk<'a> {
    log: &'a Log,
    segments: &'a [Arc<File>],
    slot: &'a Slot,
    base: Position,
    at: Position,
    boundary: Position,
    packages: Compact,
    edge: Compact,
    /// Whether all entries of the package at the edge were seen.
    edge_whole: bool,
    /// Roots as they stood in the side file, for packages that cannot be computed any more.
    old_packages: Vec<Hash>,
    /// At the frontier: whether what was seen is what it says.
    agrees: Option<bool>,
    damaged: Vec<Range<u64>>,
    beyond: Counts,
    end: Place,
    cut: bool,
    cut_bytes: u64,
    rows: Rows,
    decoder: Decoder,
    plain: Vec<u8>,
}

/// Side rows not written yet.
#[derive(Default)]
struct Rows {
    offsets: Vec<u8>,
    packages: Vec<u8>,
    control: Vec<u8>,
    fills: Vec<(u64, Spot)>,
}

impl<'a> Walk<'a> {
    /// Begins where side files were synced last, or at the first frame.
    pub(super) fn new(
        log: &'a Log,
        segments: &'a [Arc<File>],
        slot: &'a Slot,
        from_start: bool,
    ) -> Result<Self, StoreFault> {
        let mut base = match from_start {
            true => Position::default(),
            false => slot.base,
        };
        base.length = base.length.max(HEAD_BYTES as u64);
        let rows = base.size / PACKAGE_ENTRIES;
        let mut packages = Compact::new();
        let mut row = 0;
        while row < rows {
            let count = (rows - row).min(HASHES_READ);
            for root in log.packages.hashes(row, count)? {
                packages.push_package(root)?;
            }
            row += count;
        }
        let known = log.packages.rows().saturating_sub(rows);
        let old_packages = log.packages.hashes(rows, known)?;
        log.offsets.cut(base.size)?;
        log.packages.cut(rows)?;
        log.control.cut(base.control)?;
        log.fills.cut(base.fills)?;
        Ok(Self {
            log,
            segments,
            slot,
            base,
            at: base,
            boundary: base,
            packages,
            edge: Compact::new(),
            edge_whole: true,
            old_packages,
            agrees: None,
            damaged: Vec::new(),
            beyond: Counts::default(),
            end: (base.segment, base.length),
            cut: false,
            cut_bytes: 0,
            rows: Rows::default(),
            decoder: Decoder::new(),
            plain: Vec::new(),
        })
    }

    /// Whether the walk began at the first frame.
    pub(super) fn starts_at_zero(&self) -> bool {
        self.base.size == 0
    }

    /// Whether the frames, or the roots kept of them, lead to the frontier's root.
    pub(super) fn agrees(&self) -> bool {
        self.agrees == Some(true)
    }

    /// Goes through all frames.
    pub(super) fn run(&mut self) -> Result<(), StoreFault> {
        let mut scanner = Scanner::new(self.log.tag, self.segments, self.end)?;
        self.meet_frontier();
        loop {
            let here = scanner.at();
            let known = here < (self.slot.tail.segment, self.slot.tail.length);
            match scanner.next()? {
                Found::End => break,
                Found::Frame { header, spot, fits }
                    if self.can_stand(&header, known)
                        && (known || fits && self.is_named(&header, scanner.body())) =>
                {
                    self.end = scanner.at();
                    self.take(&header, spot, fits, known)?;
                }
                Found::Frame { .. } | Found::Broken if known => {
                    // Damage: what the frontier vouches for goes on somewhere behind it.
                    scanner.go((here.0, here.1 + 1))?;
                    let wanted = self.at.size..self.slot.tail.size;
                    if !scanner.seek(|header| wanted.contains(&header.index))? {
                        break;
                    }
                }
                Found::Frame { .. } | Found::Broken => {
                    // A torn tail, unless no frontier says where the tail is and whole entries follow.
                    if self.slot.tail.size == 0 && self.follows(&mut scanner, here)? {
                        self.damaged.push(self.at.size..self.at.size + 1);
                        break;
                    }
                    self.cut = true;
                    self.cut_bytes = self.behind()?;
                    break;
                }
            }
        }
        if self.at.size < self.slot.tail.size {
            self.lose(self.slot.tail.size)?;
        }
        self.write_rows()
    }

    /// Whether a frame can stand here: the next entry, a late one, or one behind a gap that damage made.
    fn can_stand(&self, header: &Header, known: bool) -> bool {
        header.index <= self.at.size || known && header.index < self.slot.tail.size
    }

    /// Whether a body is the record that its header names: what no sync vouches for must prove itself.
    fn is_named(&mut self, header: &Header, body: &[u8]) -> bool {
        if header.status != Status::Present {
            return true;
        }
        self.plain.clear();
        self.decoder
            .decode_as(header.codec, body, &mut self.plain)
            .is_ok()
            && Hash::of(&self.plain) == header.digest
    }

    fn follows(&self, scanner: &mut Scanner<'_>, here: Place) -> Result<bool, StoreFault> {
        scanner.go((here.0, here.1 + 1))?;
        scanner.seek(|header| header.index > self.at.size)
    }

    /// Bytes behind the last kept frame.
    fn behind(&self) -> Result<u64, StoreFault> {
        let mut bytes = 0;
        for (number, file) in (0..).zip(self.segments) {
            let length = file
                .metadata()
                .map_err(super::fault("measure", &self.log.segment_path(number)))?
                .len();
            if number == self.end.0 {
                bytes += length.saturating_sub(self.end.1);
            } else if number > self.end.0 {
                bytes += length;
            }
        }
        Ok(bytes)
    }

    fn take(
        &mut self,
        header: &Header,
        spot: Spot,
        fits: bool,
        known: bool,
    ) -> Result<(), StoreFault> {
        if header.index < self.at.size {
            if !known && header.status == Status::Present {
                self.count_fill(header.index)?;
            }
            self.rows.fills.push((header.index, spot));
            self.at.fills += 1;
            self.heal(header.index);
        } else {
            if header.index > self.at.size {
                self.lose(header.index)?;
            }
            if !fits {
                self.name_damage(header.index..header.index + 1);
            }
            self.push(Some((header, spot)))?;
        }
        (self.at.segment, self.at.length) = self.end;
        if self.at.size.is_multiple_of(PACKAGE_ENTRIES) {
            self.boundary = self.at;
        }
        Ok(())
    }

    /// Counts a fill behind the frontier: only an absent entry's changes what is held.
    fn count_fill(&mut self, index: u64) -> Result<(), StoreFault> {
        self.write_rows()?;
        let spot = self.log.offsets.numbers(index, 1)?[0];
        let header = Spot::unpack(spot).and_then(|spot| self.log.header_at(spot));
        if header.is_some_and(|header| header.status == Status::Absent) {
            self.beyond.absent = self.beyond.absent.wrapping_sub(1);
            self.beyond.held = self.beyond.held.wrapping_add(1);
        }
        Ok(())
    }

    /// Counts entries before `until` as lost to the disk.
    fn lose(&mut self, until: u64) -> Result<(), StoreFault> {
        self.name_damage(self.at.size..until);
        while self.at.size < until {
            self.push(None)?;
        }
        Ok(())
    }

    /// Takes an entry that was fetched again out of what is damaged.
    fn heal(&mut self, index: u64) {
        let Some(at) = self.damaged.iter().position(|range| range.contains(&index)) else {
            return;
        };
        let range = self.damaged.remove(at);
        let parts = [range.start..index, index + 1..range.end];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        self.damaged.splice(at..at, parts);
    }

    fn name_damage(&mut self, range: Range<u64>) {
        match self.damaged.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.damaged.push(range),
        }
    }

    fn push(&mut self, found: Option<(&Header, Spot)>) -> Result<(), StoreFault> {
        let word = found.map_or(0, |(_, spot)| spot.pack());
        self.rows.offsets.extend(word.to_le_bytes());
        if let Some((header, _)) = found {
            self.edge.push(header.entry().leaf());
            if header.class == Class::Control {
                self.rows.control.extend(header.index.to_le_bytes());
                self.at.control += 1;
            }
            if self.agrees.is_some() {
                self.beyond.add(header);
            }
        } else {
            self.edge.push(Hash::from_bytes([0; Hash::LEN]));
            self.edge_whole = false;
        }
        self.at.size += 1;
        if self.at.size.is_multiple_of(PACKAGE_ENTRIES) {
            self.close_package()?;
        }
        self.meet_frontier();
        if self.rows.offsets.len() >= ROWS_KEPT * 8 {
            self.write_rows()?;
        }
        Ok(())
    }

    fn close_package(&mut self) -> Result<(), StoreFault> {
        let row = (self.at.size - self.base.size) / PACKAGE_ENTRIES - 1;
        let root = match self.edge_whole {
            true => self.edge.root(),
            false => usize::try_from(row)
                .ok()
                .and_then(|row| self.old_packages.get(row).copied())
                .unwrap_or(Hash::from_bytes([0; Hash::LEN])),
        };
        self.edge = Compact::new();
        self.edge_whole = true;
        self.packages.push_package(root)?;
        self.rows.packages.extend(root.as_bytes());
        Ok(())
    }

    /// At the frontier's size: compares, and goes on with the frontier's own tree, which damage cannot touch.
    fn meet_frontier(&mut self) {
        if self.at.size != self.slot.tail.size || self.agrees.is_some() {
            return;
        }
        let (packages, edge) = split(&self.slot.tree);
        let packages_agree = packages.root() == self.packages.root();
        let edge_agrees = !self.edge_whole || edge.root() == self.edge.root();
        self.agrees = Some(packages_agree && edge_agrees);
        self.packages = packages;
        self.edge = edge;
        self.edge_whole = true;
    }

    fn write_rows(&mut self) -> Result<(), StoreFault> {
        let rows = std::mem::take(&mut self.rows);
        self.log.offsets.push(&rows.offsets)?;
        self.log.packages.push(&rows.packages)?;
        self.log.control.push(&rows.control)?;
        for (index, spot) in rows.fills {
            self.log.offsets.set(index, &spot.pack().to_le_bytes())?;
            self.log.fills.push(&index.to_le_bytes())?;
        }
        Ok(())
    }

    /// What the walk led to.
    pub(super) fn finish(self) -> Result<Outcome, StoreFault> {
        let mut damaged = self.damaged;
        if self.agrees == Some(false) && damaged.is_empty() && self.slot.tail.size > 0 {
            // Every frame looks whole, yet they are not the ones the frontier was over.
            damaged.push(0..self.slot.tail.size);
        }
        let tail = (self.slot.tail.segment, self.slot.tail.length);
        Ok(Outcome {
            at: self.at,
            boundary: self.boundary,
            packages: self.packages,
            edge: self.edge,
            end: self.end,
            cut: self.cut,
            cut_bytes: self.cut_bytes,
            tail_lost: self.slot.tail.size > 0 && self.end < tail,
            damaged,
            beyond: self.beyond,
        })
    }
}

/// A tree as its complete packages, and the entries after them.
fn split(tree: &Compact) -> (Compact, Compact) {
    let edge_size = tree.size() % PACKAGE_ENTRIES;
    let (packages, edge) = tree
        .peaks()
        .split_at(tree.peaks().len() - edge_size.count_ones() as usize);
    let compact = |size: u64, peaks: &[Hash]| {
        let mut bytes = size.to_be_bytes().to_vec();
        bytes.extend(peaks.iter().flat_map(Hash::as_bytes));
        Compact::from_bytes(&bytes).expect("a peak for each bit of the size")
    };
    (
        compact(tree.size() - edge_size, packages),
        compact(edge_size, edge),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::log::joined;

    #[test]
    fn a_tree_is_split_at_its_last_package_and_joined_again() {
        let mut tree = Compact::new();
        for index in 0_u64..1_500 {
            let (packages, edge) = split(&tree);
            assert_eq!((packages.size() % 256, edge.size()), (0, index % 256));
            assert_eq!(joined(&packages, &edge), tree);
            tree.push(Hash::of(&index.to_be_bytes()));
        }
    }
}
