//! The data folder: its layout, its lock, its version.
//!
//! Knows no log and no record; keys and settings are read by others.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{StoreFault, fault};
use crate::files::{make_folder, replace};

/// What stands in `VERSION`, before the number.
const MAGIC: &str = "erikti data ";
/// The layout this program reads and writes.
pub const VERSION: u32 = 1;
/// A longer `VERSION` or `lock` file is not ours.
const TEXT_BYTES_MAX: u64 = 64;

/// A data folder that this process alone has open.
///
/// Shape    `VERSION lock erikti.toml keys/ log/<origin hash>/ vault/ index/ members.json control.sock`;
///          folders 0700
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The system lets go of the lock when the process ends, however it ends.
    lock: File,
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Closing alone would leave it to a child that is just being started and still has all open files.
        let _ = self.lock.unlock();
    }
}

impl Folder {
    /// Opens a data folder, making what is missing of it.
    ///
    /// Errors   [`StoreFault::Locked`] at once when another process has it open; [`StoreFault::Version`] when a
    ///          newer program wrote it
    pub fn open(path: &Path) -> Result<Self, StoreFault> {
        make_folder(path)?;
        let lock = lock(&path.join("lock"))?;
        version(path)?;
        for name in ["keys", "log", "vault", "index"] {
            make_folder(&path.join(name))?;
        }
        Ok(Self {
            path: path.to_owned(),
            lock,
        })
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Bytes that may still be written to the disk a folder lies on.
///
/// Errors   [`StoreFault::Io`]
pub fn free_bytes(path: &Path) -> Result<u64, StoreFault> {
    let disk = rustix::fs::statvfs(path)
        .map_err(std::io::Error::from)
        .map_err(fault("ask for the space of", path))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn lock(path: &Path) -> Result<File, StoreFault> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(fault("open", path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The holder may be about to write its number: an empty text only makes the message poorer.
            let _ = file.take(TEXT_BYTES_MAX).read_to_string(&mut holder);
            return Err(StoreFault::Locked {
                path: path.to_owned(),
                pid: holder.trim().parse().ok(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(fault("lock", path)(error)),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(fault("write", path))?;
    Ok(file)
}

fn version(folder: &Path) -> Result<(), StoreFault> {
    let path = folder.join("VERSION");
    let mut text = String::new();
    match File::open(&path) {
        Ok(file) => {
            file.take(TEXT_BYTES_MAX)
                .read_to_string(&mut text)
                .map_err(fault("read", &path))?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(replace(&path, format!("{MAGIC}{VERSION}\n").as_bytes())?);
        }
        Err(error) => return Err(fault("open", &path)(error)),
    }
    let found = text
        .trim_end()
        .strip_prefix(MAGIC)
        .and_then(|number| number.parse().ok());
    match found {
        Some(VERSION) => Ok(()),
        found => Err(StoreFault::Version {
            path,
            found,
            allowed: VERSION,
        }),
    }
}
