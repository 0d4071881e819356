//! The index: which records there are, by id and by term, as numbers and hashes.
//!
//! Nothing in it is true of itself. It says for each log how far it is complete, continues from there, and is made
//! again from the journal whenever it is missing, of another version, or cannot be read.
//!
//! A row a key would cost the database ten times the time and the memory: rows are sorted in memory, packed into
//! blocks, and one block is one entry. Sixteen runs of one level are merged into one of the next.

mod block;
mod catch_up;
mod forget;
mod list;
mod manifest;
mod memory;
mod rows;
mod run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use erikti_protocol::id::{Origin, RecordId};

use super::log::hold;
use super::{StoreFault, fault};
use crate::files::make_folder;
use manifest::{Manifest, Run};
use memory::Memory;
use run::{Cursor, Writer};

pub use catch_up::{Caught, catch_up};
pub use list::{LIST_MAX, Page, PageCursor, Query};
pub use rows::{Rows, TERMS_MAX, Term, rows};

/// Records kept in memory before they become a run: 4 MiB of rows with ten terms each. Longer runs are merged less
/// often; what a crash takes from memory is read from the journal again, in a tenth of a second.
const RUN_RECORDS: usize = 16_384;
/// Runs of one level that are merged into one of the next.
const FAN: usize = 16;
/// Memory the database may use for blocks it has read.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// How often the database writes behind.
const FLUSH_MS: u64 = 500;

/// Why the index cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum IndexFault {
    /// The database refused.
    #[error("the index cannot be used: {0}")]
    Database(#[from] sled::Error),
    /// What the database gave back is not what was written.
    #[error("the index is corrupt: {what}")]
    Corrupt {
        /// What is wrong.
        what: &'static str,
    },
    /// The journal or the folder refused.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// The tables, each of rows of one width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    /// id 16 ‖ log 4 ‖ index 5 ‖ version 4
    Ids = 1,
    /// term 8 ‖ time, inverted 5 ‖ log 4 ‖ index, inverted 5
    Terms = 2,
}

const ID_BYTES: usize = 29;
const TERM_BYTES: usize = 22;
/// Greatest number in five bytes.
const FIVE_MAX: u64 = (1 << 40) - 1;

impl Table {
    const BOTH: [Self; 2] = [Self::Ids, Self::Terms];

    const fn width(self) -> usize {
        match self {
            Self::Ids => ID_BYTES,
            Self::Terms => TERM_BYTES,
        }
    }
}

/// Where a version of a record lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// In which log.
    pub origin: Origin,
    /// At which entry.
    pub index: u64,
    /// Which version; `None` where only terms were asked for.
    pub version: Option<u32>,
}

/// How far the index knows a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Entries below this.
    pub size: u64,
    /// Late entries, in the order of their arrival, up to this many.
    pub fills: u64,
    /// Erasures and verdicts up to this many.
    pub marks: u64,
}

/// What opening the index found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexReport {
    /// It was there and can be read.
    Good,
    /// There was none.
    Missing,
    /// It could not be used and was removed; the journal gives it back.
    Discarded {
        /// Why.
        why: String,
    },
}

/// The index.
#[derive(Debug)]
pub struct Index {
    db: sled::Db,
    state: RwLock<State>,
    /// One thread writes runs at a time.
    writing: Mutex<()>,
    clean: PathBuf,
}

#[derive(Debug, Default)]
struct State {
    ids: Memory<ID_BYTES>,
    terms: Memory<TERM_BYTES>,
    records: usize,
    runs: Vec<Run>,
    next_run: u32,
    logs: BTreeMap<Origin, LogState>,
    origins: Vec<Origin>,
}

#[derive(Clone, Copy, Debug)]
struct LogState {
    number: u32,
    term: Term,
    progress: Progress,
}

impl Index {
    /// Opens the index of a data folder; one that cannot be used is removed and begun anew.
    pub fn open(data: &Path) -> Result<(Self, IndexReport), IndexFault> {
        let folder = data.join("index");
        let empty = std::fs::read_dir(&folder).map_or(true, |mut entries| entries.next().is_none());
        let why = match (empty, open_guarded(&folder)) {
            (true, Ok(index)) => return Ok((index, IndexReport::Missing)),
            (false, Ok(index)) => return Ok((index, IndexReport::Good)),
            (_, Err(why)) => why,
        };
        tracing::warn!(why, "the index is discarded and made again");
        std::fs::remove_dir_all(&folder).map_err(fault("remove", &folder))?;
        let index = open_guarded(&folder).map_err(|_| IndexFault::Corrupt {
            what: "a new index cannot be opened either",
        })?;
        Ok((index, IndexReport::Discarded { why }))
    }

    fn open_in(folder: &Path) -> Result<Self, IndexFault> {
        make_folder(folder).map_err(StoreFault::from)?;
        let clean = folder.join("clean");
        let was_clean = std::fs::remove_file(&clean).is_ok();
        let db = sled::Config::new()
            .path(folder.join("blocks"))
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(Some(FLUSH_MS))
            .open()?;
        let manifest = Manifest::load(&db)?;
        for number in manifest.doomed.iter().chain([&manifest.next_run]) {
            for table in Table::BOTH {
                run::remove(&db, table, *number)?;
            }
        }
        if !was_clean {
            manifest.check(&db)?;
        }
        let mut state = State {
            runs: manifest.runs,
            next_run: manifest.next_run,
            ..State::default()
        };
        let logs = manifest::logs(&db)?;
        for (number, (origin, progress)) in (0..).zip(logs) {
            state.add_log(origin, number, progress);
        }
        Ok(Self {
            db,
            state: RwLock::new(state),
            writing: Mutex::new(()),
            clean,
        })
    }

    /// Adds records of one log and remembers how far the log is known with them. Rows are on disk after
    /// [`Index::flush`], or when enough have come together; what was lost is added again from the journal.
    pub fn add(
        &self,
        origin: &Origin,
        records: &[(u64, Rows)],
        progress: Progress,
    ) -> Result<(), IndexFault> {
        let mut state = self.write();
        let log = state.log(origin);
        for (index, rows) in records {
            state.push(&log, *index, rows);
        }
        state.records += records.len();
        let known = state.logs.get_mut(origin).expect("added above");
        known.progress = progress;
        let full = state.records >= RUN_RECORDS;
        drop(state);
        if full {
            self.write_run()?;
        }
        Ok(())
    }

    /// How far a log is known, counting what is not on disk yet.
    pub fn complete_up_to(&self, origin: &Origin) -> Progress {
        let state = self.read();
        state
            .logs
            .get(origin)
            .map_or(Progress::default(), |log| log.progress)
    }

    /// Every version of a record, wherever it lies; highest version first.
    pub fn find(&self, id: &RecordId) -> Result<Vec<Place>, IndexFault> {
        let state = self.read_sorted();
        let mut found = state.ids.sorted(id.as_bytes()).concat();
        found.extend(state.ids.loose(id.as_bytes()));
        for run in state.runs.iter().filter(|run| run.may_hold(id)) {
            let mut cursor = Cursor::new(&self.db, Table::Ids, run.number, id.as_bytes())?;
            while let Some(row) = cursor.row().filter(|row| row[..16] == *id.as_bytes()) {
                found.extend(row.first_chunk::<ID_BYTES>());
                cursor.advance()?;
            }
        }
        found.sort_by_key(|row| std::cmp::Reverse((version_of(row), *row)));
        found.dedup();
        found
            .iter()
            .map(|row| {
                let mut place = state.place(&row[16..20], five(&row[20..25]))?;
                place.version = Some(version_of(row));
                Ok(place)
            })
            .collect()
    }

    /// Writes what is in memory, and waits until the database has written it.
    pub fn flush(&self) -> Result<(), IndexFault> {
        self.write_run()?;
        self.db.flush()?;
        Ok(())
    }

    /// Forgets everything, so that it can be made again from the journal.
    pub fn clear(&self) -> Result<(), IndexFault> {
        let _alone = hold(&self.writing);
        let mut state = self.write();
        self.db.clear()?;
        *state = State::default();
        Ok(())
    }

    /// Flushes and leaves a sign that nothing has to be looked through at the next start.
    pub fn close(self) -> Result<(), IndexFault> {
        self.flush()?;
        std::fs::write(&self.clean, b"").map_err(fault("write", &self.clean))?;
        Ok(())
    }

    /// Bytes the index takes on disk.
    pub fn disk_bytes(&self) -> Result<u64, IndexFault> {
        Ok(self.db.size_on_disk()?)
    }

    /// Makes a run of what is in memory, and merges runs where there are enough of one level.
    fn write_run(&self) -> Result<(), IndexFault> {
        let _alone = hold(&self.writing);
        let mut state = self.write();
        let (ids, terms) = (state.ids.hand_out(), state.terms.hand_out());
        let (records, number) = (state.records, state.next_run);
        let logs = state.logs.clone();
        let mut manifest = Manifest::of(&state.runs, number);
        drop(state);
        if !ids.is_empty() {
            let mut run = Run::new(number, 0, &ids[0], &ids[ids.len() - 1]);
            let mut writer = Writer::new(&self.db, Table::Ids, number);
            ids.iter().try_for_each(|row| writer.push(row))?;
            run.blocks += writer.finish()?;
            let mut writer = Writer::new(&self.db, Table::Terms, number);
            terms.iter().try_for_each(|row| writer.push(row))?;
            run.blocks += writer.finish()?;
            manifest.runs.push(run);
            manifest.next_run += 1;
        }
        manifest.save(
            &self.db,
            logs.iter()
                .map(|(origin, log)| (origin, log.number, log.progress)),
        )?;
        let mut state = self.write();
        state.ids.drop_handed_out();
        state.terms.drop_handed_out();
        state.records -= records;
        state.runs.clone_from(&manifest.runs);
        state.next_run = manifest.next_run;
        drop(state);
        self.merge_levels(manifest)
    }

    fn merge_levels(&self, mut manifest: Manifest) -> Result<(), IndexFault> {
        while let Some(level) = manifest.full_level(FAN) {
            let (old, mut kept): (Vec<Run>, Vec<Run>) =
                manifest.runs.iter().partition(|run| run.level == level);
            let numbers: Vec<u32> = old.iter().map(|run| run.number).collect();
            let mut merged = Run::over(manifest.next_run, level + 1, &old);
            for table in Table::BOTH {
                merged.blocks += run::merge(&self.db, table, &numbers, merged.number)?;
            }
            kept.push(merged);
            manifest = Manifest {
                runs: kept,
                next_run: merged.number + 1,
                doomed: numbers.clone(),
            };
            manifest.save(&self.db, std::iter::empty())?;
            let mut state = self.write();
            state.runs.clone_from(&manifest.runs);
            state.next_run = manifest.next_run;
            drop(state);
            // Nobody reads the old runs any more: readers hold the state while they read.
            for number in numbers {
                for table in Table::BOTH {
                    run::remove(&self.db, table, number)?;
                }
            }
        }
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, its rows in memory sorted but for a few.
    fn read_sorted(&self) -> RwLockReadGuard<'_, State> {
        let state = self.read();
        if state.ids.is_sorted() && state.terms.is_sorted() {
            return state;
        }
        drop(state);
        let mut state = self.write();
        state.ids.sort();
        state.terms.sort();
        drop(state);
        // Whatever comes between the two locks is looked through row by row.
        self.read()
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The log's state, with a number when it has none yet.
    fn log(&mut self, origin: &Origin) -> LogState {
        if let Some(log) = self.logs.get(origin) {
            return *log;
        }
        let number = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        self.add_log(origin.clone(), number, Progress::default())
    }

    fn add_log(&mut self, origin: Origin, number: u32, progress: Progress) -> LogState {
        let log = LogState {
            number,
            term: Term::log(&origin),
            progress,
        };
        self.origins.push(origin.clone());
        self.logs.insert(origin, log);
        log
    }

    fn push(&mut self, log: &LogState, index: u64, rows: &Rows) {
        let (id, terms) = rows_of(log, index, rows);
        self.ids.push(id);
        terms.for_each(|row| self.terms.push(row));
    }

    fn place(&self, log: &[u8], index: u64) -> Result<Place, IndexFault> {
        let number = u32::from_be_bytes(log.try_into().expect("four bytes"));
        let origin = self
            .origins
            .get(number as usize)
            .cloned()
            .ok_or(IndexFault::Corrupt {
                what: "a row names an unknown log",
            })?;
        Ok(Place {
            origin,
            index,
            version: None,
        })
    }
}

/// The rows of a record at its place.
fn rows_of<'a>(
    log: &'a LogState,
    index: u64,
    rows: &'a Rows,
) -> ([u8; ID_BYTES], impl Iterator<Item = [u8; TERM_BYTES]> + 'a) {
    let mut id = [0; ID_BYTES];
    id[..16].copy_from_slice(rows.id.as_bytes());
    id[16..20].copy_from_slice(&log.number.to_be_bytes());
    id[20..25].copy_from_slice(&index.to_be_bytes()[3..]);
    id[25..].copy_from_slice(&rows.version.to_be_bytes());
    let mut row = [0; TERM_BYTES];
    row[8..13].copy_from_slice(&(FIVE_MAX - rows.created.min(FIVE_MAX)).to_be_bytes()[3..]);
    row[13..17].copy_from_slice(&log.number.to_be_bytes());
    row[17..].copy_from_slice(&(FIVE_MAX - index.min(FIVE_MAX)).to_be_bytes()[3..]);
    let of_log = match rows.restricted {
        true => log.term.restricted(),
        false => log.term,
    };
    let terms = rows.terms.iter().copied().chain([of_log]).map(move |term| {
        row[..8].copy_from_slice(&term.0);
        row
    });
    (id, terms)
}

fn version_of(row: &[u8; ID_BYTES]) -> u32 {
    u32::from_be_bytes([row[25], row[26], row[27], row[28]])
}

/// Reads a number of five bytes.
fn five(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Opens on a thread of its own: the database is known to panic over files that a crash left behind.
fn open_guarded(folder: &Path) -> Result<Index, String> {
    let folder = folder.to_owned();
    let opened = std::thread::Builder::new()
        .name("index".to_owned())
        .spawn(move || Index::open_in(&folder))
        .map_err(|error| error.to_string())?
        .join();
    match opened {
        Ok(Ok(index)) => Ok(index),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the database panicked".to_owned()),
    }
}
