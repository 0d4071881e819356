//! The file of the order of arrival, and its rows in memory.
//!
//! Shape    head 64: magic `erikti feed\n` 12 ‖ version 4 ‖ zero 44 ‖ crc32c of the 60 before 4;
//!          row 40: crc32c of the 36 after 4 ‖ what 1 (0 a log is named, 1 appeared, 2 filled, 3 gone, 4 recounted) ‖ kind 3 ‖ log 4 ‖
//!          then count 4 ‖ number of the first 8 ‖ first index 8 ‖ seconds since 1970 8, or for a log that is named the
//!          first 28 bytes of SHA-256 of its origin; integers little-endian
//!
//! How far a log is noted follows from its rows: entries that appeared are the first ones of the log, late ones and
//! those gone are as many as the store had counted. How many of them count follows too: recounted entries begin where the
//! counted ones end and count again, or end there and count no more. A file is good as far as every row is.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::time::Timestamp;

use super::{Change, FeedFault, KindTag, ROWS_MAX, What};
use crate::files;
use crate::store::index::Progress;

/// The file's name in the data folder.
pub const FILE_NAME: &str = "feed";
const MAGIC: &[u8; 12] = b"erikti feed\n";
const VERSION: u32 = 1;
const HEAD_BYTES: usize = 64;
const ROW_BYTES: usize = 40;
/// Bytes of an origin's digest that name its log in the file.
const NAME_BYTES: usize = 28;
/// The file is written anew when it has four times the rows that its contents need, and this many more: 2.5 MiB.
const SLACK_ROWS: usize = 65_536;
/// A larger file is not read: what is allowed, four times over, with the slack.
const FILE_BYTES_MAX: u64 = (HEAD_BYTES + (4 * ROWS_MAX + SLACK_ROWS + 1) * ROW_BYTES) as u64;

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A log gets a number.
    Named { log: u32, name: [u8; NAME_BYTES] },
    /// Entries in a row changed.
    Changed(Changed),
}

/// Entries of one log that changed one after the other, in the order of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    /// The number of the first.
    pub(super) number: u64,
    /// The index of the first.
    pub(super) first: u64,
    pub(super) count: u32,
    pub(super) log: u32,
    /// Seconds since 1970, until 2106.
    pub(super) at: u32,
    pub(super) what: What,
    /// The tag of what is gone; else zero.
    pub(super) kind: [u8; 3],
}

fn name(origin: &Origin) -> [u8; NAME_BYTES] {
    let digest = Hash::of(origin.as_str().as_bytes());
    let mut name = [0; NAME_BYTES];
    name.copy_from_slice(&digest.as_bytes()[..NAME_BYTES]);
    name
}

impl Row {
    pub(super) fn named(log: u32, origin: &Origin) -> Self {
        Self::Named {
            log,
            name: name(origin),
        }
    }

    fn bytes(&self) -> [u8; ROW_BYTES] {
        let mut bytes = [0; ROW_BYTES];
        match self {
            Self::Named { log, name } => {
                bytes[8..12].copy_from_slice(&log.to_le_bytes());
                bytes[12..].copy_from_slice(name);
            }
            Self::Changed(row) => {
                bytes[4] = match row.what {
                    What::Appeared => 1,
                    What::Filled => 2,
                    What::Gone => 3,
                    What::Recounted => 4,
                };
                bytes[5..8].copy_from_slice(&row.kind);
                bytes[8..12].copy_from_slice(&row.log.to_le_bytes());
                bytes[12..16].copy_from_slice(&row.count.to_le_bytes());
                bytes[16..24].copy_from_slice(&row.number.to_le_bytes());
                bytes[24..32].copy_from_slice(&row.first.to_le_bytes());
                bytes[32..].copy_from_slice(&u64::from(row.at).to_le_bytes());
            }
        }
        let sum = crc32c::crc32c(&bytes[4..]);
        bytes[..4].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let four = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let eight = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        if bytes.len() != ROW_BYTES || four(0)? != crc32c::crc32c(&bytes[4..]) {
            return None;
        }
        let log = four(8)?;
        let what = match bytes[4] {
            0 => {
                let name = bytes[12..].try_into().ok()?;
                return Some(Self::Named { log, name });
            }
            1 => What::Appeared,
            2 => What::Filled,
            3 => What::Gone,
            4 => What::Recounted,
            _ => return None,
        };
        Some(Self::Changed(Changed {
            number: eight(16)?,
            first: eight(24)?,
            count: four(12)?,
            log,
            at: u32::try_from(eight(32)?).ok()?,
            what,
            kind: bytes[5..8].try_into().ok()?,
        }))
    }
}

impl Changed {
    fn last(&self) -> u64 {
        self.number + u64::from(self.count) - 1
    }

    fn holds(&self, index: u64) -> bool {
        (self.first..self.first + u64::from(self.count)).contains(&index)
    }

    /// The number of an entry that it holds.
    fn number_of(&self, index: u64) -> u64 {
        self.number + (index - self.first)
    }
}

/// How far a log is noted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The log's number.
    pub(super) log: u32,
    /// Entries that appeared, late ones, those gone.
    pub(super) noted: Progress,
    /// How many of those that appeared count.
    pub(super) counted: u64,
}

/// All rows, those that continue each other as one.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Changed>,
    logs: Vec<Log>,
    by_name: BTreeMap<[u8; NAME_BYTES], u32>,
}

#[derive(Debug)]
struct Log {
    name: [u8; NAME_BYTES],
    /// Known as soon as the store has named it.
    origin: Option<Origin>,
    seen: Progress,
    /// How many of the entries that appeared count.
    counted: u64,
    /// Which of the rows are of it: entries that appeared, in their order; all others.
    appeared: Vec<u32>,
    late: Vec<u32>,
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn head(&self) -> u64 {
        self.rows.last().map_or(0, Changed::last)
    }

    pub(super) fn next_log(&self) -> u32 {
        u32::try_from(self.logs.len()).unwrap_or(u32::MAX)
    }

    /// How far a log is noted.
    pub(super) fn seen(&self, origin: &Origin) -> Option<Seen> {
        let log = *self.by_name.get(&name(origin))?;
        let known = self.logs.get(log as usize)?;
        Some(Seen {
            log,
            noted: known.seen,
            counted: known.counted,
        })
    }

    /// Learns the origin behind a log's number.
    pub(super) fn belongs(&mut self, log: u32, origin: &Origin) {
        if let Some(known) = self.logs.get(log as usize)
            && known.origin.is_none()
        {
            let name = known.name;
            // A log that was fetched again has several numbers.
            for log in self.logs.iter_mut().filter(|log| log.name == name) {
                log.origin = Some(origin.clone());
            }
        }
    }

    /// Whether a row can follow those that are there.
    fn fits(&self, row: &Row) -> bool {
        match row {
            Row::Named { log, .. } => *log == self.next_log(),
            Row::Changed(row) => {
                let log = self.logs.get(row.log as usize);
                let follows = |log: &Log| match row.what {
                    What::Appeared => row.first == log.seen.size,
                    What::Recounted => {
                        let end = row.first + u64::from(row.count);
                        end <= log.seen.size && (row.first == log.counted || end == log.counted)
                    }
                    What::Filled | What::Gone => true,
                };
                row.count > 0
                    && row.number > self.head()
                    && row.number.checked_add(u64::from(row.count)).is_some()
                    && row.first.checked_add(u64::from(row.count)).is_some()
                    && log.is_some_and(follows)
            }
        }
    }

    pub(super) fn push(&mut self, row: Row) {
        let row = match row {
            Row::Named { log, name } => {
                self.by_name.insert(name, log);
                let known = self.logs.iter().find(|log| log.name == name);
                let origin = known.and_then(|log| log.origin.clone());
                self.logs.push(Log {
                    name,
                    origin,
                    seen: Progress::default(),
                    counted: 0,
                    appeared: Vec::new(),
                    late: Vec::new(),
                });
                return;
            }
            Row::Changed(row) => row,
        };
        let at = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let Some(log) = self.logs.get_mut(row.log as usize) else {
            return;
        };
        let count = u64::from(row.count);
        match row.what {
            What::Appeared => {
                // What appears counts: until it does it is not noted.
                log.seen.size += count;
                log.counted = log.seen.size;
            }
            What::Filled => log.seen.fills += count,
            What::Gone => log.seen.marks += count,
            What::Recounted if row.first == log.counted => log.counted += count,
            What::Recounted => log.counted = row.first,
        }
        if let Some(last) = self.rows.last_mut()
            && row.what != What::Gone
            && (last.what, last.log) == (row.what, row.log)
            && last.first + u64::from(last.count) == row.first
            && last.last() + 1 == row.number
            && let Some(count) = last.count.checked_add(row.count)
        {
            last.count = count;
            return;
        }
        match row.what {
            What::Appeared => log.appeared.push(at),
            What::Filled | What::Gone | What::Recounted => log.late.push(at),
        }
        self.rows.push(row);
    }

    pub(super) fn after(&self, number: u64, limit: usize) -> Vec<Change> {
        let from = self.rows.partition_point(|row| row.last() <= number);
        let mut changes = Vec::new();
        for row in self.rows.get(from..).unwrap_or_default() {
            let origin = self.logs.get(row.log as usize);
            // A log that is not in the store any more has nothing to show.
            let Some(origin) = origin.and_then(|log| log.origin.as_ref()) else {
                continue;
            };
            let skipped = (number + 1).saturating_sub(row.number);
            for offset in skipped..u64::from(row.count) {
                if changes.len() >= limit {
                    return changes;
                }
                changes.push(Change {
                    number: row.number + offset,
                    origin: origin.clone(),
                    index: row.first + offset,
                    what: row.what,
                    at: Timestamp::from_seconds(i64::from(row.at))
                        .expect("seconds of four bytes are years before 2107"),
                    was: (row.kind != [0; 3]).then_some(KindTag(row.kind)),
                });
            }
        }
        changes
    }

    pub(super) fn latest(&self, origin: &Origin, index: u64) -> Option<u64> {
        let log = self.logs.get(*self.by_name.get(&name(origin))? as usize)?;
        let row = |at: &u32| self.rows.get(*at as usize);
        let late = log.late.iter().rev().filter_map(row);
        let late = late
            .filter(|row| row.holds(index))
            .map(|row| row.number_of(index))
            .next();
        let after = log
            .appeared
            .partition_point(|at| row(at).is_some_and(|row| row.first <= index));
        let appeared = after.checked_sub(1).and_then(|at| log.appeared.get(at));
        let appeared = appeared.and_then(row).filter(|row| row.holds(index));
        late.max(appeared.map(|row| row.number_of(index)))
    }
}

/// The file.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    file: fs::File,
    /// Rows in it; a torn one behind them is written over.
    rows: usize,
}

impl File {
    /// Opens the file and reads it as far as it is good.
    pub(super) fn open(path: &Path) -> Result<(Self, Rows), FeedFault> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(fault("open"))?;
        let length = file.metadata().map_err(fault("measure"))?.len();
        let bytes = match length <= FILE_BYTES_MAX {
            true => fs::read(path).map_err(fault("read"))?,
            false => Vec::new(),
        };
        let mut opened = Self {
            path: path.to_owned(),
            file,
            rows: 0,
        };
        if bytes.get(..HEAD_BYTES) != Some(&head()[..]) {
            if length > 0 {
                tracing::warn!("the order of arrival could not be read and begins anew");
            }
            let rows = opened.begin()?;
            return Ok((opened, rows));
        }
        let mut rows = Rows::default();
        for bytes in bytes[HEAD_BYTES..].chunks(ROW_BYTES) {
            let Some(row) = Row::read(bytes).filter(|row| rows.fits(row)) else {
                tracing::warn!(
                    row = opened.rows,
                    "the order of arrival is torn there and goes on from it"
                );
                break;
            };
            rows.push(row);
            opened.rows += 1;
        }
        opened.cut()?;
        Ok((opened, rows))
    }

    /// Leaves the head alone.
    pub(super) fn begin(&mut self) -> Result<Rows, FeedFault> {
        self.rows = 0;
        self.file.set_len(0).map_err(fault("cut"))?;
        self.file.write_all_at(&head(), 0).map_err(fault("write"))?;
        Ok(Rows::default())
    }

    fn end(&self) -> u64 {
        (HEAD_BYTES + self.rows * ROW_BYTES) as u64
    }

    fn cut(&self) -> Result<(), FeedFault> {
        self.file.set_len(self.end()).map_err(fault("cut"))
    }

    /// Writes a row after the last one.
    pub(super) fn push(&mut self, row: &Row) -> Result<(), FeedFault> {
        self.file
            .write_all_at(&row.bytes(), self.end())
            .map_err(fault("write"))?;
        self.rows += 1;
        Ok(())
    }

    /// Writes the file anew when rows that continue each other have made it much longer than it need be.
    pub(super) fn tidy(&mut self, rows: &Rows) -> Result<(), FeedFault> {
        let needed = rows.rows.len() + rows.logs.len();
        if self.rows <= 4 * needed + SLACK_ROWS {
            return Ok(());
        }
        let mut bytes = head().to_vec();
        for (log, known) in (0..).zip(&rows.logs) {
            let row = Row::Named {
                log,
                name: known.name,
            };
            bytes.extend_from_slice(&row.bytes());
        }
        for row in &rows.rows {
            bytes.extend_from_slice(&Row::Changed(*row).bytes());
        }
        files::replace_unsynced(&self.path, &bytes)?;
        self.file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&self.path)
            .map_err(fault("open"))?;
        self.rows = needed;
        Ok(())
    }
}

fn head() -> [u8; HEAD_BYTES] {
    let mut head = [0; HEAD_BYTES];
    head[..12].copy_from_slice(MAGIC);
    head[12..16].copy_from_slice(&VERSION.to_le_bytes());
    let sum = crc32c::crc32c(&head[..HEAD_BYTES - 4]);
    head[HEAD_BYTES - 4..].copy_from_slice(&sum.to_le_bytes());
    head
}

fn fault(doing: &'static str) -> impl Fn(std::io::Error) -> FeedFault {
    move |source| FeedFault::Io { doing, source }
}
