//! Answers: what came, whether it is true, and whose fault it is when it is not.

use std::collections::BTreeMap;

use super::super::message::Consistency;
use super::super::package::{Check, Opened, PackageFault, Status};
use super::super::refusal::{RETRY_MS_MAX, Refusal, RefusalCode};
use super::Exchange;
use super::event::{Blame, Blocked, Event};
use super::io::{Answer, Output, RequestId};
use super::limits::{PAUSE_BUSY_MS, PAUSE_LOG_MS, PAUSE_NOT_FOUND_MS};
use super::plan::package_hashes;
use super::state::{Doubt, Packages, Pending, Stage, Step, Task, What};
use crate::hash::Hash;
use crate::id::Origin;
use crate::key::PublicKey;
use crate::log::evidence::Contradiction;
use crate::log::path::verify_consistency;
use crate::log::tile::Tile;
use crate::log::{PACKAGE_ENTRIES, SignedCheckpoint};

impl Exchange {
    pub(super) fn answer(&mut self, request: RequestId, answer: Answer) {
        let Some(pending) = self.requests.pending.remove(&request) else {
            return;
        };
        let now = self.now;
        if let Some(peer) = self.peers.get_mut(&pending.peer) {
            peer.in_flight = peer.in_flight.saturating_sub(1);
            if !matches!(answer, Answer::Failed) {
                peer.last_contact = Some(now);
                peer.failures = 0;
            }
        }
        self.active.insert(pending.origin.clone());
        match (&pending.what, answer) {
            (_, Answer::Failed) => {
                if let Some(peer) = self.peers.get_mut(&pending.peer) {
                    peer.pause(now);
                }
                self.requeue(&pending);
            }
            (_, Answer::Refused(refusal)) => self.refused(&pending, refusal),
            (_, Answer::Broken(blame)) => self.lied(&pending, blame),
            (_, Answer::Fault(fault)) => self.package_fault(&pending, fault),
            (What::OpeningPackage, Answer::Package(opened)) => {
                let log = self.logs.get_mut(&pending.origin);
                if let Some(opening) = log.and_then(|log| log.opening.as_mut()) {
                    opening.package = Some(*opened);
                }
                self.judge(&pending);
            }
            (What::OpeningProof, Answer::Consistency(proof)) => {
                let log = self.logs.get_mut(&pending.origin);
                if let Some(opening) = log.and_then(|log| log.opening.as_mut()) {
                    opening.proof = Some(proof);
                }
                self.judge(&pending);
            }
            (What::Small(package), Answer::Package(opened)) => {
                self.small(&pending, *package, *opened);
            }
            (What::Tile(tile), Answer::Tile(bytes)) => self.tile(&pending, *tile, &bytes),
            (What::Package(start), Answer::Package(opened)) => {
                self.package(&pending, *start, *opened);
            }
            (What::Refill(start), Answer::Package(opened)) => {
                self.filled(&pending, *start, *opened);
            }
            (What::Doubt(doubt), Answer::Consistency(proof)) => {
                let doubt = doubt.clone();
                self.resolve(&pending, *doubt, proof);
            }
            _ => self.lied(&pending, Blame::Answer),
        }
    }

    /// A request took too long or its peer is gone.
    pub(super) fn failed(&mut self, pending: &Pending) {
        let now = self.now;
        if let Some(peer) = self.peers.get_mut(&pending.peer) {
            peer.in_flight = peer.in_flight.saturating_sub(1);
            peer.pause(now);
        }
        self.requeue(pending);
    }

    /// Makes what was asked for be asked for again.
    pub(super) fn requeue(&mut self, pending: &Pending) {
        let Some(log) = self.logs.get_mut(&pending.origin) else {
            return;
        };
        self.active.insert(pending.origin.clone());
        match (&pending.what, log.pull.as_mut().map(|pull| &mut pull.stage)) {
            (What::OpeningPackage | What::OpeningProof, _) => {
                // The other half of the opening is of no use alone.
                let half = log.opening.as_ref().is_some_and(|opening| !opening.judging);
                if half {
                    log.opening = None;
                    self.forget_pull(&pending.origin);
                }
            }
            (What::Small(package), Some(Stage::Small(small))) => {
                if let Some((_, step)) = small.packages.get_mut(package) {
                    *step = Step::Waiting;
                }
            }
            (What::Tile(tile), Some(Stage::Tiles(tiles))) => {
                if let Some(step) = tiles.tiles.get_mut(tile) {
                    *step = Step::Waiting;
                }
            }
            (What::Package(start), Some(Stage::Packages(packages))) => {
                if let Some(task) = packages.tasks.get_mut(start) {
                    task.asked = false;
                }
            }
            (What::Refill(start), _) => {
                if let Some(task) = log.refill.tasks.get_mut(start) {
                    task.asked = false;
                }
            }
            _ => {}
        }
    }

    fn refused(&mut self, pending: &Pending, refusal: Refusal) {
        let now = self.now;
        let wait = refusal.retry_ms.map(|wait| wait.min(RETRY_MS_MAX));
        if let Some(peer) = self.peers.get_mut(&pending.peer) {
            peer.remember(now, pending.origin.clone(), refusal.clone());
            if refusal.code == RefusalCode::Busy {
                let until = now + wait.unwrap_or(PAUSE_BUSY_MS);
                peer.paused_until = peer.paused_until.max(until);
            }
        }
        let pause = match refusal.code {
            RefusalCode::Busy => None,
            RefusalCode::NotFound => Some(PAUSE_NOT_FOUND_MS),
            _ => Some(PAUSE_LOG_MS),
        };
        if let Some(pause) = pause {
            self.exclude(&pending.origin, pending.peer, wait.unwrap_or(pause));
        }
        self.note(Event::Refused {
            peer: pending.peer,
            origin: pending.origin.clone(),
            refusal,
        });
        self.requeue(pending);
    }

    /// Does not ask a peer for one log for a while.
    fn exclude(&mut self, origin: &Origin, peer: PublicKey, wait: u64) {
        let until = self.now + wait;
        if let Some(log) = self.logs.get_mut(origin) {
            log.excluded.retain(|_, until| *until > self.now);
            log.excluded.insert(peer, until);
        }
    }

    fn lied(&mut self, pending: &Pending, blame: Blame) {
        self.requeue(pending);
        self.blame(&pending.peer, Some(&pending.origin), blame);
    }

    /// Wrong hashes of a peer that announced exactly this checkpoint are its lie. One that announced a larger checkpoint
    /// may honestly hold another branch: then its own announcement is doubted.
    fn wrong_hashes(&mut self, pending: &Pending, blame: Blame) {
        self.requeue(pending);
        let log = self.logs.get(&pending.origin);
        let Some(target) = log
            .and_then(|log| log.pull.as_ref())
            .map(|pull| &pull.target)
        else {
            return self.blame(&pending.peer, Some(&pending.origin), blame);
        };
        if self.announced_exactly(&pending.peer, &pending.origin, target.claim()) {
            return self.blame(&pending.peer, Some(&pending.origin), blame);
        }
        let smaller = target.checkpoint.clone();
        let has = self
            .peers
            .get(&pending.peer)
            .and_then(|peer| peer.has.get(&pending.origin));
        let larger = has.zip(log).and_then(|(has, log)| log.candidates.get(has));
        let larger = larger.map(|candidate| candidate.checkpoint.clone());
        self.exclude(&pending.origin, pending.peer, PAUSE_LOG_MS);
        if let Some(larger) = larger.filter(|larger| larger.size() > smaller.size()) {
            let claim = (smaller.size(), smaller.root());
            self.doubt(pending.peer, claim, Some(smaller), larger);
        }
    }

    fn package_fault(&mut self, pending: &Pending, fault: PackageFault) {
        let hashes = matches!(
            fault,
            PackageFault::Package { .. } | PackageFault::Leaf { .. }
        );
        if hashes && !matches!(pending.what, What::Refill(_)) {
            return self.wrong_hashes(pending, Blame::Package(fault));
        }
        self.lied(pending, Blame::Package(fault));
    }

    /// Once first entry and proof are there: has the checkpoint this entry, and is it one to be judged at all?
    fn judge(&mut self, pending: &Pending) {
        let Some(log) = self.logs.get_mut(&pending.origin) else {
            return;
        };
        let organisation = log.organisation;
        let Some(opening) = log.opening.as_mut().filter(|opening| !opening.judging) else {
            return;
        };
        let Some(package) = &opening.package else {
            return;
        };
        let target = &opening.target;
        let leaf = package.leaves[0];
        let begins = if target.size() == 1 {
            leaf == target.root()
        } else {
            let Some(proof) = &opening.proof else {
                return;
            };
            let hashes = &proof.hashes;
            verify_consistency(1, target.size(), &leaf, &target.root(), hashes).is_ok()
        };
        if !begins {
            let (peer, exact) = (opening.peer, (target.size(), target.root()));
            log.opening = None;
            if self.announced_exactly(&peer, &pending.origin, exact) {
                self.blame(&peer, Some(&pending.origin), Blame::Hashes);
            } else {
                self.exclude(&pending.origin, peer, PAUSE_LOG_MS);
            }
            return;
        }
        opening.judging = true;
        match package.controls.first() {
            Some((0, record)) if record.kind() == "log" => {
                let opening = Box::new(record.clone());
                self.outputs.push(Output::Judge {
                    origin: pending.origin.clone(),
                    organisation,
                    opening,
                });
            }
            _ => self.reject(
                &pending.origin,
                "its first entry is no valid log record".to_owned(),
            ),
        }
    }

    fn small(&mut self, pending: &Pending, package: u64, opened: Opened) {
        let Some(log) = self.logs.get_mut(&pending.origin) else {
            return;
        };
        let Some(pull) = &mut log.pull else {
            return;
        };
        let Stage::Small(small) = &mut pull.stage else {
            return;
        };
        if let Some((_, step)) = small.packages.get_mut(&package) {
            *step = Step::Here(opened);
        }
        let here = |(_, step): &(u16, Step<Opened>)| matches!(step, Step::Here(_));
        if !small.packages.values().all(here) {
            return;
        }
        let mut tree = log.durable.clone();
        for (_, step) in small.packages.values() {
            if let Step::Here(opened) = step {
                opened.leaves.iter().for_each(|leaf| tree.push(*leaf));
            }
        }
        if tree.root() != pull.target.checkpoint.root() {
            return self.doubt_peer(&pending.origin, pending.peer);
        }
        let mut packages = Packages {
            tasks: BTreeMap::new(),
            ready: BTreeMap::new(),
            appended: log.durable.size(),
            written: log.durable.size(),
            next: pull.target.size().div_ceil(PACKAGE_ENTRIES),
            first: 0,
            hashes: Vec::new(),
            front: Vec::new(),
            edge: Vec::new(),
        };
        for (_, step) in std::mem::take(&mut small.packages).into_values() {
            if let Step::Here(opened) = step {
                packages.take(opened);
            }
        }
        pull.stage = Stage::Packages(packages);
        self.pursue(&pending.origin);
        self.note_absent(&pending.origin, pending.peer);
        self.deliver(&pending.origin);
    }

    fn tile(&mut self, pending: &Pending, tile: Tile, bytes: &[u8]) {
        let Ok(row) = tile.read(bytes) else {
            let blame = Blame::Tile {
                found: bytes.len(),
                expected: usize::from(tile.width) * Hash::LEN,
            };
            return self.lied(pending, blame);
        };
        let Some(log) = self.logs.get_mut(&pending.origin) else {
            return;
        };
        let Some(pull) = &mut log.pull else {
            return;
        };
        let Stage::Tiles(tiles) = &mut pull.stage else {
            return;
        };
        if let Some(step) = tiles.tiles.get_mut(&tile) {
            *step = Step::Here(row);
        }
        if !tiles
            .tiles
            .values()
            .all(|step| matches!(step, Step::Here(_)))
        {
            return;
        }
        let rows: BTreeMap<Tile, Vec<Hash>> = std::mem::take(&mut tiles.tiles)
            .into_iter()
            .filter_map(|(tile, step)| match step {
                Step::Here(row) => Some((tile, row)),
                _ => None,
            })
            .collect();
        let held = log.durable.size();
        let size = pull.target.size();
        let leaves = |index: u64| {
            let found = rows
                .iter()
                .find(|(tile, _)| tile.level == 0 && tile.index == index);
            found.map(|(_, row)| row.as_slice()).unwrap_or_default()
        };
        let first = held / PACKAGE_ENTRIES;
        let front = match held % PACKAGE_ENTRIES {
            0 => Vec::new(),
            from => leaves(first)[from as usize..].to_vec(),
        };
        let edge = match size % PACKAGE_ENTRIES {
            0 => Vec::new(),
            _ => leaves(size / PACKAGE_ENTRIES).to_vec(),
        };
        let hashes = package_hashes(&rows, first);
        let mut tree = log.durable.clone();
        front.iter().for_each(|leaf| tree.push(*leaf));
        let skip = usize::from(!front.is_empty());
        let grown = hashes
            .iter()
            .skip(skip)
            .all(|root| tree.push_package(*root).is_ok());
        edge.iter().for_each(|leaf| tree.push(*leaf));
        if !grown || tree.size() != size || tree.root() != pull.target.checkpoint.root() {
            return self.doubt_peer(&pending.origin, pending.peer);
        }
        pull.stage = Stage::Packages(Packages {
            tasks: BTreeMap::new(),
            ready: BTreeMap::new(),
            appended: held,
            written: held,
            next: first,
            first,
            hashes,
            front,
            edge,
        });
        self.pursue(&pending.origin);
    }

    /// The hashes that one peer gave do not lead to the root. Who lied, the peer or the log?
    fn doubt_peer(&mut self, origin: &Origin, peer: PublicKey) {
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        let Some(pull) = log.pull.take() else {
            return;
        };
        let target = pull.target.checkpoint;
        let held = log.durable.size();
        let base = log.base().cloned();
        let claim = match &base {
            Some(base) => (base.size(), base.root()),
            None => (held, log.durable.root()),
        };
        let exact = self.announced_exactly(&peer, origin, (target.size(), target.root()));
        self.forget_pull(origin);
        if held == 0 && exact {
            return self.blame(&peer, Some(origin), Blame::Hashes);
        }
        self.exclude(origin, peer, PAUSE_LOG_MS);
        if held > 0 && exact && claim.0 < target.size() {
            self.doubt(peer, claim, base, target);
        }
    }

    fn resolve(&mut self, pending: &Pending, doubt: Doubt, proof: Consistency) {
        let (size, root) = doubt.smaller;
        let larger = &doubt.larger;
        let holds = verify_consistency(
            size,
            larger.size(),
            &proof.root,
            &larger.root(),
            &proof.hashes,
        );
        let claim = (larger.size(), larger.root());
        if holds.is_err() {
            if self.announced_exactly(&pending.peer, &pending.origin, claim) {
                self.blame(&pending.peer, Some(&pending.origin), Blame::Proof);
            }
            return;
        }
        if proof.root == root {
            // The log is one; the hashes were false.
            return self.blame(&pending.peer, Some(&pending.origin), Blame::Hashes);
        }
        let found = doubt.signed.as_ref().map(|smaller: &SignedCheckpoint| {
            Contradiction::of_prefix(smaller, larger, proof.root, proof.hashes)
        });
        match found {
            Some(Ok(found)) => self.convict(found, None),
            _ => self.block(&pending.origin, Blocked::Diverged),
        }
    }

    fn package(&mut self, pending: &Pending, start: u64, opened: Opened) {
        let Some(log) = self.logs.get_mut(&pending.origin) else {
            return;
        };
        let Some(pull) = &mut log.pull else {
            return;
        };
        let Stage::Packages(packages) = &mut pull.stage else {
            return;
        };
        if packages.tasks.remove(&start).is_none() {
            return;
        }
        packages.take(opened);
        self.note_absent(&pending.origin, pending.peer);
        self.deliver(&pending.origin);
    }

    /// Whether what waits for delivery lacks records that the issuer's own node may give.
    fn note_absent(&mut self, origin: &Origin, peer: PublicKey) {
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        let Some(pull) = &mut log.pull else {
            return;
        };
        let Stage::Packages(packages) = &pull.stage else {
            return;
        };
        let absent = |opened: &Opened| {
            let mut entries = opened.entries.iter();
            entries.any(|entry| matches!(entry.status, Status::Absent | Status::Erased { .. }))
        };
        if peer != log.issuer {
            pull.absent |= packages.ready.values().any(absent);
        }
    }
}

impl Packages {
    /// Takes an opened package, and makes a task of what the server left for later.
    pub(super) fn take(&mut self, opened: Opened) {
        if let Some(task) = later(&opened) {
            let start = opened.package * PACKAGE_ENTRIES + u64::from(task.places[0]);
            self.tasks.insert(start, task);
        }
        if let Some(first) = opened.first() {
            self.ready.insert(first, opened);
        }
    }
}

/// What the server left for later, with leaves that are known by now.
pub(super) fn later(opened: &Opened) -> Option<Task> {
    let from = opened.leaves.len() - opened.later.len();
    (!opened.later.is_empty()).then(|| Task {
        package: opened.package,
        places: opened.later.clone(),
        check: Check::Leaves(opened.leaves[from..].to_vec()),
        asked: false,
    })
}
