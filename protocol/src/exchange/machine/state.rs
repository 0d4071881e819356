//! What the machine remembers of peers and logs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::message::{Consistency, Head, TableId};
use super::super::package::{Check, Opened};
use super::super::refusal::Refusal;
use super::event::Blocked;
use super::io::RequestId;
use super::limits::{PAUSE_FIRST_MS, PAUSE_MAX_MS, REFUSALS_MAX, SHUN_FIRST_MS, SHUN_MAX_MS};
use crate::hash::Hash;
use crate::id::{OrgId, Origin};
use crate::key::PublicKey;
use crate::log::tile::Tile;
use crate::log::{Compact, SignedCheckpoint};

/// Size and root: what a checkpoint claims.
pub(super) type Claim = (u64, Hash);

/// A peer, connected or not.
#[derive(Debug, Default)]
pub(super) struct Peer {
    pub(super) connected: bool,
    pub(super) partner: bool,
    /// Whether it serves our dictionary.
    pub(super) packs: bool,
    pub(super) table: TableId,
    pub(super) cursor: u64,
    /// What it announced.
    pub(super) has: BTreeMap<Origin, Claim>,
    pub(super) in_flight: usize,
    pub(super) paused_until: u64,
    pub(super) failures: u32,
    pub(super) shunned_until: u64,
    pub(super) strikes: u32,
    pub(super) last_contact: Option<u64>,
    pub(super) refusals: VecDeque<(u64, Origin, Refusal)>,
    /// When to open the stream of heads again.
    pub(super) subscribe_at: Option<u64>,
    pub(super) stale_told: bool,
}

impl Peer {
    /// Whether it may be asked now.
    pub(super) fn is_usable(&self, now: u64) -> bool {
        self.connected && self.paused_until <= now && self.shunned_until <= now
    }

    /// After a failure: waits twice as long each time.
    pub(super) fn pause(&mut self, now: u64) {
        let wait = PAUSE_FIRST_MS << self.failures.min(16);
        self.failures += 1;
        self.paused_until = self.paused_until.max(now + wait.min(PAUSE_MAX_MS));
    }

    /// After something false: waits four times as long each time.
    pub(super) fn shun(&mut self, now: u64) {
        let wait = SHUN_FIRST_MS << (2 * self.strikes.min(8));
        self.strikes += 1;
        self.shunned_until = now + wait.min(SHUN_MAX_MS);
    }

    pub(super) fn remember(&mut self, now: u64, origin: Origin, refusal: Refusal) {
        if self.refusals.len() == REFUSALS_MAX {
            self.refusals.pop_front();
        }
        self.refusals.push_back((now, origin, refusal));
    }
}

/// A checkpoint that may be pulled.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) checkpoint: SignedCheckpoint,
    pub(super) cosignatures: Vec<String>,
}

impl Candidate {
    pub(super) fn claim(&self) -> Claim {
        (self.checkpoint.size(), self.checkpoint.root())
    }

    pub(super) fn size(&self) -> u64 {
        self.checkpoint.size()
    }
}

/// A log that is followed.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) organisation: OrgId,
    /// The key of the log's own node, read once out of the origin.
    pub(super) issuer: PublicKey,
    pub(super) records: bool,
    /// Whether its first entry was judged.
    pub(super) confirmed: bool,
    pub(super) durable: Compact,
    pub(super) adopted: Option<SignedCheckpoint>,
    pub(super) pursued: Option<SignedCheckpoint>,
    /// By size: adopted here and not yet kept by the store, so nobody may hear of it.
    pub(super) adopting: BTreeMap<u64, Head>,
    pub(super) candidates: BTreeMap<Claim, Candidate>,
    /// Claims known to agree with what is held, newest last.
    pub(super) agreed: VecDeque<Claim>,
    pub(super) suspects: BTreeSet<Claim>,
    pub(super) opening: Option<Opening>,
    pub(super) pull: Option<Pull>,
    pub(super) blocked: Option<Blocked>,
    /// Peers that are not asked for this log until a time.
    pub(super) excluded: BTreeMap<PublicKey, u64>,
    pub(super) refill: Refill,
}

impl Log {
    pub(super) fn new(origin: &Origin, organisation: OrgId, records: bool) -> Self {
        Self {
            organisation,
            issuer: origin.node_key(),
            records,
            confirmed: false,
            durable: Compact::new(),
            adopted: None,
            pursued: None,
            adopting: BTreeMap::new(),
            candidates: BTreeMap::new(),
            agreed: VecDeque::new(),
            suspects: BTreeSet::new(),
            opening: None,
            pull: None,
            blocked: None,
            excluded: BTreeMap::new(),
            refill: Refill::default(),
        }
    }

    pub(super) fn adopted_size(&self) -> u64 {
        self.adopted.as_ref().map_or(0, SignedCheckpoint::size)
    }

    /// The signed checkpoint that covers all durable entries, to hold against another one.
    pub(super) fn base(&self) -> Option<&SignedCheckpoint> {
        let covers = |checkpoint: &&SignedCheckpoint| checkpoint.size() >= self.durable.size();
        let adopted = self.adopted.as_ref().filter(covers);
        adopted.or(self.pursued.as_ref())
    }
}

/// A log's first entry on its way to be judged.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) peer: PublicKey,
    pub(super) target: SignedCheckpoint,
    pub(super) package: Option<Opened>,
    pub(super) proof: Option<Consistency>,
    pub(super) judging: bool,
}

/// A checkpoint on its way to be adopted.
#[derive(Debug)]
pub(super) struct Pull {
    pub(super) target: Candidate,
    pub(super) stage: Stage,
    /// Whether a record was absent at a peer other than the issuer's own node.
    pub(super) absent: bool,
}

#[derive(Debug)]
pub(super) enum Stage {
    Small(Small),
    Tiles(Tiles),
    Packages(Packages),
}

/// Up to five packages from one peer, unchecked until all are there.
#[derive(Debug)]
pub(super) struct Small {
    pub(super) peer: PublicKey,
    /// By package: the first place that is wanted, and how far it is.
    pub(super) packages: BTreeMap<u64, (u16, Step<Opened>)>,
}

/// Hashes of packages and of the leaves at both edges, from one peer, unchecked until all are there.
#[derive(Debug)]
pub(super) struct Tiles {
    pub(super) peer: PublicKey,
    pub(super) tiles: BTreeMap<Tile, Step<Vec<Hash>>>,
}

#[derive(Debug)]
pub(super) enum Step<T> {
    Waiting,
    Asked,
    Here(T),
}

/// Packages whose hashes are known, from any peer, in any order, delivered in order.
#[derive(Debug)]
pub(super) struct Packages {
    /// By first index.
    pub(super) tasks: BTreeMap<u64, Task>,
    /// By first index: opened, and waiting for what comes before.
    pub(super) ready: BTreeMap<u64, Opened>,
    /// Entries handed to the writer.
    pub(super) appended: u64,
    /// Entries that the writer has taken.
    pub(super) written: u64,
    /// The next package to make a task of.
    pub(super) next: u64,
    /// The package that `hashes` begins with.
    pub(super) first: u64,
    pub(super) hashes: Vec<Hash>,
    /// Leaves of the package that durable entries end in, from the first that is wanted.
    pub(super) front: Vec<Hash>,
    /// Leaves of the package that the target ends in.
    pub(super) edge: Vec<Hash>,
}

/// Entries of one package, to be asked for.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) package: u64,
    pub(super) places: Vec<u16>,
    pub(super) check: Check,
    pub(super) asked: bool,
}

/// Absent records on their way from the issuer's own node.
#[derive(Debug, Default)]
pub(super) struct Refill {
    /// First index that was not asked for since it was absent.
    pub(super) due_from: Option<u64>,
    /// When all were asked for.
    pub(super) last_full: Option<u64>,
    pub(super) listing: bool,
    /// By first index.
    pub(super) tasks: BTreeMap<u64, Task>,
}

/// A request in flight.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) peer: PublicKey,
    pub(super) origin: Origin,
    pub(super) deadline: u64,
    pub(super) what: What,
}

/// What a request is for.
#[derive(Clone, Debug)]
pub(super) enum What {
    OpeningPackage,
    OpeningProof,
    Small(u64),
    Tile(Tile),
    Package(u64),
    Refill(u64),
    /// A proof that tells whether a peer lied or the log did.
    Doubt(Box<Doubt>),
}

#[derive(Clone, Debug)]
pub(super) struct Doubt {
    pub(super) smaller: Claim,
    /// The note of the smaller claim; without it nobody can be convicted.
    pub(super) signed: Option<SignedCheckpoint>,
    pub(super) larger: SignedCheckpoint,
}

/// Names of pending requests are handed out in order.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) pending: BTreeMap<RequestId, Pending>,
    last: u64,
}

impl Requests {
    pub(super) fn add(&mut self, pending: Pending) -> RequestId {
        self.last += 1;
        let request = RequestId(self.last);
        self.pending.insert(request, pending);
        request
    }
}
