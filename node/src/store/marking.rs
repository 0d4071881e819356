//! Changing what is held of an entry: erasing, judging, filling, mending.

use std::os::unix::fs::FileExt;

use erikti_protocol::log::{Compact, PACKAGE_ENTRIES, tree};

use super::frame::{HEADER_BYTES, Header, Spot};
use super::guard::Step;
use super::log::{Log, hold};
use super::marks::{Mark, MarkFile};
use super::{Frame, Status, StoreFault, Verdict, fault};

impl Log {
    /// Destroys an entry's record: mark, sync, overwrite, sync.
    pub(super) fn erase(&self, index: u64, by: u64) -> Result<(), StoreFault> {
        let marks = hold(&self.marks);
        self.settle_fill(index)?;
        match self.found(index)? {
            (_, Some(header)) if matches!(header.status, Status::Erased { .. }) => Ok(()),
            (Some(spot), Some(before)) => {
                let mut after = before;
                after.status = Status::Erased { by };
                self.carry_out(
                    &marks,
                    Mark {
                        spot,
                        before,
                        after,
                    },
                )
            }
            (spot, _) => {
                // The header is lost, but what lies behind it may still be read.
                self.wipe(spot)?;
                Err(self.damaged(index))
            }
        }
    }

    /// Marks an entry's record as bad or foreign.
    pub(super) fn judge(&self, index: u64, verdict: Verdict) -> Result<(), StoreFault> {
        let marks = hold(&self.marks);
        self.settle_fill(index)?;
        let (Some(spot), Some(before)) = self.found(index)? else {
            return Err(self.damaged(index));
        };
        let mut after = before;
        after.status = match verdict {
            Verdict::Bad => Status::Bad,
            Verdict::Foreign => Status::Foreign,
        };
        match before.status {
            Status::Present | Status::Bad | Status::Foreign if before.status != after.status => {
                self.carry_out(
                    &marks,
                    Mark {
                        spot,
                        before,
                        after,
                    },
                )
            }
            _ => Ok(()),
        }
    }

    /// Indices of entries that were erased or judged.
    pub(super) fn marked(&self, skip: u64) -> Result<Vec<u64>, StoreFault> {
        let marks = hold(&self.marks).read(skip)?;
        Ok(marks.into_iter().map(|mark| mark.after.index).collect())
    }

    fn carry_out(&self, marks: &MarkFile, mark: Mark) -> Result<(), StoreFault> {
        self.guard.check()?;
        marks.push(&mark)?;
        self.guard.sync(Step::Mark, marks.side().file())?;
        self.guard.pass(Step::Marked)?;
        let file = self.segment(mark.spot.segment);
        let path = self.segment_path(mark.spot.segment);
        file.write_all_at(&mark.bytes(self.tag), mark.spot.offset.into())
            .map_err(fault("write", &path))?;
        self.guard.sync(Step::Overwritten, (&file, &path))?;
        mark.count(&mut hold(&self.written).counts);
        let done = marks.len();
        self.amend(|slot| {
            mark.count(&mut slot.counts);
            slot.marks = done;
        });
        Ok(())
    }

    /// Keeps the record of an entry that was absent or damaged.
    pub(super) fn fill(&self, index: u64, frame: &Frame<'_>) -> Result<(), StoreFault> {
        let _still = hold(&self.marks);
        let (spot, header) = self.found(index)?;
        let not_wanted = StoreFault::NotWanted { index };
        let Some(header) = header.filter(|header| header.entry() == frame.entry()) else {
            return Err(not_wanted);
        };
        match header.status {
            Status::Absent => self.append_fill(index, frame, Status::Absent),
            Status::Present | Status::Bad | Status::Foreign if !self.body_fits(spot, &header) => {
                self.append_fill(index, frame, Status::Damaged)?;
                self.wipe(spot)
            }
            _ => Err(not_wanted),
        }
    }

    /// Mends damaged entries of a package from all of its frames.
    pub(super) fn mend(&self, package: u64, frames: &[Frame<'_>]) -> Result<u64, StoreFault> {
        let _still = hold(&self.marks);
        let durable = self.durable();
        let first = package.saturating_mul(PACKAGE_ENTRIES);
        let not_wanted = StoreFault::NotWanted { index: first };
        if first >= durable.size
            || frames.len() as u64 != (durable.size - first).min(PACKAGE_ENTRIES)
        {
            return Err(not_wanted);
        }
        let leaves: Vec<_> = frames.iter().map(|frame| frame.entry().leaf()).collect();
        let fits = match tree::package_root(&leaves) {
            Some(root) => self.packages.hashes(package, 1)?.first() == Some(&root),
            None => {
                let mut whole = Compact::at(first, |level, index| self.hash_at(level, index))?;
                leaves.into_iter().for_each(|leaf| whole.push(leaf));
                whole.root() == durable.tree.root()
            }
        };
        if !fits {
            return Err(not_wanted);
        }
        let mut mended = 0;
        for (index, frame) in (first..).zip(frames) {
            let (spot, header) = self.found(index)?;
            let whole = header.as_ref().is_some_and(|header| {
                matches!(header.status, Status::Absent | Status::Erased { .. })
                    || self.body_fits(spot, header)
            });
            if !whole {
                self.append_fill(index, frame, Status::Damaged)?;
                self.wipe(spot)?;
                mended += 1;
            }
        }
        Ok(mended)
    }

    /// Where an entry's frame lies and what its header says, each as far as the disk still knows.
    fn found(&self, index: u64) -> Result<(Option<Spot>, Option<Header>), StoreFault> {
        let end = index.saturating_add(1);
        let spot = self.spots(&(index..end))?.first().copied().flatten();
        let header = spot
            .and_then(|spot| self.header_at(spot))
            .filter(|header| header.index == index);
        Ok((spot, header))
    }

    fn body_fits(&self, spot: Option<Spot>, header: &Header) -> bool {
        let Some(spot) = spot else {
            return false;
        };
        let mut body = vec![0; header.stored_len as usize];
        self.segment(spot.segment)
            .read_exact_at(&mut body, u64::from(spot.offset) + HEADER_BYTES as u64)
            .is_ok_and(|()| header.fits(&body))
    }

    /// Overwrites the body of a damaged frame: nothing of a record may outlive its erasure.
    fn wipe(&self, spot: Option<Spot>) -> Result<(), StoreFault> {
        let Some(spot) = spot else {
            return Ok(());
        };
        let file = self.segment(spot.segment);
        let path = self.segment_path(spot.segment);
        let length = file.metadata().map_err(fault("measure", &path))?.len();
        let start = u64::from(spot.offset) + HEADER_BYTES as u64;
        let end = (u64::from(spot.offset) + u64::from(spot.length)).min(length);
        let zeros = vec![0; usize::try_from(end.saturating_sub(start)).unwrap_or(0)];
        file.write_all_at(&zeros, start)
            .map_err(fault("write", &path))?;
        self.guard.sync(Step::Overwritten, (&file, &path))
    }

    /// Lets a fill that is under way land first: a mark goes where the record lies.
    fn settle_fill(&self, index: u64) -> Result<(), StoreFault> {
        let under_way = hold(&self.written).filling.contains(&index);
        if under_way {
            self.commit()?;
        }
        Ok(())
    }
}
