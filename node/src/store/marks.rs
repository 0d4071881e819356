//! Marks: what was decided about an entry after its frame had been written.
//!
//! A mark is a redo record: the new header, where it goes, and whether the body behind it goes to zero. It is
//! synced first, then carried out in the segment, so a crash between the two writes is finished at the next start.

use std::path::Path;

use erikti_protocol::hash::Hash;

use super::frame::{HEADER_BYTES, Header, Holds, Spot, TAG_BYTES, u32_at, u64_at};
use super::side::Side;
use super::{Counts, Status, StoreFault};

/// Shape    crc32c of the rest 4 ‖ zero 4 ‖ spot 8 ‖ header before 64 ‖ header after 64
const ROW_BYTES: usize = 16 + 2 * HEADER_BYTES;

/// One decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) spot: Spot,
    pub(super) before: Header,
    pub(super) after: Header,
}

impl Mark {
    /// Whether the record is to be destroyed.
    pub(super) fn erases(&self) -> bool {
        matches!(self.after.status, Status::Erased { .. })
    }

    /// What is to be written at the spot.
    pub(super) fn bytes(&self, tag: [u8; TAG_BYTES]) -> Vec<u8> {
        let mut bytes = self.after.format(tag).to_vec();
        if self.erases() {
            bytes.resize(self.after.frame_bytes(), 0);
        }
        bytes
    }

    /// Moves the entry from one count to the other.
    pub(super) fn count(&self, counts: &mut Counts) {
        counts.remove(&self.before);
        counts.add(&self.after);
    }
}

/// The file of marks.
#[derive(Debug)]
pub(super) struct MarkFile {
    side: Side,
    tag: [u8; TAG_BYTES],
}

impl MarkFile {
    /// Opens the file and cuts a row that a crash left torn at its end.
    pub(super) fn open(
        folder: &Path,
        origin: &Hash,
        tag: [u8; TAG_BYTES],
    ) -> Result<Self, StoreFault> {
        let side = Side::open(
            &folder.join("marks"),
            Holds::Marks,
            ROW_BYTES as u64,
            origin,
        )?;
        let marks = Self { side, tag };
        marks.side.cut(marks.side.rows())?;
        Ok(marks)
    }

    /// Marks there are.
    pub(super) fn len(&self) -> u64 {
        self.side.rows()
    }

    /// Reads marks from the `skip`-th on; unreadable rows are left out.
    pub(super) fn read(&self, skip: u64) -> Result<Vec<Mark>, StoreFault> {
        let count = self.len().saturating_sub(skip);
        let bytes = self.side.read(skip.min(self.len()), count)?;
        Ok(bytes
            .chunks_exact(ROW_BYTES)
            .filter_map(|row| self.parse(row))
            .collect())
    }

    /// Writes a mark; it counts once the file is synced.
    pub(super) fn push(&self, mark: &Mark) -> Result<(), StoreFault> {
        let mut row = vec![0; 8];
        row.extend(mark.spot.pack().to_le_bytes());
        row.extend(mark.before.format(self.tag));
        row.extend(mark.after.format(self.tag));
        let crc = crc32c::crc32c(&row[4..]);
        row[..4].copy_from_slice(&crc.to_le_bytes());
        self.side.push(&row)
    }

    /// The file, to be synced.
    pub(super) fn side(&self) -> &Side {
        &self.side
    }

    fn parse(&self, row: &[u8]) -> Option<Mark> {
        if crc32c::crc32c(&row[4..]) != u32_at(row, 0) {
            return None;
        }
        Some(Mark {
            spot: Spot::unpack(u64_at(row, 8))?,
            before: Header::parse(self.tag, &row[16..])?,
            after: Header::parse(self.tag, &row[16 + HEADER_BYTES..])?,
        })
    }
}
