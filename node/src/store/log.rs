//! One log's folder: appending, syncing, the frontier.
//!
//! One thread appends at a time, one syncs at a time, and the two do not wait for each other's disk; readers wait
//! for neither. Reading is in `read.rs`, opening in `recover.rs`.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::log::{Class, Compact, PACKAGE_ENTRIES};

use super::frame::{HEAD_BYTES, HEADER_BYTES, Header, Holds, Spot, TAG_BYTES, head};
use super::frontier::{FrontierFile, Position, Slot};
use super::group::Group;
use super::guard::{Guard, Step};
use super::marks::MarkFile;
use super::side::Side;
use super::{Counts, Frame, Frontier, STORED_BYTES_MAX, Status, StoreFault, fault};

/// A segment is closed before it would grow past this: small enough to copy, large enough that a million records
/// are seven files.
pub const SEGMENT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Side files are synced when this much journal would have to be scanned at the next start: 10 ms of reading.
const SCAN_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// A write buffer that grew beyond this is given back.
const BUFFER_BYTES_KEPT: usize = 1024 * 1024;

/// One log.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) origin: Origin,
    pub(super) hash: Hash,
    pub(super) tag: [u8; TAG_BYTES],
    pub(super) folder: PathBuf,
    pub(super) guard: Guard,
    pub(super) segment_bytes_max: u64,
    pub(super) segments: RwLock<Vec<Arc<File>>>,
    pub(super) offsets: Side,
    pub(super) packages: Side,
    pub(super) control: Side,
    pub(super) fills: Side,
    pub(super) marks: Mutex<MarkFile>,
    pub(super) written: Mutex<Written>,
    pub(super) settling: Mutex<Settling>,
    pub(super) durable: RwLock<Frontier>,
    pub(super) read_back: Mutex<Compact>,
    pub(super) notes: Mutex<()>,
    pub(super) group: Group,
}

/// How far frames are written, synced or not.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) at: Position,
    /// The last place where a package was complete: where a scan may begin.
    pub(super) boundary: Position,
    /// Over the complete packages.
    pub(super) packages: Compact,
    /// Over the entries after them.
    pub(super) edge: Compact,
    pub(super) counts: Counts,
    pub(super) pending: Pending,
    /// Fills that readers do not see yet.
    pub(super) filling: BTreeSet<u64>,
    /// The first segment with unsynced frames.
    pub(super) dirty: Option<u32>,
    /// Segments were made since the folder was synced.
    pub(super) made: bool,
    buffer: Vec<u8>,
}

/// Rows of side files that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) offsets: Vec<u64>,
    pub(super) packages: Vec<Hash>,
    pub(super) control: Vec<u64>,
    pub(super) fills: Vec<(u64, u64)>,
}

/// The frontier's file, and what it shall say next.
#[derive(Debug)]
pub(super) struct Settling {
    pub(super) file: FrontierFile,
    pub(super) next: Option<Slot>,
    pub(super) boundary: Position,
    pub(super) audited: u64,
    pub(super) marks: u64,
}

/// A lock whose holder panicked is still the only door to the state; each state is whole between calls.
pub(super) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Log {
    /// Writes frames after the last one.
    pub(super) fn append(&self, frames: &[Frame<'_>]) -> Result<Range<u64>, StoreFault> {
        self.guard.check()?;
        let mut written = hold(&self.written);
        let first = written.at.size;
        let undo = written.undo();
        match self.append_to(&mut written, frames) {
            Ok(()) => Ok(first..written.at.size),
            Err(error) => {
                written.restore(undo);
                self.cut_tail(&written);
                Err(error)
            }
        }
    }

    /// Takes back what a failed append left behind the tail, so that no start mistakes it for entries.
    fn cut_tail(&self, written: &Written) {
        // When even this fails, the next append writes over it.
        let _ = self.segment(written.at.segment).set_len(written.at.length);
    }

    fn append_to(&self, written: &mut Written, frames: &[Frame<'_>]) -> Result<(), StoreFault> {
        for frame in frames {
            let index = written.at.size;
            let spot = self.put(written, index, frame)?;
            written.pending.offsets.push(spot.pack());
            if frame.class == Class::Control {
                written.pending.control.push(index);
                written.at.control += 1;
            }
            written.counts.add_frame(frame);
            written.edge.push(frame.entry().leaf());
            written.at.size += 1;
            if written.at.size.is_multiple_of(PACKAGE_ENTRIES) {
                let root = written.edge.root();
                written.edge = Compact::new();
                written
                    .packages
                    .push_package(root)
                    .expect("only whole packages went in before");
                written.pending.packages.push(root);
                written.boundary = written.at;
            }
        }
        self.flush(written)
    }

    /// Puts a frame into the buffer, in a new segment when it does not fit into this one.
    fn put(
        &self,
        written: &mut Written,
        index: u64,
        frame: &Frame<'_>,
    ) -> Result<Spot, StoreFault> {
        if frame.stored.len() > STORED_BYTES_MAX {
            return Err(StoreFault::TooLarge {
                found: frame.stored.len(),
                allowed: STORED_BYTES_MAX,
            });
        }
        let length = (HEADER_BYTES + frame.stored.len()) as u64;
        if written.at.length + length > self.segment_bytes_max
            && written.at.length > HEAD_BYTES as u64
        {
            self.flush(written)?;
            self.next_segment(written)?;
        }
        let header = Header::of(index, frame);
        written.buffer.extend(header.format(self.tag));
        written.buffer.extend(frame.stored);
        let spot = Spot {
            segment: written.at.segment,
            offset: u32::try_from(written.at.length).expect("a segment is shorter than 4 GiB"),
            length: u32::try_from(length).expect("a frame is shorter than 128 KiB"),
        };
        written.at.length += length;
        Ok(spot)
    }

    /// Hands the buffer to the system.
    fn flush(&self, written: &mut Written) -> Result<(), StoreFault> {
        let Written { buffer, at, .. } = &mut *written;
        if buffer.is_empty() {
            return Ok(());
        }
        let offset = at.length - buffer.len() as u64;
        let segment = at.segment;
        self.segment(segment)
            .write_all_at(buffer, offset)
            .map_err(fault("append to", &self.segment_path(segment)))?;
        buffer.clear();
        if buffer.capacity() > BUFFER_BYTES_KEPT {
            buffer.shrink_to(BUFFER_BYTES_KEPT);
        }
        written.dirty = Some(written.dirty.map_or(segment, |dirty| dirty.min(segment)));
        Ok(())
    }

    pub(super) fn next_segment(&self, written: &mut Written) -> Result<(), StoreFault> {
        let number = written.at.segment + 1;
        if number >= Spot::SEGMENTS_MAX {
            return Err(StoreFault::Full {
                allowed: Spot::SEGMENTS_MAX,
            });
        }
        let file = Arc::new(make_segment(
            &self.segment_path(number),
            number,
            &self.hash,
        )?);
        let mut segments = self
            .segments
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // An append that failed half-way may have left one of this number behind.
        segments.truncate(number as usize);
        segments.push(file);
        written.at.segment = number;
        written.at.length = HEAD_BYTES as u64;
        written.made = true;
        Ok(())
    }

    pub(super) fn segment(&self, number: u32) -> Arc<File> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&segments[number as usize])
    }

    pub(super) fn segment_path(&self, number: u32) -> PathBuf {
        segment_path(&self.folder, number)
    }

    /// Makes everything written durable and readable. The frontier's file moves with [`Log::settle`].
    pub(super) fn commit(&self) -> Result<Frontier, StoreFault> {
        let mut settling = hold(&self.settling);
        self.commit_held(&mut settling)
    }

    fn commit_held(&self, settling: &mut Settling) -> Result<Frontier, StoreFault> {
        self.guard.check()?;
        let taken = hold(&self.written).take();
        let Some(taken) = taken else {
            return Ok(self.durable());
        };
        if taken.made {
            self.guard.check()?;
            self.guard
                .judge(File::open(&self.folder).and_then(|folder| folder.sync_all()))?;
        }
        for number in taken.dirty..=taken.at.segment {
            let file = self.segment(number);
            self.guard
                .sync(Step::Frames, (&file, &self.segment_path(number)))?;
        }
        let outcome = self.publish(settling, taken);
        if outcome.is_err() {
            // Side rows that did not reach their file are lost to this process; only a new start finds them again.
            let _ = self.guard.judge(Err(std::io::Error::other(
                "side files could not be written",
            )));
        }
        outcome
    }

    /// Writes the side rows of synced frames and lets readers see them.
    fn publish(&self, settling: &mut Settling, taken: Taken) -> Result<Frontier, StoreFault> {
        let pending = &taken.pending;
        self.offsets
            .push(&numbers(pending.offsets.iter().copied()))?;
        self.control
            .push(&numbers(pending.control.iter().copied()))?;
        let packages: Vec<u8> = pending
            .packages
            .iter()
            .flat_map(|hash| *hash.as_bytes())
            .collect();
        self.packages.push(&packages)?;
        for &(index, spot) in &pending.fills {
            self.offsets.set(index, &spot.to_le_bytes())?;
        }
        self.fills
            .push(&numbers(pending.fills.iter().map(|&(index, _)| index)))?;
        if !pending.fills.is_empty() {
            let mut written = hold(&self.written);
            for (index, _) in &pending.fills {
                written.filling.remove(index);
            }
        }
        let frontier = Frontier {
            size: taken.at.size,
            tree: taken.tree.clone(),
            audited: settling.audited,
            fills: taken.at.fills,
            marks: settling.marks,
            counts: taken.counts,
        };
        *self.durable.write().unwrap_or_else(PoisonError::into_inner) = frontier.clone();
        settling.boundary = taken.boundary;
        settling.next = Some(Slot {
            tail: taken.at,
            base: settling.file.slot.base,
            tree: taken.tree,
            audited: settling.audited,
            marks: settling.marks,
            counts: taken.counts,
        });
        Ok(frontier)
    }

    /// Moves the frontier's file to what is durable; syncs side files when a start would have much to scan.
    pub(super) fn settle(&self, whole: bool) -> Result<(), StoreFault> {
        self.settle_held(&mut hold(&self.settling), whole)
    }

    fn settle_held(&self, settling: &mut Settling, whole: bool) -> Result<(), StoreFault> {
        let mut slot = match settling.next.take() {
            Some(slot) => slot,
            None if whole && settling.file.slot.base != settling.boundary => {
                settling.file.slot.clone()
            }
            None => return Ok(()),
        };
        if whole || distance(&slot.base, &settling.boundary) >= SCAN_BYTES_MAX {
            for side in [&self.offsets, &self.packages, &self.control, &self.fills] {
                self.guard.sync(Step::Sides, side.file())?;
            }
            slot.base = settling.boundary;
        }
        settling.file.write(slot, &self.hash)?;
        self.guard.sync(Step::Frontier, settling.file.file())
    }

    /// Commits and settles.
    pub(super) fn sync(&self) -> Result<Frontier, StoreFault> {
        let mut settling = hold(&self.settling);
        let frontier = self.commit_held(&mut settling)?;
        self.settle_held(&mut settling, false)?;
        Ok(frontier)
    }

    /// How far the log is durable.
    pub(super) fn durable(&self) -> Frontier {
        self.durable
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Durable entries.
    pub(super) fn size(&self) -> u64 {
        self.durable
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .size
    }

    /// Changes what the frontier says beside its size, to be written when it moves next.
    pub(super) fn amend(&self, change: impl Fn(&mut Slot)) {
        let mut settling = hold(&self.settling);
        let mut slot = settling
            .next
            .take()
            .unwrap_or_else(|| settling.file.slot.clone());
        change(&mut slot);
        settling.audited = slot.audited;
        settling.marks = slot.marks;
        let mut durable = self.durable.write().unwrap_or_else(PoisonError::into_inner);
        durable.audited = slot.audited;
        durable.counts = slot.counts;
        durable.marks = slot.marks;
        settling.next = Some(slot);
    }

    /// Keeps the record of an entry whose frame has none. The caller has compared the digests.
    pub(super) fn append_fill(
        &self,
        index: u64,
        frame: &Frame<'_>,
        was: Status,
    ) -> Result<(), StoreFault> {
        self.guard.check()?;
        let mut written = hold(&self.written);
        if !written.filling.insert(index) {
            return Err(StoreFault::NotWanted { index });
        }
        let undo = written.undo();
        let outcome = self.put(&mut written, index, frame).and_then(|spot| {
            written.pending.fills.push((index, spot.pack()));
            written.at.fills += 1;
            if was == Status::Absent {
                written.counts.absent -= 1;
                written.counts.add_frame(frame);
            }
            self.flush(&mut written)
        });
        if outcome.is_err() {
            written.restore(undo);
            self.cut_tail(&written);
            written.filling.remove(&index);
        }
        outcome
    }
}

/// What a commit makes durable.
struct Taken {
    at: Position,
    boundary: Position,
    tree: Compact,
    counts: Counts,
    pending: Pending,
    dirty: u32,
    made: bool,
}

/// What a failed append goes back to.
struct Undo {
    at: Position,
    boundary: Position,
    trees: [Compact; 2],
    counts: Counts,
    rows: [usize; 4],
}

impl Settling {
    pub(super) fn new(file: FrontierFile) -> Self {
        Self {
            boundary: file.slot.base,
            audited: file.slot.audited,
            marks: file.slot.marks,
            file,
            next: None,
        }
    }
}

impl Written {
    pub(super) fn new(at: Position, boundary: Position, packages: Compact, edge: Compact) -> Self {
        Self {
            at,
            boundary,
            packages,
            edge,
            ..Self::default()
        }
    }

    /// The tree over everything written.
    pub(super) fn tree(&self) -> Compact {
        joined(&self.packages, &self.edge)
    }

    fn take(&mut self) -> Option<Taken> {
        let dirty = self.dirty.take()?;
        Some(Taken {
            at: self.at,
            boundary: self.boundary,
            tree: self.tree(),
            counts: self.counts,
            pending: std::mem::take(&mut self.pending),
            dirty,
            made: std::mem::take(&mut self.made),
        })
    }

    fn undo(&self) -> Undo {
        let Pending {
            offsets,
            packages,
            control,
            fills,
        } = &self.pending;
        Undo {
            at: self.at,
            boundary: self.boundary,
            trees: [self.packages.clone(), self.edge.clone()],
            counts: self.counts,
            rows: [offsets.len(), packages.len(), control.len(), fills.len()],
        }
    }

    fn restore(&mut self, undo: Undo) {
        self.at = undo.at;
        self.boundary = undo.boundary;
        [self.packages, self.edge] = undo.trees;
        self.counts = undo.counts;
        let [offsets, packages, control, fills] = undo.rows;
        self.pending.offsets.truncate(offsets);
        self.pending.packages.truncate(packages);
        self.pending.control.truncate(control);
        self.pending.fills.truncate(fills);
        self.buffer.clear();
    }
}

impl Counts {
    /// Counts an entry in.
    pub(super) fn add(&mut self, header: &Header) {
        self.add_status(header.status, header.stored_len > 0, 1);
    }

    /// Counts an entry out.
    pub(super) fn remove(&mut self, header: &Header) {
        self.add_status(header.status, header.stored_len > 0, u64::MAX);
    }

    /// Adds differences, which may have wrapped below zero.
    pub(super) fn merge(&mut self, other: &Self) {
        self.held = self.held.wrapping_add(other.held);
        self.absent = self.absent.wrapping_add(other.absent);
        self.erased = self.erased.wrapping_add(other.erased);
        self.bad = self.bad.wrapping_add(other.bad);
        self.foreign = self.foreign.wrapping_add(other.foreign);
    }

    fn add_frame(&mut self, frame: &Frame<'_>) {
        self.add_status(frame.status, !frame.stored.is_empty(), 1);
    }

    fn add_status(&mut self, status: Status, body: bool, one: u64) {
        let add = |count: &mut u64| *count = count.wrapping_add(one);
        match status {
            Status::Present | Status::Damaged => add(&mut self.held),
            Status::Absent => add(&mut self.absent),
            Status::Erased { .. } => add(&mut self.erased),
            Status::Bad => add(&mut self.bad),
            Status::Foreign => add(&mut self.foreign),
        }
        if body && matches!(status, Status::Bad | Status::Foreign) {
            add(&mut self.held);
        }
    }
}

/// The tree over complete packages and then the entries after them.
pub(super) fn joined(packages: &Compact, edge: &Compact) -> Compact {
    let mut bytes = packages.to_bytes();
    bytes[..8].copy_from_slice(&(packages.size() + edge.size()).to_be_bytes());
    bytes.extend(edge.peaks().iter().flat_map(Hash::as_bytes));
    Compact::from_bytes(&bytes).expect("an edge is smaller than a package: its peaks come last")
}

/// Bytes of journal between two places, in whole segments beyond the first.
fn distance(from: &Position, to: &Position) -> u64 {
    let at =
        |position: &Position| u64::from(position.segment) * SEGMENT_BYTES_MAX + position.length;
    at(to).saturating_sub(at(from))
}

fn numbers(rows: impl Iterator<Item = u64>) -> Vec<u8> {
    rows.flat_map(u64::to_le_bytes).collect()
}

pub(super) fn segment_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.seg"))
}

/// Makes an empty segment, over what a crash may have left under its name.
pub(super) fn make_segment(path: &Path, number: u32, origin: &Hash) -> Result<File, StoreFault> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(fault("create", path))?;
    file.write_all_at(&head(Holds::Frames, number, origin), 0)
        .map_err(fault("write", path))?;
    Ok(file)
}
