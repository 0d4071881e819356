//! Reading one log: entries, tree nodes, and reading back before a checkpoint is signed.
//!
//! Every frame is checked against its own checksums on the way; what does not fit is reported as damaged.

use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::PoisonError;

use erikti_protocol::hash::Hash;
use erikti_protocol::log::{Class, PACKAGE_ENTRIES, tree};

use super::frame::{HEADER_BYTES, Header, Spot};
use super::log::{Log, hold};
use super::{Frame, Frames, Status, StoreFault, fault};

/// Bytes between two wanted frames that are read along rather than skipped.
const GAP_BYTES_MAX: u32 = 4096;
/// Hashes in a tile: 2^8, as C2SP tlog-tiles has it.
const TILE_WIDTH: u64 = 256;

impl Log {
    /// Reads durable entries.
    pub(super) fn entries(&self, range: Range<u64>) -> Result<Frames, StoreFault> {
        let frames = self.entries_once(range.clone())?;
        if frames
            .entries
            .iter()
            .all(|(frame, _)| frame.status != Status::Damaged)
        {
            return Ok(frames);
        }
        // A mark may have been written while it was read: with marks at rest the answer is final.
        let _still = hold(&self.marks);
        self.entries_once(range)
    }

    fn entries_once(&self, range: Range<u64>) -> Result<Frames, StoreFault> {
        let spots = self.spots(&range)?;
        let mut frames = Frames {
            first: range.start,
            bytes: Vec::new(),
            entries: Vec::with_capacity(spots.len()),
        };
        for run in runs(&spots) {
            let at = frames.bytes.len();
            let start = self.read_run(&spots[run.clone()], &mut frames.bytes)?;
            for (spot, index) in spots[run.clone()]
                .iter()
                .zip(range.start + run.start as u64..)
            {
                let entry = spot.and_then(|spot| {
                    let begin = at + (spot.offset - start) as usize;
                    let bytes = frames.bytes.get(begin..begin + spot.length as usize)?;
                    let header =
                        Header::parse(self.tag, bytes).filter(|header| header.index == index)?;
                    Some(frame_of(&header, bytes, begin))
                });
                frames.entries.push(entry.unwrap_or((lost(), 0..0)));
            }
        }
        Ok(frames)
    }

    /// Reads the headers of durable entries; `None` where one is damaged.
    pub(super) fn headers(
        &self,
        range: Range<u64>,
    ) -> Result<Vec<Option<(Spot, Header)>>, StoreFault> {
        let spots = self.spots(&range)?;
        let mut bytes = Vec::new();
        let mut headers = Vec::with_capacity(spots.len());
        for run in runs(&spots) {
            bytes.clear();
            let start = self.read_run(&spots[run.clone()], &mut bytes)?;
            for (spot, index) in spots[run.clone()]
                .iter()
                .zip(range.start + run.start as u64..)
            {
                headers.push(spot.and_then(|spot| {
                    let begin = (spot.offset - start) as usize;
                    Header::parse(self.tag, bytes.get(begin..)?)
                        .filter(|header| header.index == index)
                        .map(|header| (spot, header))
                }));
            }
        }
        Ok(headers)
    }

    /// Reads one header, or `None` where it is damaged.
    pub(super) fn header_at(&self, spot: Spot) -> Option<Header> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        let file = segments.get(spot.segment as usize).cloned()?;
        drop(segments);
        let mut bytes = [0; HEADER_BYTES];
        file.read_exact_at(&mut bytes, spot.offset.into()).ok()?;
        Header::parse(self.tag, &bytes)
    }

    pub(super) fn spots(&self, range: &Range<u64>) -> Result<Vec<Option<Spot>>, StoreFault> {
        let size = self.size();
        let count = range.end.saturating_sub(range.start);
        if range.start > range.end || range.end > size || count > PACKAGE_ENTRIES {
            return Err(StoreFault::OutOfRange {
                range: range.clone(),
                size,
            });
        }
        let words = self.offsets.numbers(range.start, count)?;
        Ok(words.into_iter().map(Spot::unpack).collect())
    }

    /// Reads the stretch that holds all frames of a run, and says where it begins. What lies beyond the file's end
    /// is left out: its frames are damaged.
    fn read_run(&self, run: &[Option<Spot>], bytes: &mut Vec<u8>) -> Result<u32, StoreFault> {
        let (Some(Some(first)), Some(Some(last))) = (run.first(), run.last()) else {
            return Ok(0);
        };
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = segments.get(first.segment as usize).cloned() else {
            return Ok(first.offset);
        };
        drop(segments);
        let at = bytes.len();
        bytes.resize(at + (last.offset - first.offset + last.length) as usize, 0);
        let mut done = 0;
        while at + done < bytes.len() {
            match file.read_at(
                &mut bytes[at + done..],
                u64::from(first.offset) + done as u64,
            ) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                // The drive's own word for damage.
                Err(error) if error.raw_os_error() == Some(EIO) => break,
                Err(error) => return Err(fault("read", &self.segment_path(first.segment))(error)),
            }
        }
        bytes.truncate(at + done);
        Ok(first.offset)
    }

    /// A node of the tree over durable entries.
    pub(super) fn hash_at(&self, level: u8, index: u64) -> Result<Hash, StoreFault> {
        let size = self.size();
        let missing = || StoreFault::NoNode { level, index, size };
        let end = index
            .checked_add(1)
            .filter(|end| level < 64 && *end <= u64::MAX >> level)
            .map(|end| end << level)
            .ok_or_else(missing)?;
        if end > size {
            return Err(missing());
        }
        tree::hash_from(
            level,
            index,
            |range| self.leaves(range),
            |range| self.packages.hashes(range.start, range.end - range.start),
        )
    }

    /// The hashes of a tile.
    pub(super) fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<Hash>, StoreFault> {
        let size = self.size();
        let missing = || StoreFault::NoNode { level, index, size };
        let start = index.checked_mul(TILE_WIDTH).ok_or_else(missing)?;
        let end = start
            .checked_add(width.into())
            .filter(|_| width > 0 && u64::from(width) <= TILE_WIDTH)
            .ok_or_else(missing)?;
        let unit = u32::from(level) * 8;
        if unit >= 64 || end > size >> unit {
            return Err(missing());
        }
        match level {
            0 => self.leaves(start..end),
            1 => self.packages.hashes(start, width.into()),
            _ => (start..end)
                .map(|index| self.hash_at(level * 8, index))
                .collect(),
        }
    }

    /// The leaves of durable entries.
    pub(super) fn leaves(&self, range: Range<u64>) -> Result<Vec<Hash>, StoreFault> {
        let mut headers = self.headers(range.clone())?;
        if headers.iter().any(Option::is_none) {
            let _still = hold(&self.marks);
            headers = self.headers(range.clone())?;
        }
        range
            .zip(headers)
            .map(|(index, header)| {
                let (_, header) = header.ok_or_else(|| self.damaged(index))?;
                Ok(header.entry().leaf())
            })
            .collect()
    }

    pub(super) fn damaged(&self, index: u64) -> StoreFault {
        StoreFault::Damaged {
            origin: self.origin.clone(),
            index,
        }
    }

    /// Reads durable entries that were not read back yet, and says size and root of what was found.
    pub(super) fn read_back(&self) -> Result<(u64, Hash), StoreFault> {
        let durable = self.durable();
        let mut tree = hold(&self.read_back);
        while tree.size() < durable.size {
            let end = (tree.size() + PACKAGE_ENTRIES).min(durable.size);
            let mut next = tree.clone();
            for (index, frame) in self.entries(tree.size()..end)?.iter() {
                if frame.status == Status::Damaged {
                    return Err(self.damaged(index));
                }
                next.push(frame.entry().leaf());
            }
            *tree = next;
        }
        // Another thread may have read further than this one's frontier.
        if tree.size() == durable.size && tree.root() != durable.tree.root() {
            return Err(self.damaged(durable.size.saturating_sub(1)));
        }
        Ok((tree.size(), tree.root()))
    }
}

/// The system's error for a sector that cannot be read.
const EIO: i32 = 5;

/// Stretches of frames that are read at once: in one segment, in order, with small gaps.
fn runs(spots: &[Option<Spot>]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, spot) in spots.iter().enumerate() {
        let joins = at > 0
            && match (spots[at - 1], spot) {
                (Some(before), Some(spot)) => {
                    let end = before.offset + before.length;
                    spot.segment == before.segment
                        && (end..=end + GAP_BYTES_MAX).contains(&spot.offset)
                }
                _ => false,
            };
        match runs.last_mut() {
            Some(run) if joins => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

fn frame_of(header: &Header, bytes: &[u8], begin: usize) -> (Frame<'static>, Range<usize>) {
    let mut frame = Frame {
        class: header.class,
        digest: header.digest,
        status: header.status,
        readers: header.readers,
        codec: header.codec,
        plain_len: header.plain_len,
        stored: &[],
    };
    if matches!(header.status, Status::Erased { .. }) {
        return (frame, 0..0);
    }
    match bytes.get(HEADER_BYTES..header.frame_bytes()) {
        Some(body) if header.fits(body) => {
            (frame, begin + HEADER_BYTES..begin + header.frame_bytes())
        }
        _ => {
            frame.status = Status::Damaged;
            (frame, 0..0)
        }
    }
}

/// What stands for an entry whose header the disk lost.
fn lost() -> Frame<'static> {
    Frame::without_record(
        Class::Record,
        Hash::from_bytes([0; Hash::LEN]),
        Status::Damaged,
    )
}
