//! The engine for one machine: a folder of logs behind [`Store`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;

use super::folder::Folder;
use super::guard::{Guard, Probe};
use super::log::{Log, SEGMENT_BYTES_MAX};
use super::recover::LogReport;
use super::{Frame, Frames, Frontier, Store, StoreFault, Verdict, fault};
use crate::files::{make_folder, replace, sync_folder};

/// How a journal is opened.
#[derive(Clone)]
pub struct Options {
    /// A segment is closed before it would grow past this.
    pub segment_bytes_max: u64,
    /// Stands between the journal and the disk in tests.
    pub probe: Option<Probe>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes_max: SEGMENT_BYTES_MAX,
            probe: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("segment_bytes_max", &self.segment_bytes_max)
            .finish_non_exhaustive()
    }
}

/// What opening a journal found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpeningReport {
    /// Per log, in the order of their names.
    pub logs: Vec<LogReport>,
    /// Folders of logs that could not be opened, where they were moved to.
    pub set_aside: Vec<PathBuf>,
}

/// All logs of a data folder.
#[derive(Debug)]
pub struct Journal {
    folder: Folder,
    guard: Guard,
    options: Options,
    logs: RwLock<BTreeMap<Origin, Arc<Log>>>,
}

impl Journal {
    /// Opens the journal of a data folder, making the folder when it is not there.
    ///
    /// Errors   [`StoreFault::Locked`], [`StoreFault::Version`], and what the system refuses
    pub fn open(path: &Path, options: Options) -> Result<(Self, OpeningReport), StoreFault> {
        let folder = Folder::open(path)?;
        let guard = Guard::new(options.probe.clone());
        let mut report = OpeningReport::default();
        let mut logs = BTreeMap::new();
        for (origin, path) in log_folders(&folder.path().join("log"))? {
            match Log::open(&origin, &path, guard.clone(), options.segment_bytes_max) {
                Ok((log, found)) => {
                    report.logs.push(found);
                    logs.insert(origin, Arc::new(log));
                }
                Err(StoreFault::Unreadable { .. }) => report.set_aside.push(set_aside(&path)?),
                Err(error) => return Err(error),
            }
        }
        report.logs.sort_by(|a, b| a.origin.cmp(&b.origin));
        let journal = Self {
            folder,
            guard,
            options,
            logs: RwLock::new(logs),
        };
        Ok((journal, report))
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves all frontiers to what is durable and syncs side files, so that the next start has nothing to scan.
    /// What was not synced before stays unacknowledged.
    pub fn close(self) -> Result<(), StoreFault> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.values().try_for_each(|log| log.settle(true))
    }

    pub(super) fn log(&self, origin: &Origin) -> Result<Arc<Log>, StoreFault> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(origin)
            .cloned()
            .ok_or_else(|| StoreFault::UnknownLog {
                origin: origin.clone(),
            })
    }
}

impl Store for Journal {
    fn logs(&self) -> Vec<Origin> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.keys().cloned().collect()
    }

    fn create(&self, origin: &Origin) -> Result<(), StoreFault> {
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        if logs.contains_key(origin) {
            return Ok(());
        }
        self.guard.check()?;
        let parent = self.folder.path().join("log");
        let path = parent.join(origin.hash().to_string());
        make_folder(&path)?;
        replace(&path.join("origin"), origin.as_str().as_bytes())?;
        sync_folder(&parent)?;
        let (log, _) = Log::open(
            origin,
            &path,
            self.guard.clone(),
            self.options.segment_bytes_max,
        )?;
        logs.insert(origin.clone(), Arc::new(log));
        Ok(())
    }

    fn append(&self, origin: &Origin, frames: &[Frame<'_>]) -> Result<Range<u64>, StoreFault> {
        self.log(origin)?.append(frames)
    }

    fn publish(&self, origin: &Origin, frames: &[Frame<'_>]) -> Result<Range<u64>, StoreFault> {
        let log = self.log(origin)?;
        log.group.publish(&log, frames)
    }

    fn sync(&self, origin: &Origin) -> Result<Frontier, StoreFault> {
        self.log(origin)?.sync()
    }

    fn frontier(&self, origin: &Origin) -> Result<Frontier, StoreFault> {
        Ok(self.log(origin)?.durable())
    }

    fn read_back(&self, origin: &Origin) -> Result<(u64, Hash), StoreFault> {
        self.log(origin)?.read_back()
    }

    fn entries(&self, origin: &Origin, range: Range<u64>) -> Result<Frames, StoreFault> {
        self.log(origin)?.entries(range)
    }

    fn hash_at(&self, origin: &Origin, level: u8, index: u64) -> Result<Hash, StoreFault> {
        self.log(origin)?.hash_at(level, index)
    }

    fn tile(
        &self,
        origin: &Origin,
        level: u8,
        index: u64,
        width: u16,
    ) -> Result<Vec<Hash>, StoreFault> {
        self.log(origin)?.tile(level, index, width)
    }

    fn control(&self, origin: &Origin, skip: u64) -> Result<Vec<u64>, StoreFault> {
        let log = self.log(origin)?;
        let size = log.size();
        let mut indices = log.control.tail(skip)?;
        indices.retain(|index| *index < size);
        Ok(indices)
    }

    fn fills(&self, origin: &Origin, skip: u64) -> Result<Vec<u64>, StoreFault> {
        self.log(origin)?.fills.tail(skip)
    }

    fn marked(&self, origin: &Origin, skip: u64) -> Result<Vec<u64>, StoreFault> {
        self.log(origin)?.marked(skip)
    }

    fn fill(&self, origin: &Origin, index: u64, frame: &Frame<'_>) -> Result<(), StoreFault> {
        self.log(origin)?.fill(index, frame)
    }

    fn mend(&self, origin: &Origin, package: u64, frames: &[Frame<'_>]) -> Result<u64, StoreFault> {
        self.log(origin)?.mend(package, frames)
    }

    fn erase(&self, origin: &Origin, index: u64, by: u64) -> Result<(), StoreFault> {
        self.log(origin)?.erase(index, by)
    }

    fn mark(&self, origin: &Origin, index: u64, verdict: Verdict) -> Result<(), StoreFault> {
        self.log(origin)?.judge(index, verdict)
    }

    fn set_audited(&self, origin: &Origin, size: u64) -> Result<(), StoreFault> {
        let log = self.log(origin)?;
        let size = size.min(log.size());
        log.amend(|slot| slot.audited = size);
        Ok(())
    }

    fn checkpoint(&self, origin: &Origin) -> Result<Option<Vec<u8>>, StoreFault> {
        self.log(origin)?.checkpoint()
    }

    fn swap_checkpoint(
        &self,
        origin: &Origin,
        expected: Option<&[u8]>,
        new: &[u8],
    ) -> Result<(), StoreFault> {
        self.log(origin)?.swap_checkpoint(expected, new)
    }

    fn pursued(&self, origin: &Origin) -> Result<Option<Vec<u8>>, StoreFault> {
        self.log(origin)?.pursued()
    }

    fn set_pursued(&self, origin: &Origin, note: &[u8]) -> Result<(), StoreFault> {
        self.log(origin)?.set_pursued(note)
    }

    fn cosignatures(&self, origin: &Origin) -> Result<Option<Vec<u8>>, StoreFault> {
        self.log(origin)?.cosignatures()
    }

    fn set_cosignatures(&self, origin: &Origin, text: &[u8]) -> Result<(), StoreFault> {
        self.log(origin)?.set_cosignatures(text)
    }
}

/// The folders of logs, with the origins they name. One without a readable name holds nothing yet: a crash caught it
/// at its making.
fn log_folders(parent: &Path) -> Result<Vec<(Origin, PathBuf)>, StoreFault> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(parent).map_err(fault("list", parent))? {
        let path = entry.map_err(fault("list", parent))?.path();
        let Ok(text) = std::fs::read_to_string(path.join("origin")) else {
            continue;
        };
        let named = Origin::parse(&text).filter(|origin| {
            path.file_name()
                .is_some_and(|name| *name == *origin.hash().to_string())
        });
        found.extend(named.map(|origin| (origin, path)));
    }
    Ok(found)
}

/// Moves a log's folder out of the way, keeping every byte of it.
fn set_aside(path: &Path) -> Result<PathBuf, StoreFault> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".damaged");
    let mut aside = path.with_file_name(&name);
    let mut number = 1;
    while aside.exists() {
        number += 1;
        let mut numbered = name.clone();
        numbered.push(format!("-{number}"));
        aside = path.with_file_name(numbered);
    }
    std::fs::rename(path, &aside).map_err(fault("move", path))?;
    sync_folder(path.parent().unwrap_or(path))?;
    Ok(aside)
}
