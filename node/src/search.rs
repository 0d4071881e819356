//! The search: words and values of public records, in an index of its own that can be made again at any time.
//!
//! Nothing in it is true of itself, and nothing but words of records that everybody may read is in it: of each thing of
//! an organisation its current version, as everybody sees it. How far each log is known is committed together with the
//! documents that make it true, so after a crash it goes on from there; an index that is missing, of another version or
//! that cannot be read is removed and made anew from the journal.
//!
//! It follows behind the data path on a thread of its own and waits while many records arrive at once, so a record is
//! found a moment after its log's checkpoint, and a pull is not slowed. Memory: the writer's arena of [`ARENA_BYTES`],
//! given back at each commit, and what the system keeps of its files and takes away when it needs the room.
//!
//! **Erasure**: before an erasure is answered, [`Search::forget`] removes the document, rewrites every file that held its
//! words, and sees those files gone.

mod ask;
mod cells;
mod collect;
mod document;
mod engine;
mod follow;
mod look;
mod schema;
mod tag;
mod words;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use erikti_protocol::id::{OrgId, Origin};

use crate::store::index::{Index, IndexFault};
use crate::store::{Store, StoreFault};
use engine::{Engine, Writing};

pub use ask::{ASK_CHARS_MAX, Ask, Near, Order, WORDS_MAX};
pub use cells::{CELLS_MAX, Cell};
pub use collect::Cursor;
pub use tag::{List, Tag};

/// Memory in which documents come together before they are written: the least that the engine takes, some
/// 10,000 records.
pub const ARENA_BYTES: usize = 15_000_000;
/// Rows of one answer, at most.
pub const ROWS_MAX: usize = 1_000;

/// Where the search learns what there is: the data path, seen from below.
pub trait Source: Send + Sync {
    /// What is kept.
    fn store(&self) -> &dyn Store;
    /// Where versions of one thing lie.
    fn index(&self) -> &Index;
    /// The search itself.
    fn search(&self) -> &Search;
    /// Entries of a log that are to be shown: below its checkpoint, and below what a successor pinned.
    fn shown(&self, origin: &Origin) -> u64;
    /// Whose log it is.
    fn organisation(&self, origin: &Origin) -> Option<OrgId>;
    /// The newest number of the order of arrival.
    fn head(&self) -> u64;
}

/// Why the search cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchFault {
    /// The engine refused.
    #[error("the search cannot be used: {0}")]
    Engine(String),
    /// The folder's files refused.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It says what cannot be.
    #[error("the search is corrupt: {what}")]
    Corrupt {
        /// What is wrong.
        what: &'static str,
    },
    /// The index of records refused.
    #[error(transparent)]
    Index(#[from] IndexFault),
    /// The journal refused.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<tantivy::TantivyError> for SearchFault {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Engine(error.to_string())
    }
}

/// One record that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// In which log.
    pub origin: Origin,
    /// At which entry.
    pub index: u64,
    /// Where it stands in the order.
    pub cursor: Cursor,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// In the order asked for.
    pub rows: Vec<Hit>,
    /// How many there are in all.
    pub total: u64,
    /// Whether more come after these.
    pub more: bool,
    /// How many have which values.
    pub counts: Vec<(Tag, u64)>,
    /// Where they are.
    pub cells: Vec<Cell>,
    /// Nothing has all the words; these have some of them.
    pub loosened: bool,
    /// Whether everything that is to be shown was looked through.
    pub complete: bool,
}

/// The search of one node.
#[derive(Debug)]
pub struct Search {
    folder: PathBuf,
    /// Read while something is looked for; written while files are removed or the engine is another one.
    engine: RwLock<Option<Engine>>,
    /// One at a time adds, removes and commits.
    writing: Mutex<Writing>,
    wake: Mutex<Option<SyncSender<()>>>,
    follower: Mutex<Option<JoinHandle<()>>>,
    stopping: AtomicBool,
    /// Whether everything was seen at least once since the start.
    caught_up: AtomicBool,
    /// Everything up to this number of the order of arrival can be found.
    covered: Mutex<u64>,
    covers: Condvar,
    /// A question could not be answered: everything is made anew at the next look.
    broken: AtomicBool,
}

impl Search {
    /// The search of a data folder; nothing is opened before it is needed.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join("search"),
            engine: RwLock::new(None),
            writing: Mutex::new(Writing::default()),
            wake: Mutex::new(None),
            follower: Mutex::new(None),
            stopping: AtomicBool::new(false),
            caught_up: AtomicBool::new(false),
            covered: Mutex::new(0),
            covers: Condvar::new(),
            broken: AtomicBool::new(false),
        }
    }

    /// Follows the journal from now on, on a thread of its own.
    pub fn start(&self, source: Weak<dyn Source>) {
        let mut follower = hold(&self.follower);
        if follower.is_some() || self.stopping.load(Ordering::Acquire) {
            return;
        }
        // One place: somebody who is about to look anyway need not be told twice.
        let (wake, woken): (_, Receiver<()>) = mpsc::sync_channel(1);
        let _ = wake.try_send(());
        *hold(&self.wake) = Some(wake);
        let spawned = std::thread::Builder::new()
            .name("search".to_owned())
            .spawn(move || follow::run(&source, &woken));
        match spawned {
            Ok(thread) => *follower = Some(thread),
            Err(error) => tracing::error!(%error, "the search does not follow"),
        }
    }

    /// Says that something may have come or gone.
    pub fn wanted(&self) {
        if let Some(wake) = hold(&self.wake).as_ref() {
            // Full means that it is about to look.
            let _ = wake.try_send(());
        }
    }

    /// Up to which number of the order of arrival everything can be found.
    pub fn covered(&self) -> u64 {
        *hold(&self.covered)
    }

    /// Waits until everything up to this number of the order of arrival can be found; `false` when it takes longer.
    pub fn wait_for(&self, number: u64, patience: Duration) -> bool {
        let covered = hold(&self.covered);
        let waited = self
            .covers
            .wait_timeout_while(covered, patience, |covered| *covered < number);
        let (covered, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *covered >= number
    }

    fn cover(&self, number: u64) {
        let mut covered = hold(&self.covered);
        *covered = number.max(*covered);
        self.covers.notify_all();
    }

    /// Ends the thread, and writes what it had not yet.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        drop(hold(&self.wake).take());
        let follower = hold(&self.follower).take();
        if follower.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the search broke off");
        }
        if let Err(fault) = self.close() {
            tracing::warn!(%fault, "the search could not be closed; it goes on from where it was");
        }
    }

    /// Whether a thread keeps it in step.
    fn follows(&self) -> bool {
        hold(&self.follower).is_some()
    }

    fn stops(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fault(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> SearchFault {
    let path = path.to_owned();
    move |source| SearchFault::Io {
        doing,
        path,
        source,
    }
}
