//! The machine: what to ask whom, what to do with the answer, and whom to believe.
//!
//! Pure: [`Exchange::handle`] takes what happened and the time, and says what to do. It opens no stream, reads no
//! clock, draws no random number, and keeps everything in ordered maps, so that one seed replays one run.

mod answer;
mod asking;
mod deliver;
mod event;
mod heads;
mod io;
pub mod limits;
mod plan;
mod state;
mod status;
mod table;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use event::{Blame, Blocked, Event};
pub use io::{Answer, Ask, FollowedLog, Following, Input, Output, Own, RequestId};
pub use status::{LogStatus, PeerStatus, RefusalSeen, UnknownOrganisation};

use super::message::{Heads, HeadsRequest, Hello, VERSIONS};
use crate::codec::{Codec, DICTIONARY_1_HASH};
use crate::id::{OrgId, Origin};
use crate::key::PublicKey;
use crate::log::SignedCheckpoint;
use crate::log::evidence::Contradiction;
use limits::{LOGS_MAX, PAUSE_FIRST_MS, PEERS_MAX, STALE_AFTER_MS};
use state::{Log, Peer, Requests};
use table::HeadsTable;

/// The exchange of one node with all its partners.
#[derive(Debug)]
pub struct Exchange {
    own: Own,
    now: u64,
    peers: BTreeMap<PublicKey, Peer>,
    logs: BTreeMap<Origin, Log>,
    organisations: BTreeSet<OrgId>,
    requests: Requests,
    table: HeadsTable,
    /// Up to which change heads were announced, and when more may be.
    announced: u64,
    announce_at: u64,
    evidence: BTreeMap<Origin, Contradiction>,
    unknown: BTreeMap<(OrgId, Origin), (u64, u64)>,
    rejected: VecDeque<Origin>,
    /// Logs that may have something to do.
    active: BTreeSet<Origin>,
    /// The log that was served last.
    turn: Option<Origin>,
    outputs: Vec<Output>,
}

impl Exchange {
    /// A machine that knows nobody yet.
    pub fn new(own: Own) -> Self {
        let table = HeadsTable::new(own.table);
        let mut exchange = Self {
            own,
            now: 0,
            peers: BTreeMap::new(),
            logs: BTreeMap::new(),
            organisations: BTreeSet::new(),
            requests: Requests::default(),
            table,
            announced: 0,
            announce_at: 0,
            evidence: BTreeMap::new(),
            unknown: BTreeMap::new(),
            rejected: VecDeque::new(),
            active: BTreeSet::new(),
            turn: None,
            outputs: Vec::new(),
        };
        if let Some((_, _, Some(head))) = exchange.own.log.clone() {
            exchange.seal(head);
        }
        exchange
    }

    /// Takes what happened at `now` (milliseconds of a clock that never goes back) and says what to do, in this order.
    pub fn handle(&mut self, input: Input, now: u64) -> Vec<Output> {
        self.now = self.now.max(now);
        match input {
            Input::Connected { peer, hello } => self.connect(peer, &hello),
            Input::Disconnected { peer } => self.disconnect(&peer),
            Input::Heads { peer, heads } => self.hear(&peer, heads),
            Input::HeadsClosed { peer } => self.heads_closed(&peer),
            Input::Answer { request, answer } => self.answer(request, answer),
            Input::Written { origin, size } => self.written(&origin, size),
            Input::Stored { origin, durable } => self.stored(&origin, durable),
            Input::Adopted { origin, size } => self.adopted(&origin, size),
            Input::Sealed { head } => self.seal(head),
            Input::Follow(following) => self.follow(following),
            Input::Verdict { origin, verdict } => self.verdict(&origin, verdict),
            Input::Reject { origin, reason } => self.reject(&origin, reason),
            Input::Compared { suspect, found } => self.compared(&suspect, found),
            Input::Missing {
                origin,
                entries,
                next,
            } => self.missing(&origin, entries, next),
            Input::Evidence { peer, evidence } => self.convict(*evidence, peer),
            Input::Blame { peer, blame } => self.blame(&peer, None, blame),
            Input::Tick => self.tick(),
        }
        self.expire();
        self.schedule();
        self.announce();
        std::mem::take(&mut self.outputs)
    }

    /// When to call with [`Input::Tick`] unless something happens before.
    pub fn next_wake(&self) -> Option<u64> {
        let deadlines = self
            .requests
            .pending
            .values()
            .map(|pending| pending.deadline);
        let peers = self.peers.values().filter(|peer| peer.connected);
        let peers = peers.flat_map(|peer| {
            [
                Some(peer.paused_until),
                Some(peer.shunned_until),
                peer.subscribe_at,
            ]
        });
        let stale = self
            .peers
            .values()
            .filter(|peer| peer.partner && !peer.connected && !peer.stale_told)
            .filter_map(|peer| Some(peer.last_contact? + STALE_AFTER_MS));
        let logs = self.logs.values().flat_map(|log| {
            let refill = self.refill_due_at(log);
            log.excluded.values().copied().chain(refill)
        });
        let announce = (self.announced < self.table.cursor()).then_some(self.announce_at);
        deadlines
            .chain(peers.flatten())
            .chain(stale)
            .chain(logs)
            .chain(announce)
            .filter(|at| *at > self.now)
            .min()
    }

    /// Answers a question of `/erikti/heads/1`.
    pub fn heads_after(&self, request: &HeadsRequest) -> Heads {
        self.table.after(request)
    }

    fn connect(&mut self, key: PublicKey, hello: &Hello) {
        let known = hello
            .versions
            .iter()
            .any(|version| VERSIONS.contains(version));
        let full = self.peers.len() >= PEERS_MAX && !self.peers.contains_key(&key);
        if hello.network != self.own.network || !known || full {
            self.outputs.push(Output::Disconnect { peer: key });
            return;
        }
        self.forget_requests_of(&key);
        let now = self.now;
        let peer = self.peers.entry(key).or_default();
        peer.connected = true;
        peer.in_flight = 0;
        peer.failures = 0;
        peer.paused_until = 0;
        peer.last_contact = Some(now);
        peer.stale_told = false;
        peer.packs = hello.codecs.iter().any(|codec| {
            codec.name == Codec::Zstd1.name() && codec.dictionary == Some(DICTIONARY_1_HASH)
        });
        if peer.table != hello.table {
            peer.table = hello.table;
            peer.cursor = 0;
            peer.has.clear();
        }
        self.subscribe(&key);
        for evidence in self.evidence.values() {
            self.outputs.push(Output::Evidence {
                evidence: Box::new(evidence.clone()),
                to: vec![key],
                fresh: false,
            });
        }
        self.wake_all();
    }

    fn subscribe(&mut self, key: &PublicKey) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        peer.subscribe_at = None;
        self.outputs.push(Output::SubscribeHeads {
            peer: *key,
            request: HeadsRequest {
                table: peer.table,
                cursor: peer.cursor,
                stay: true,
            },
        });
    }

    fn disconnect(&mut self, key: &PublicKey) {
        self.forget_requests_of(key);
        if let Some(peer) = self.peers.get_mut(key) {
            peer.connected = false;
            peer.in_flight = 0;
            peer.subscribe_at = None;
            peer.last_contact = Some(self.now);
            if !peer.partner {
                self.peers.remove(key);
            }
        }
        self.wake_all();
    }

    fn heads_closed(&mut self, key: &PublicKey) {
        let now = self.now;
        if let Some(peer) = self.peers.get_mut(key).filter(|peer| peer.connected) {
            let wait = PAUSE_FIRST_MS << peer.failures.min(8);
            peer.failures += 1;
            peer.subscribe_at = Some(now + wait);
        }
    }

    fn follow(&mut self, following: Following) {
        let news = following
            .organisations
            .difference(&self.organisations)
            .next()
            .is_some();
        self.organisations = following.organisations;
        for peer in self.peers.values_mut() {
            peer.partner = false;
        }
        for key in following.partners {
            if self.peers.len() < PEERS_MAX || self.peers.contains_key(&key) {
                self.peers.entry(key).or_default().partner = true;
            }
        }
        self.peers.retain(|_, peer| peer.partner || peer.connected);
        let mut listed = BTreeSet::new();
        for log in following.logs {
            listed.insert(log.origin.clone());
            self.follow_log(log);
        }
        let gone: Vec<Origin> = self
            .logs
            .iter()
            .filter(|(origin, log)| {
                !listed.contains(*origin) && !self.organisations.contains(&log.organisation)
            })
            .map(|(origin, _)| origin.clone())
            .collect();
        for origin in gone {
            self.forget_requests_for(&origin);
            self.logs.remove(&origin);
            self.active.remove(&origin);
        }
        let standing = &self.organisations;
        self.unknown
            .retain(|(organisation, _), _| !standing.contains(organisation));
        if news {
            // Heads of organisations without standing were not kept: hear them all again.
            let connected: Vec<PublicKey> = self
                .peers
                .iter_mut()
                .filter(|(_, peer)| peer.connected)
                .map(|(key, peer)| {
                    peer.cursor = 0;
                    *key
                })
                .collect();
            for key in connected {
                self.subscribe(&key);
            }
        }
        self.wake_all();
    }

    fn follow_log(&mut self, followed: FollowedLog) {
        let own = self.own.log.as_ref().map(|(_, origin, _)| origin);
        if own == Some(&followed.origin) {
            return;
        }
        if let Some(log) = self.logs.get_mut(&followed.origin) {
            log.records = followed.records;
            return;
        }
        if self.logs.len() >= LOGS_MAX {
            return;
        }
        let mut log = Log::new(&followed.origin, followed.organisation, followed.records);
        log.confirmed = followed.durable.size() > 0;
        log.durable = followed.durable;
        log.pursued = followed.pursued;
        log.adopted = followed.adopted;
        if let Some(adopted) = &log.adopted {
            log.agreed.push_back((adopted.size(), adopted.root()));
            let head = heads::head_of(log.organisation, adopted, Vec::new());
            self.table.put(&followed.origin, head);
        }
        self.logs.insert(followed.origin.clone(), log);
        if let Some(evidence) = followed.evidence {
            self.convict(evidence, None);
        }
    }

    fn seal(&mut self, head: SignedCheckpoint) {
        let Some((organisation, origin, newest)) = &mut self.own.log else {
            return;
        };
        let (organisation, origin) = (*organisation, origin.clone());
        *newest = Some(head.clone());
        let lines = heads::cosignature_lines(&head);
        self.table
            .put(&origin, heads::head_of(organisation, &head, lines));
    }

    fn announce(&mut self) {
        if self.announced >= self.table.cursor() || self.now < self.announce_at {
            return;
        }
        loop {
            let heads = self.table.after(&HeadsRequest {
                table: self.own.table,
                cursor: self.announced,
                stay: true,
            });
            self.announced = heads.cursor;
            let more = heads.more;
            if !heads.heads.is_empty() {
                self.outputs.push(Output::Announce { heads });
            }
            if !more {
                break;
            }
        }
        self.announce_at = self.now + limits::ANNOUNCE_EVERY_MS;
    }

    fn tick(&mut self) {
        let due: Vec<PublicKey> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.subscribe_at.is_some_and(|at| at <= self.now))
            .map(|(key, _)| *key)
            .collect();
        for key in due {
            self.subscribe(&key);
        }
        for (key, peer) in &mut self.peers {
            let silent = peer.last_contact.map(|at| self.now.saturating_sub(at));
            let stale = silent.is_some_and(|silent| silent >= STALE_AFTER_MS);
            if peer.partner && !peer.connected && stale && !peer.stale_told {
                peer.stale_told = true;
                self.outputs.push(Output::Note(Event::Stale { peer: *key }));
            }
        }
        self.wake_all();
    }

    /// Every log may have something to do: a peer came, went, or may be asked again.
    fn wake_all(&mut self) {
        self.active = self.logs.keys().cloned().collect();
    }

    fn note(&mut self, event: Event) {
        self.outputs.push(Output::Note(event));
    }
}
