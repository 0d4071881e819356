//! The only writer: what this organisation publishes, what partners' logs bring, what is sealed and erased.
//!
//! Published here and admitted from elsewhere, records take the same last step, the store's append. The life of one
//! record, step by step, is on the [crate's page](crate).

mod admit;
mod arrival;
mod erasure;
mod proofs;
mod publish;
mod seal;
mod twin;
mod upkeep;
mod witness;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::thread::{self, JoinHandle};

use erikti_protocol::codec::Encoder;
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::record::{Record, Verified};
use erikti_protocol::trust::{Effect, Ledger};

use crate::feed::Feed;
use crate::keys::Keys;
use crate::problem::{Code, Problem};
use crate::search::{Search, SearchFault, Source};
use crate::store::index::{Index, IndexFault};
use crate::store::{Status, Store, StoreFault};

pub use admit::{AdmitFault, Arrived, Orders};
pub use publish::Receipt;
pub use seal::Sealed;
pub use upkeep::TreeAccess;

/// Who this node is.
#[derive(Debug)]
pub struct Own {
    /// Its secret keys.
    pub keys: Keys,
    /// Its organisation's name.
    pub name: String,
    /// Its log.
    pub origin: Origin,
    organisation: OnceLock<OrgId>,
}

impl Own {
    /// The keys and name of a node; the organisation is read from the log's first record.
    pub fn new(keys: Keys, name: String, origin: Origin) -> Self {
        Self {
            keys,
            name,
            origin,
            organisation: OnceLock::new(),
        }
    }

    /// The organisation, once its founding record is written.
    pub fn organisation(&self) -> Option<OrgId> {
        self.organisation.get().copied()
    }
}

/// The data path of one node.
pub struct Ingest {
    own: Own,
    store: Arc<dyn Store>,
    index: Arc<Index>,
    feed: Feed,
    search: Search,
    ledger: RwLock<Ledger>,
    followers: publish::Followers,
    /// Held while records of a version above the first are written.
    superseding: Mutex<()>,
    sealer: seal::Sealer,
    encoders: Encoders,
    /// How many entries of each log are below its newest checkpoint.
    visible: RwLock<BTreeMap<Origin, u64>>,
    frozen: RwLock<BTreeSet<Origin>>,
    ledger_version: AtomicU64,
    twin: twin::Twin,
}

impl std::fmt::Debug for Ingest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ingest")
            .field("origin", &self.own.origin)
            .finish_non_exhaustive()
    }
}

/// The threads behind an [`Ingest`]; they end when it does.
#[derive(Debug)]
pub struct Threads(Vec<JoinHandle<()>>);

impl Ingest {
    /// Opens the data path: reads every control entry of the journal into the ledger, starts the sealer.
    ///
    /// Errors   `store.damaged` when a control entry cannot be read back
    pub fn open(
        own: Own,
        store: Arc<dyn Store>,
        index: Arc<Index>,
        feed: Feed,
        search: Search,
    ) -> Result<(Arc<Self>, Threads), Problem> {
        store.create(&own.origin).map_err(store_problem)?;
        let (sealer, seals) = seal::Sealer::new();
        let ingest = Arc::new(Self {
            own,
            store,
            index,
            feed,
            search,
            ledger: RwLock::new(Ledger::new()),
            followers: publish::Followers::default(),
            superseding: Mutex::new(()),
            sealer,
            encoders: Encoders::default(),
            visible: RwLock::default(),
            frozen: RwLock::default(),
            ledger_version: AtomicU64::new(0),
            twin: twin::Twin::default(),
        });
        ingest.read_ledger()?;
        ingest.redo_erasures().map_err(index_problem)?;
        ingest.followers.begin(
            ingest
                .store
                .frontier(&ingest.own.origin)
                .map_err(store_problem)?
                .size,
        );
        let sealing = Arc::downgrade(&ingest);
        let sealing = thread::Builder::new()
            .name("sealer".to_owned())
            .spawn(move || seal::run(&sealing, &seals));
        let threads = vec![sealing.map_err(|e| Problem::internal("cannot start a thread", e))?];
        // What was acknowledged before a crash may not have been sealed any more.
        let durable = ingest
            .store
            .frontier(&ingest.own.origin)
            .map_err(store_problem)?
            .size;
        if durable > ingest.visible(&ingest.own.origin) {
            ingest.seal()?;
        }
        Ok((ingest, Threads(threads)))
    }

    /// Who this node is.
    pub fn own(&self) -> &Own {
        &self.own
    }

    /// The store, for reading.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// The index, for reading.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The search, for looking.
    pub fn search(&self) -> &Search {
        &self.search
    }

    /// What the control entries say. Not to be asked for again while the answer is held: whoever writes between the
    /// two would wait for the first, and the second for whoever writes.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest version of one of this organisation's records.
    ///
    /// Errors   `internal` when the index cannot be read
    pub fn newest_own_version(&self, id: &RecordId) -> Result<Option<u64>, Problem> {
        let places = self.index.find(id).map_err(index_problem)?;
        let own = places
            .iter()
            .filter(|place| place.origin == self.own.origin);
        Ok(own.filter_map(|place| place.version).map(u64::from).max())
    }

    /// Ends the sealing thread; reading goes on.
    pub fn stop(&self) {
        self.sealer.close();
    }

    fn read_ledger(&self) -> Result<(), Problem> {
        for origin in self.store.logs() {
            if let Some(signed) = self.checkpoint(&origin)? {
                self.set_visible(&origin, signed.checkpoint().size);
            }
            for index in self.store.control(&origin, 0).map_err(store_problem)? {
                match self.read_control(&origin, index) {
                    Ok(Some(record)) => {
                        if origin == self.own.origin && index == 0 {
                            let _ = self
                                .own
                                .organisation
                                .set(OrgId::from_founding(record.digest()));
                        }
                        self.apply(&origin, index, &record);
                    }
                    // Named by `store verify` and fetched again; what it said has no effect until then.
                    Ok(None) => {
                        tracing::warn!(%origin, index, "a control entry's record is not readable")
                    }
                    Err(fault) => return Err(store_problem(fault)),
                }
            }
        }
        Ok(())
    }

    fn read_control(&self, origin: &Origin, index: u64) -> Result<Option<Verified>, StoreFault> {
        Ok(self
            .record(origin, index)?
            .and_then(|record| record.verify().ok()))
    }

    /// Tells the ledger of a control entry and says what follows from it.
    fn apply(&self, origin: &Origin, index: u64, record: &Verified) -> Option<Effect> {
        let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
        match ledger.apply(origin, index, record) {
            Ok(effect) => {
                drop(ledger);
                self.ledger_changed();
                Some(effect)
            }
            Err(fault) => {
                tracing::warn!(%origin, index, %fault, "a control entry has no effect");
                None
            }
        }
    }

    /// Counts what the ledger was told, so that judgements made from it can be kept until it changes.
    pub fn ledger_version(&self) -> u64 {
        self.ledger_version.load(Ordering::Acquire)
    }

    fn ledger_changed(&self) {
        self.ledger_version.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether an entry's record is present.
    pub fn status(&self, origin: &Origin, index: u64) -> Result<Status, StoreFault> {
        let frames = self.store.entries(origin, index..index + 1)?;
        Ok(frames
            .iter()
            .next()
            .map_or(Status::Absent, |(_, frame)| frame.status))
    }

    /// The record of an entry, when it is present and undamaged.
    pub fn record(&self, origin: &Origin, index: u64) -> Result<Option<Record>, StoreFault> {
        let Some(stored) = self
            .store
            .record(origin, index)?
            .filter(|stored| stored.status == Status::Present)
        else {
            return Ok(None);
        };
        let damaged = || StoreFault::Damaged {
            origin: origin.clone(),
            index,
        };
        if Hash::of(&stored.bytes) != stored.digest {
            return Err(damaged());
        }
        Record::parse(stored.bytes).map(Some).map_err(|_| damaged())
    }
}

impl Source for Ingest {
    fn store(&self) -> &dyn Store {
        self.store()
    }

    fn index(&self) -> &Index {
        self.index()
    }

    fn search(&self) -> &Search {
        &self.search
    }

    fn shown(&self, origin: &Origin) -> u64 {
        let counted = self
            .ledger()
            .history(origin)
            .map_or(0, |history| history.counted());
        self.visible(origin).min(counted)
    }

    fn organisation(&self, origin: &Origin) -> Option<OrgId> {
        self.ledger().organisation(origin)
    }

    fn head(&self) -> u64 {
        self.feed.head()
    }
}

impl Threads {
    /// Waits until the threads have written and sealed everything; the last [`Ingest`] must be gone or going.
    pub fn join(self) {
        for thread in self.0 {
            if thread.join().is_err() {
                tracing::error!("a thread of the data path broke off");
            }
        }
    }
}

/// Encoders that wait for work: making one costs more than a hundred records.
#[derive(Debug, Default)]
struct Encoders(Mutex<Vec<Encoder>>);

impl Encoders {
    fn take(&self) -> Encoder {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        waiting.unwrap_or_default()
    }

    fn give_back(&self, encoder: Encoder) {
        /// As many as callers that may publish at once and profit: 64.
        const WAITING_MAX: usize = 64;
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < WAITING_MAX {
            waiting.push(encoder);
        }
    }
}

/// A fault of the store, for a caller.
pub fn store_problem(fault: StoreFault) -> Problem {
    let told = |code| Problem::new(code, fault.to_string());
    match &fault {
        StoreFault::Poisoned => {
            told(Code::StoreStopped).hint("look at the disk, then start the node again: erikti run")
        }
        StoreFault::Locked { pid, .. } => {
            let who = pid.map_or_else(|| "of unknown number".to_owned(), |pid| pid.to_string());
            let detail = format!("another process already uses this data folder (process {who})");
            Problem::new(Code::DataLocked, detail)
                .hint("stop it, or choose another folder with --data")
        }
        StoreFault::Version { .. } => told(Code::DataVersion)
            .hint("use a version of this program that is as new as the one that wrote it"),
        StoreFault::Damaged { .. } => {
            told(Code::StoreDamaged).hint("see everything that is: erikti store verify")
        }
        StoreFault::UnknownLog { .. } => {
            told(Code::LogUnknown).hint("see which logs are kept: erikti log status")
        }
        _ => told(Code::Internal),
    }
}

/// A fault of the index, for a caller.
pub fn index_problem(fault: IndexFault) -> Problem {
    match fault {
        IndexFault::Store(fault) => store_problem(fault),
        fault => Problem::new(Code::StoreDamaged, fault.to_string()).hint("erikti store rebuild"),
    }
}

/// A fault of the search, for a caller.
pub fn search_problem(fault: SearchFault) -> Problem {
    match fault {
        SearchFault::Index(fault) => index_problem(fault),
        SearchFault::Store(fault) => store_problem(fault),
        fault => Problem::new(Code::SearchUnready, fault.to_string())
            .hint("it is being made anew: try again in a moment"),
    }
}
