//! The order of arrival: in which order entries came to be visible at this node, or changed, across all logs.
//!
//! Each change has one number; numbers only grow, and followers (searches, feeds, events, webhooks) go on after the
//! last number they know. A log's own order says nothing about when this node came to know of an entry, and no clock
//! does.
//!
//! An entry changes when it comes below its log's newest checkpoint, when its record comes later than that, when it is
//! erased or found bad, and when a successor of its log says that it does not count, or counts again. An entry of a log
//! whose place among its organisation's logs is not known yet comes when that is. What a change means for a thing is for whoever asks to say, from what is held when asking.
//!
//! A number is milliseconds since 1970 times 1,024 when a run of the node begins, and one more for each change: below
//! 2⁵³ until the year 2248. So numbers of a file that was lost, or whose tail a power cut took, are never given again
//! (unless the clock was set back as well), and who follows sees what is doubtful a second time rather than not at all.
//! For the same reason nothing here is synced, and whatever is missing or corrupt is made anew from the store.

mod file;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::time::Timestamp;

use crate::clock;
use crate::files;
use crate::store::{Store, StoreFault};
use file::{Changed, File, Row, Rows, Seen};

pub use file::FILE_NAME;

/// Rows in memory and in the file, of 32 and 40 bytes, at most: 32 and 40 MiB. A row is a run of entries of one log that
/// came together, so two nodes that publish one record in turn need one a record. With more, all are numbered anew.
pub const ROWS_MAX: usize = 1 << 20;
/// Numbers a millisecond, so that a later run of the node begins above an earlier one: no node takes a million
/// changes a second for long.
const NUMBERS_A_MILLISECOND: u64 = 1_024;
/// Changes that are returned at once, at most.
pub const LIST_MAX: usize = 4_096;

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It came below its log's newest checkpoint.
    Appeared,
    /// Its record came later than that.
    Filled,
    /// It was erased or found bad.
    Gone,
    /// It counts no more, or again: a successor of its log says up to where that counts.
    Recounted,
}

/// One change of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub number: u64,
    /// The entry's log.
    pub origin: Origin,
    /// The entry.
    pub index: u64,
    /// What happened to it.
    pub what: What,
    /// When this node noticed.
    pub at: Timestamp,
    /// Of what kind the record was, for one that was erased here.
    pub was: Option<KindTag>,
}

/// What is kept of the kind of an erased record: enough to tell followers of one kind that it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindTag([u8; 3]);

impl KindTag {
    /// The tag of a kind.
    pub fn of(kind: &str) -> Self {
        let digest = Hash::of(kind.as_bytes());
        let [a, b, c, ..] = *digest.as_bytes();
        // Zero stands for a kind that is not known.
        Self(if [a, b, c] == [0; 3] {
            [0, 0, 1]
        } else {
            [a, b, c]
        })
    }
}

/// What there is to see of a log.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Entries below its newest checkpoint.
    pub visible: u64,
    /// How many of the first entries are found by readers.
    pub found: u64,
    /// How many of the first entries count: fewer when a successor pinned the log below its size, none while the log it
    /// continues is not known. `None` for a log that says nothing of itself: then all stays as it was noted.
    pub counted: Option<u64>,
    /// An entry that was just erased, and of what kind its record was.
    pub erased: Option<(u64, &'a str)>,
    /// The time.
    pub at: Timestamp,
}

/// Why the order of arrival cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FeedFault {
    /// The system refused.
    #[error("cannot {doing} `{FILE_NAME}`: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<files::Fault> for FeedFault {
    fn from(fault: files::Fault) -> Self {
        Self::Io {
            doing: fault.doing,
            source: fault.source,
        }
    }
}

/// Told the newest number after each change.
type Listener = Box<dyn Fn(u64) + Send + Sync>;

/// The order of arrival at one node.
pub struct Feed {
    state: Mutex<State>,
    listeners: RwLock<Vec<Listener>>,
}

#[derive(Debug)]
struct State {
    file: File,
    rows: Rows,
    /// The number that the next change gets at least.
    floor: u64,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed")
            .field("head", &self.head())
            .finish_non_exhaustive()
    }
}

impl Feed {
    /// Opens the order of a data folder as far as it can be read; whatever is wrong with it is cut off.
    ///
    /// Errors   [`FeedFault::Io`]
    pub fn open(data: &Path) -> Result<Self, FeedFault> {
        Self::open_at(data, clock::milliseconds())
    }

    /// As [`Feed::open`], at a time that the caller names.
    ///
    /// Errors   [`FeedFault::Io`]
    pub fn open_at(data: &Path, milliseconds: u64) -> Result<Self, FeedFault> {
        let (file, rows) = File::open(&data.join(FILE_NAME))?;
        let floor = (milliseconds.saturating_mul(NUMBERS_A_MILLISECOND)).max(rows.head() + 1);
        Ok(Self {
            state: Mutex::new(State { file, rows, floor }),
            listeners: RwLock::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what has happened to a log since it was last looked at.
    ///
    /// Errors   [`FeedFault`]; what could not be noted is noted the next time
    pub fn follow(
        &self,
        store: &dyn Store,
        origin: &Origin,
        look: Look<'_>,
    ) -> Result<(), FeedFault> {
        let mut state = self.state();
        let before = state.rows.head();
        let noted = state.follow(store, origin, look);
        let head = state.rows.head();
        drop(state);
        if head > before {
            let listeners = self.listeners.read();
            for listener in listeners.unwrap_or_else(PoisonError::into_inner).iter() {
                listener(head);
            }
        }
        noted
    }

    /// The newest number; 0 while nothing has happened.
    pub fn head(&self) -> u64 {
        self.state().rows.head()
    }

    /// The changes after this number, oldest first.
    ///
    /// Limits   [`LIST_MAX`]
    pub fn after(&self, number: u64, limit: usize) -> Vec<Change> {
        self.state().rows.after(number, limit.min(LIST_MAX))
    }

    /// The number of the newest change of an entry.
    pub fn latest(&self, origin: &Origin, index: u64) -> Option<u64> {
        self.state().rows.latest(origin, index)
    }

    /// Has a function called with the newest number after each change, on the thread that made it: it must only wake
    /// others.
    pub fn on_change(&self, listener: impl Fn(u64) + Send + Sync + 'static) {
        self.listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Box::new(listener));
    }
}

impl State {
    fn follow(
        &mut self,
        store: &dyn Store,
        origin: &Origin,
        look: Look<'_>,
    ) -> Result<(), FeedFault> {
        let Look {
            visible,
            found,
            counted,
            erased,
            at,
        } = look;
        let frontier = store.frontier(origin)?;
        if self.rows.len() >= ROWS_MAX {
            tracing::warn!("the order of arrival has grown too long and begins anew");
            let milliseconds = u64::try_from(at.seconds()).unwrap_or(0) * 1_000;
            self.floor = (milliseconds * NUMBERS_A_MILLISECOND).max(self.rows.head() + 1);
            self.rows = self.file.begin()?;
        }
        let mut seen = self.rows.seen(origin);
        // A log that was set aside and is fetched again has another history than the one noted.
        let log = match seen {
            Some(Seen {
                log,
                noted,
                counted: _,
            }) if noted.size <= visible
                && noted.fills <= frontier.fills
                && noted.marks <= frontier.marks =>
            {
                log
            }
            _ => {
                seen = None;
                let log = self.rows.next_log();
                self.write(Row::named(log, origin))?;
                log
            }
        };
        self.rows.belongs(log, origin);
        let (seen, before) = seen.map_or_else(Default::default, |seen| (seen.noted, seen.counted));
        let counted = counted.unwrap_or(before);
        let after = counted.min(seen.size);
        if before != after {
            let (first, count) = (before.min(after), before.abs_diff(after));
            self.note(What::Recounted, log, first, count, at, None)?;
        }
        let shown = visible.min(found).min(counted);
        if seen.size < shown {
            self.note(What::Appeared, log, seen.size, shown - seen.size, at, None)?;
        }
        if seen.fills < frontier.fills {
            for (first, count) in runs(&store.fills(origin, seen.fills)?) {
                self.note(What::Filled, log, first, count, at, None)?;
            }
        }
        if seen.marks < frontier.marks {
            for index in store.marked(origin, seen.marks)? {
                let was = erased.filter(|(erased, _)| *erased == index);
                let was = was.map(|(_, kind)| KindTag::of(kind));
                self.note(What::Gone, log, index, 1, at, was)?;
            }
        }
        Ok(())
    }

    fn note(
        &mut self,
        what: What,
        log: u32,
        first: u64,
        count: u64,
        at: Timestamp,
        was: Option<KindTag>,
    ) -> Result<(), FeedFault> {
        let at = u32::try_from(at.seconds()).unwrap_or(u32::MAX);
        let kind = was.map_or([0; 3], |tag| tag.0);
        let (mut first, mut rest) = (first, count);
        while rest > 0 {
            let count = u32::try_from(rest).unwrap_or(u32::MAX);
            let number = self.floor.max(self.rows.head() + 1);
            self.write(Row::Changed(Changed {
                number,
                first,
                count,
                log,
                at,
                what,
                kind,
            }))?;
            first += u64::from(count);
            rest -= u64::from(count);
        }
        Ok(())
    }

    fn write(&mut self, row: Row) -> Result<(), FeedFault> {
        self.file.push(&row)?;
        self.rows.push(row);
        self.file.tidy(&self.rows)
    }
}

/// Ascending numbers as runs of consecutive ones.
fn runs(numbers: &[u64]) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((first, count)) if *first + *count == number => *count += 1,
            _ => runs.push((number, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_numbers_are_one_run() {
        assert_eq!(
            runs(&[3, 4, 5, 9, 1, 2]),
            vec![(3, 3), (9, 1), (1, 2)],
            "a run ends where the order of arrival does"
        );
        assert_eq!(runs(&[]), Vec::new());
    }
}
