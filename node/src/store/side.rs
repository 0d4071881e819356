//! Side files of a log: rows of one width, found by their number, all of them derivable from the segments.
//!
//! Their contents are trusted as far as the frontier says that they were synced.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use erikti_protocol::hash::Hash;

use super::frame::{HEAD_BYTES, Holds, head};
use super::{StoreFault, fault};

/// A file of rows of `width` bytes after its head.
#[derive(Debug)]
pub(super) struct Side {
    file: File,
    path: PathBuf,
    width: u64,
    /// Rows that readers may ask for.
    rows: AtomicU64,
}

impl Side {
    /// Opens a side file, or starts it afresh when it is missing or its head is not the one expected.
    pub(super) fn open(
        path: &Path,
        holds: Holds,
        width: u64,
        origin: &Hash,
    ) -> Result<Self, StoreFault> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(fault("open", path))?;
        let side = Self {
            file,
            path: path.to_owned(),
            width,
            rows: AtomicU64::new(0),
        };
        let wanted = head(holds, 0, origin);
        let mut found = [0; HEAD_BYTES];
        if side.file.read_exact_at(&mut found, 0).is_ok() && found == wanted {
            let length = side.file.metadata().map_err(fault("measure", path))?.len();
            side.rows
                .store((length - HEAD_BYTES as u64) / width, Ordering::Release);
        } else {
            side.file.set_len(0).map_err(fault("cut", path))?;
            side.file
                .write_all_at(&wanted, 0)
                .map_err(fault("write", path))?;
        }
        Ok(side)
    }

    /// Rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Acquire)
    }

    /// Forgets rows from `rows` on.
    pub(super) fn cut(&self, rows: u64) -> Result<(), StoreFault> {
        self.file
            .set_len(HEAD_BYTES as u64 + rows * self.width)
            .map_err(fault("cut", &self.path))?;
        self.rows.store(rows, Ordering::Release);
        Ok(())
    }

    /// Writes rows after the last one.
    pub(super) fn push(&self, bytes: &[u8]) -> Result<(), StoreFault> {
        let rows = self.rows();
        self.set(rows, bytes)?;
        self.rows
            .store(rows + bytes.len() as u64 / self.width, Ordering::Release);
        Ok(())
    }

    /// Writes over rows from `row` on.
    pub(super) fn set(&self, row: u64, bytes: &[u8]) -> Result<(), StoreFault> {
        self.file
            .write_all_at(bytes, HEAD_BYTES as u64 + row * self.width)
            .map_err(fault("write", &self.path))
    }

    /// Reads `count` rows from `row` on; the caller knows that they are there.
    pub(super) fn read(&self, row: u64, count: u64) -> Result<Vec<u8>, StoreFault> {
        let mut bytes = vec![0; usize::try_from(count * self.width).unwrap_or(usize::MAX)];
        self.file
            .read_exact_at(&mut bytes, HEAD_BYTES as u64 + row * self.width)
            .map_err(fault("read", &self.path))?;
        Ok(bytes)
    }

    /// Reads rows that are numbers.
    pub(super) fn numbers(&self, row: u64, count: u64) -> Result<Vec<u64>, StoreFault> {
        let bytes = self.read(row, count)?;
        Ok(bytes
            .chunks_exact(8)
            .map(|row| super::frame::u64_at(row, 0))
            .collect())
    }

    /// Reads all numbers from the `skip`-th on.
    pub(super) fn tail(&self, skip: u64) -> Result<Vec<u64>, StoreFault> {
        let rows = self.rows();
        self.numbers(skip.min(rows), rows.saturating_sub(skip))
    }

    /// Reads rows that are hashes.
    pub(super) fn hashes(&self, row: u64, count: u64) -> Result<Vec<Hash>, StoreFault> {
        let bytes = self.read(row, count)?;
        Ok(bytes
            .chunks_exact(Hash::LEN)
            .filter_map(Hash::from_slice)
            .collect())
    }

    /// The file, to be synced.
    pub(super) fn file(&self) -> (&File, &Path) {
        (&self.file, &self.path)
    }
}
