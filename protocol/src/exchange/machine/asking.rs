//! Requests: whom one may ask, how much at once, and when to give up.

use super::super::fetch::FetchRequest;
use super::super::message::ConsistencyRequest;
use super::super::package::Want;
use super::Exchange;
use super::io::{Ask, Output};
use super::limits::{
    IN_FLIGHT_MAX, IN_FLIGHT_PEER_BULK_MAX, IN_FLIGHT_PEER_MAX, PATIENCE_MS, REQUEST_TIMEOUT_MS,
};
use super::state::{Claim, Doubt, Log, Pending, Task, What};
use crate::codec::Codec;
use crate::id::Origin;
use crate::key::PublicKey;
use crate::log::SignedCheckpoint;

impl Exchange {
    /// Whether a peer may be asked for a log at a checkpoint: it announced that one, or a larger one.
    pub(super) fn can_serve(&self, key: &PublicKey, origin: &Origin, claim: Claim) -> bool {
        let excluded = self
            .logs
            .get(origin)
            .and_then(|log| log.excluded.get(key))
            .is_some_and(|until| *until > self.now);
        let peer = self.peers.get(key).filter(|peer| peer.is_usable(self.now));
        let has = peer.and_then(|peer| peer.has.get(origin));
        !excluded && has.is_some_and(|has| has.0 > claim.0 || *has == claim)
    }

    /// Whether a peer that may not be asked now will be in a moment, so that what it gave so far is worth keeping.
    pub(super) fn comes_back(&self, key: &PublicKey, origin: &Origin) -> bool {
        let excluded = |log: &Log| log.excluded.get(key).is_some_and(|until| *until > self.now);
        let peer = self.peers.get(key);
        !self.logs.get(origin).is_some_and(excluded)
            && peer.is_some_and(|peer| {
                peer.connected
                    && peer.shunned_until <= self.now
                    && peer.has.contains_key(origin)
                    && (1..=PATIENCE_MS).contains(&peer.paused_until.saturating_sub(self.now))
            })
    }

    /// Whether a peer announced exactly this checkpoint, so that it cannot be on another branch.
    pub(super) fn announced_exactly(&self, key: &PublicKey, origin: &Origin, claim: Claim) -> bool {
        let peer = self.peers.get(key);
        peer.and_then(|peer| peer.has.get(origin)) == Some(&claim)
    }

    /// The peer to ask: one that announced exactly this before one that announced more, then the least busy.
    pub(super) fn choose(&self, origin: &Origin, claim: Claim, room: usize) -> Option<PublicKey> {
        let able = self
            .peers
            .iter()
            .filter(|(key, peer)| peer.in_flight < room && self.can_serve(key, origin, claim));
        able.min_by_key(|(key, peer)| {
            (
                !self.announced_exactly(key, origin, claim),
                peer.failures,
                peer.in_flight,
                **key,
            )
        })
        .map(|(key, _)| *key)
    }

    pub(super) fn room(&self, key: &PublicKey, bulk: bool) -> bool {
        let most = if bulk {
            IN_FLIGHT_PEER_BULK_MAX
        } else {
            IN_FLIGHT_PEER_MAX
        };
        self.requests.pending.len() < IN_FLIGHT_MAX
            && self
                .peers
                .get(key)
                .is_some_and(|peer| peer.in_flight < most)
    }

    pub(super) fn ask(
        &mut self,
        key: PublicKey,
        origin: &Origin,
        ask: Ask,
        want: Option<Want>,
        what: What,
    ) {
        let Some(peer) = self.peers.get_mut(&key) else {
            return;
        };
        peer.in_flight += 1;
        let request = self.requests.add(Pending {
            peer: key,
            origin: origin.clone(),
            deadline: self.now + REQUEST_TIMEOUT_MS,
            what,
        });
        self.outputs.push(Output::Request {
            peer: key,
            request,
            ask,
            want,
        });
    }

    pub(super) fn ask_package(
        &mut self,
        key: PublicKey,
        origin: &Origin,
        size: u64,
        task: &Task,
        what: What,
    ) {
        let mut fetch = FetchRequest::package(origin.clone(), size, task.package, task.places[0]);
        if fetch.places() != task.places {
            fetch.from = 0;
            fetch.only = task.places.clone();
        }
        if self.peers.get(&key).is_some_and(|peer| peer.packs) {
            fetch.codec = Some(Codec::Zstd1.name().to_owned());
        }
        let want = Want {
            package: task.package,
            places: task.places.clone(),
            check: task.check.clone(),
        };
        self.ask(key, origin, Ask::Fetch(fetch), Some(want), what);
    }

    /// Asks a peer whether one checkpoint is how another one began, to learn whether it lied or the log did.
    pub(super) fn doubt(
        &mut self,
        key: PublicKey,
        smaller: Claim,
        signed: Option<SignedCheckpoint>,
        larger: SignedCheckpoint,
    ) {
        let origin = larger.origin().clone();
        let request = ConsistencyRequest {
            origin: origin.clone(),
            from: smaller.0,
            to: larger.size(),
        };
        let doubt = Doubt {
            smaller,
            signed,
            larger,
        };
        self.ask(
            key,
            &origin,
            Ask::Consistency(request),
            None,
            What::Doubt(Box::new(doubt)),
        );
    }

    /// Gives up requests that took too long.
    pub(super) fn expire(&mut self) {
        let late: Vec<_> = self
            .requests
            .pending
            .iter()
            .filter(|(_, pending)| pending.deadline <= self.now)
            .map(|(request, _)| *request)
            .collect();
        for request in late {
            if let Some(pending) = self.requests.pending.remove(&request) {
                self.outputs.push(Output::Cancel { request });
                self.failed(&pending);
            }
        }
    }

    pub(super) fn forget_requests_of(&mut self, key: &PublicKey) {
        self.forget_requests(|pending| pending.peer == *key);
    }

    pub(super) fn forget_requests_for(&mut self, origin: &Origin) {
        self.forget_requests(|pending| pending.origin == *origin);
    }

    /// Gives up the requests of a log's opening or pull, but not those that tell who lied.
    pub(super) fn forget_pull(&mut self, origin: &Origin) {
        self.forget_requests(|pending| {
            pending.origin == *origin && !matches!(pending.what, What::Doubt(_) | What::Refill(_))
        });
    }

    fn forget_requests(&mut self, which: impl Fn(&Pending) -> bool) {
        let matching = self
            .requests
            .pending
            .iter()
            .filter(|(_, pending)| which(pending));
        let matching: Vec<_> = matching.map(|(request, _)| *request).collect();
        for request in matching {
            if let Some(pending) = self.requests.pending.remove(&request) {
                if let Some(peer) = self.peers.get_mut(&pending.peer) {
                    peer.in_flight = peer.in_flight.saturating_sub(1);
                }
                self.outputs.push(Output::Cancel { request });
                self.requeue(&pending);
            }
        }
    }
}
