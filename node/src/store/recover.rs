//! Opening one log: what the frontier vouches for is kept, a torn tail is cut, damage is named.
//!
//! Side files are trusted as far as they were synced and made again from there; when they do not lead to the
//! frontier's root, they are made again from the first frame.

use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::log::PACKAGE_ENTRIES;

use super::frame::{HEAD_BYTES, Holds, TAG_BYTES, head};
use super::frontier::{FrontierFile, Position, Slot};
use super::group::Group;
use super::guard::{Guard, Step};
use super::log::{Log, Settling, Written, hold, make_segment, segment_path};
use super::marks::MarkFile;
use super::side::Side;
use super::walk::Walk;
use super::{Counts, Frontier, StoreFault, fault};
use crate::files::sync_folder;

/// What opening a log found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogReport {
    /// The log.
    pub origin: Origin,
    /// Durable entries now.
    pub size: u64,
    /// Whole entries found behind the frontier: written, perhaps never acknowledged, kept.
    pub kept: u64,
    /// Bytes of torn frames cut off behind the frontier.
    pub cut_bytes: u64,
    /// Side files were made again from the first frame.
    pub rebuilt: bool,
    /// Entries that the disk lost or changed: never served, to be fetched again.
    pub damaged: Vec<Range<u64>>,
    /// Erasures that a crash had interrupted, finished now.
    pub redone: Vec<u64>,
    /// The size a checkpoint promises, when it is more than there is: the log must not go on before the rest is found.
    pub promised: Option<u64>,
}

impl LogReport {
    /// Whether nothing happened that an operator should hear of.
    pub fn is_quiet(&self) -> bool {
        self.damaged.is_empty()
            && self.redone.is_empty()
            && !self.rebuilt
            && self.promised.is_none()
    }
}

impl Log {
    /// Opens the log in `folder`, which exists.
    ///
    /// Errors   [`StoreFault::Unreadable`] when frontier and frames are both damaged
    pub(super) fn open(
        origin: &Origin,
        folder: &Path,
        guard: Guard,
        segment_bytes_max: u64,
    ) -> Result<(Self, LogReport), StoreFault> {
        let hash = origin.hash();
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&hash.as_bytes()[..TAG_BYTES]);
        let side = |name, holds, width| Side::open(&folder.join(name), holds, width, &hash);
        let (file, torn) = FrontierFile::open(&folder.join("frontier"), &hash)?;
        let log = Self {
            origin: origin.clone(),
            hash,
            tag,
            folder: folder.to_owned(),
            guard,
            segment_bytes_max,
            segments: RwLock::new(open_segments(folder, &hash)?),
            offsets: side("offsets", Holds::Offsets, 8)?,
            packages: side("packages", Holds::Packages, Hash::LEN as u64)?,
            control: side("control", Holds::Control, 8)?,
            fills: side("fills", Holds::Fills, 8)?,
            marks: Mutex::new(MarkFile::open(folder, &hash, tag)?),
            written: Mutex::default(),
            settling: Mutex::new(Settling::new(file)),
            durable: RwLock::default(),
            read_back: Mutex::default(),
            notes: Mutex::new(()),
            group: Group::default(),
        };
        let report = log.recover(torn)?;
        Ok((log, report))
    }

    fn recover(&self, torn: bool) -> Result<LogReport, StoreFault> {
        let slot = hold(&self.settling).file.slot.clone();
        let segments = self
            .segments
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let fresh = slot.tail == Position::default();
        let (redone, moved) = self.redo(&slot, &segments)?;
        let mut walk = Walk::new(self, &segments, &slot, !self.sides_reach(&slot.base))?;
        walk.run()?;
        if !walk.agrees() && !walk.starts_at_zero() {
            walk = Walk::new(self, &segments, &slot, true)?;
            walk.run()?;
        }
        let rebuilt = walk.starts_at_zero() && (torn || slot.base.size > 0);
        let found = walk.finish()?;
        let length = self.cut(&segments, found.end, found.cut)?;
        // A crash right after the first frames leaves neither frontier nor damage.
        if fresh && !found.damaged.is_empty() {
            return Err(StoreFault::Unreadable {
                origin: self.origin.clone(),
            });
        }
        let mut at = found.at;
        (at.segment, at.length) = (found.end.0, length);
        let mut written = hold(&self.written);
        *written = Written::new(at, found.boundary, found.packages, found.edge);
        if found.tail_lost {
            // Never write over what other means may still read: go on in a segment of its own.
            let last = segments.len().saturating_sub(1);
            written.at.segment = u32::try_from(last).unwrap_or(u32::MAX);
            written.at.length = HEAD_BYTES as u64;
            let metadata = segments[last].metadata();
            if metadata.map_err(fault("measure", &self.folder))?.len() > HEAD_BYTES as u64 {
                self.next_segment(&mut written)?;
            }
            written.boundary = match written.at.size.is_multiple_of(PACKAGE_ENTRIES) {
                true => written.at,
                false => slot.base,
            };
        }
        drop(written);
        self.publish_opened(&slot, found.beyond, moved, fresh)?;
        Ok(LogReport {
            origin: self.origin.clone(),
            size: at.size,
            kept: at.size - slot.tail.size,
            cut_bytes: found.cut_bytes,
            rebuilt,
            damaged: found.damaged,
            redone,
            promised: self.promised(at.size)?,
        })
    }

    /// Whether side files have as many rows as were synced.
    fn sides_reach(&self, base: &Position) -> bool {
        self.offsets.rows() >= base.size
            && self.packages.rows() >= base.size / PACKAGE_ENTRIES
            && self.control.rows() >= base.control
            && self.fills.rows() >= base.fills
    }

    /// Carries out the marks that the frontier does not know as done: says which entries they erase, and how they
    /// move the counts.
    fn redo(&self, slot: &Slot, segments: &[Arc<File>]) -> Result<(Vec<u64>, Counts), StoreFault> {
        let marks = hold(&self.marks).read(slot.marks)?;
        let mut redone = Vec::new();
        let mut moved = Counts::default();
        for mark in &marks {
            mark.count(&mut moved);
            let Some(file) = segments.get(mark.spot.segment as usize) else {
                continue;
            };
            let path = self.segment_path(mark.spot.segment);
            file.write_all_at(&mark.bytes(self.tag), mark.spot.offset.into())
                .map_err(fault("write", &path))?;
            self.guard.sync(Step::Overwritten, (file, &path))?;
            if mark.erases() {
                redone.push(mark.after.index);
            }
        }
        Ok((redone, moved))
    }

    /// Removes what lies behind the last frame that is kept; returns the last segment's length.
    fn cut(&self, segments: &[Arc<File>], end: (u32, u64), cut: bool) -> Result<u64, StoreFault> {
        let length = end.1.max(HEAD_BYTES as u64);
        if segments.is_empty() {
            let path = self.segment_path(0);
            let file = Arc::new(make_segment(&path, 0, &self.hash)?);
            self.segments
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .push(file);
            return Ok(length);
        }
        let path = self.segment_path(end.0);
        if cut {
            segments[end.0 as usize]
                .set_len(end.1)
                .map_err(fault("cut", &path))?;
            for number in (end.0 + 1..).take(segments.len() - end.0 as usize - 1) {
                let path = self.segment_path(number);
                std::fs::remove_file(&path).map_err(fault("remove", &path))?;
            }
            self.segments
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .truncate(end.0 as usize + 1);
        }
        if length == HEAD_BYTES as u64 {
            // The head of a segment that a crash caught at its making may be torn.
            segments[end.0 as usize]
                .write_all_at(&head(Holds::Frames, end.0, &self.hash), 0)
                .map_err(fault("write", &path))?;
        }
        Ok(length)
    }

    /// Makes durable what was found and lets readers see it.
    fn publish_opened(
        &self,
        slot: &Slot,
        beyond: Counts,
        moved: Counts,
        fresh: bool,
    ) -> Result<(), StoreFault> {
        let segments = self
            .segments
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for (number, file) in (0..).zip(&segments).skip(slot.tail.segment as usize) {
            self.guard
                .sync(Step::Frames, (file, &self.segment_path(number)))?;
        }
        sync_folder(&self.folder)?;
        let mut settling = hold(&self.settling);
        let mut written = hold(&self.written);
        let mut counts = slot.counts;
        counts.merge(&beyond);
        if !fresh {
            counts.merge(&moved);
        }
        written.counts = counts;
        settling.marks = hold(&self.marks).len();
        let next = Slot {
            tail: written.at,
            base: slot.base,
            tree: written.tree(),
            audited: slot.audited.min(written.at.size),
            marks: settling.marks,
            counts,
        };
        let frontier = Frontier {
            size: next.tail.size,
            tree: next.tree.clone(),
            audited: next.audited,
            fills: next.tail.fills,
            marks: next.marks,
            counts,
        };
        *hold(&self.read_back) = next.tree.clone();
        *self.durable.write().unwrap_or_else(PoisonError::into_inner) = frontier;
        settling.boundary = written.boundary;
        drop(written);
        if next != settling.file.slot {
            settling.next = Some(next);
        }
        drop(settling);
        self.settle(true)
    }
}

/// Opens all segments in the order of their numbers; a missing one in between is made anew, empty.
fn open_segments(folder: &Path, origin: &Hash) -> Result<Vec<Arc<File>>, StoreFault> {
    let mut last = None;
    for entry in std::fs::read_dir(folder).map_err(fault("list", folder))? {
        let name = entry.map_err(fault("list", folder))?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_suffix(".seg"))
            .and_then(|number| number.parse::<u32>().ok());
        last = last.max(number);
    }
    let Some(last) = last else {
        return Ok(Vec::new());
    };
    (0..=last)
        .map(|number| {
            let path = segment_path(folder, number);
            let file = match OpenOptions::new().read(true).write(true).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    make_segment(&path, number, origin)?
                }
                Err(error) => return Err(fault("open", &path)(error)),
            };
            Ok(Arc::new(file))
        })
        .collect()
}
