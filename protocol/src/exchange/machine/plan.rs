//! The plan: which log to pull next, from whom, and within which windows.

use std::collections::BTreeMap;

use super::super::fetch::{FetchRequest, TileRequest};
use super::super::message::ConsistencyRequest;
use super::super::package::Check;
use super::Exchange;
use super::event::{Blocked, Event};
use super::io::{Ask, Output};
use super::limits::{
    AHEAD_PACKAGES_MAX, IN_FLIGHT_MAX, IN_FLIGHT_PEER_BULK_MAX, IN_FLIGHT_PEER_MAX,
    MISSING_EVERY_MS, MISSING_MAX, PULL_ENTRIES_MAX, SMALL_ENTRIES_MAX,
};
use super::state::{
    Candidate, Log, Opening, Packages, Pull, Small, Stage, Step, Task, Tiles, What,
};
use crate::id::Origin;
use crate::log::PACKAGE_ENTRIES;
use crate::log::tile::{Tile, hashes};

impl Exchange {
    /// Goes round the logs that may have something to do, and begins where it left off.
    pub(super) fn schedule(&mut self) {
        let active = std::mem::take(&mut self.active);
        let mut round: Vec<Origin> = active.into_iter().collect();
        let turn = round.partition_point(|origin| Some(origin) <= self.turn.as_ref());
        round.rotate_left(turn);
        let mut last = None;
        for origin in round {
            let asked = self.requests.pending.len();
            self.advance(&origin);
            if self.requests.pending.len() > asked {
                last = Some(origin);
            }
        }
        self.turn = last.or(self.turn.take());
        // Whoever is in the middle of something looks again next time: a place in a window may have become free.
        let busy = self.logs.iter().filter(|(_, log)| {
            log.pull.is_some() || !log.refill.tasks.is_empty() || log.opening.is_some()
        });
        let busy = busy.map(|(origin, _)| origin.clone());
        self.active.extend(busy);
    }

    fn advance(&mut self, origin: &Origin) {
        let Some(log) = self.logs.get(origin) else {
            return;
        };
        if log.blocked.is_some() {
            return;
        }
        if log.pull.is_none() {
            if log.confirmed {
                self.begin_pull(origin);
            } else {
                self.open(origin);
            }
        }
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        // Taken out while its requests are made: they borrow the peers.
        if let Some(mut pull) = log.pull.take() {
            let goes_on = match &mut pull.stage {
                Stage::Small(small) => self.ask_small(origin, &pull.target, small),
                Stage::Tiles(tiles) => self.ask_tiles(origin, &pull.target, tiles),
                Stage::Packages(packages) => {
                    self.ask_packages(origin, &pull.target, packages);
                    true
                }
            };
            if !goes_on {
                self.forget_pull(origin);
            }
            if let Some(log) = self.logs.get_mut(origin) {
                if goes_on {
                    log.pull = Some(pull);
                } else {
                    // Its one peer is gone: begin again with another as soon as there is one.
                    self.active.insert(origin.clone());
                    self.begin_pull(origin);
                }
            }
        }
        self.ask_missing(origin);
    }

    /// Asks for a log's first entry, and for the proof that the checkpoint begins with it.
    fn open(&mut self, origin: &Origin) {
        let Some(log) = self.logs.get(origin) else {
            return;
        };
        if let Some(opening) = &log.opening {
            let claim = (opening.target.size(), opening.target.root());
            if opening.judging || self.can_serve(&opening.peer, origin, claim) {
                return;
            }
            self.forget_pull(origin);
        }
        let Some(log) = self.logs.get(origin) else {
            return;
        };
        let newest_first = log.candidates.values().rev();
        let found = newest_first
            .filter(|candidate| candidate.size() > 0)
            .find_map(|candidate| {
                let peer = self.choose(origin, candidate.claim(), IN_FLIGHT_PEER_MAX - 1)?;
                Some((peer, candidate.checkpoint.clone()))
            });
        let Some((peer, target)) = found else {
            return;
        };
        let size = target.size();
        let task = Task {
            package: 0,
            places: vec![0],
            check: Check::Root,
            asked: true,
        };
        self.ask_package(peer, origin, size, &task, What::OpeningPackage);
        if size > 1 {
            let request = ConsistencyRequest {
                origin: origin.clone(),
                from: 1,
                to: size,
            };
            self.ask(
                peer,
                origin,
                Ask::Consistency(request),
                None,
                What::OpeningProof,
            );
        }
        if let Some(log) = self.logs.get_mut(origin) {
            log.opening = Some(Opening {
                peer,
                target,
                package: None,
                proof: None,
                judging: false,
            });
        }
    }

    /// Chooses the largest checkpoint that somebody can serve.
    fn begin_pull(&mut self, origin: &Origin) {
        let Some(log) = self.logs.get(origin) else {
            return;
        };
        let held = log.durable.size();
        let complete = log.candidates.get(&(held, log.durable.root())).cloned();
        let found = log.candidates.values().rev().find_map(|candidate| {
            let larger = candidate.size() > held;
            let peer = larger
                .then(|| self.choose(origin, candidate.claim(), usize::MAX))
                .flatten()?;
            Some((peer, candidate.clone()))
        });
        let Some((peer, target)) = found else {
            // Everything was stored before the node stopped, and only the adoption is missing.
            if let Some(target) = complete.filter(|_| held > log.adopted_size()) {
                self.adopt(origin, target);
            }
            return;
        };
        let size = target.size();
        if size - held > PULL_ENTRIES_MAX {
            return self.block(origin, Blocked::TooLong);
        }
        let stage = if size - held <= SMALL_ENTRIES_MAX {
            let from = |package: u64| match package == held / PACKAGE_ENTRIES {
                true => (held % PACKAGE_ENTRIES) as u16,
                false => 0,
            };
            let packages = held / PACKAGE_ENTRIES..size.div_ceil(PACKAGE_ENTRIES);
            Stage::Small(Small {
                peer,
                packages: packages
                    .map(|package| (package, (from(package), Step::Waiting)))
                    .collect(),
            })
        } else {
            let tiles = tiles_of(held, size);
            Stage::Tiles(Tiles {
                peer,
                tiles: tiles
                    .into_iter()
                    .map(|tile| (tile, Step::Waiting))
                    .collect(),
            })
        };
        if let Some(log) = self.logs.get_mut(origin) {
            log.pull = Some(Pull {
                target,
                stage,
                absent: false,
            });
            self.active.insert(origin.clone());
        }
    }

    pub(super) fn block(&mut self, origin: &Origin, reason: Blocked) {
        self.forget_requests_for(origin);
        if let Some(log) = self.logs.get_mut(origin) {
            log.pull = None;
            log.blocked = Some(reason.clone());
        }
        self.note(Event::Blocked {
            origin: origin.clone(),
            reason,
        });
    }

    fn ask_small(&mut self, origin: &Origin, target: &Candidate, small: &mut Small) -> bool {
        if !self.can_serve(&small.peer, origin, target.claim()) {
            return self.comes_back(&small.peer, origin);
        }
        for (package, (from, step)) in &mut small.packages {
            if !matches!(step, Step::Waiting) || !self.room(&small.peer, false) {
                continue;
            }
            let end = target.size() - package * PACKAGE_ENTRIES;
            let task = Task {
                package: *package,
                places: (*from..end.min(PACKAGE_ENTRIES) as u16).collect(),
                check: Check::Root,
                asked: true,
            };
            let what = What::Small(*package);
            self.ask_package(small.peer, origin, target.size(), &task, what);
            *step = Step::Asked;
        }
        true
    }

    fn ask_tiles(&mut self, origin: &Origin, target: &Candidate, tiles: &mut Tiles) -> bool {
        if !self.can_serve(&tiles.peer, origin, target.claim()) {
            return self.comes_back(&tiles.peer, origin);
        }
        for (tile, step) in &mut tiles.tiles {
            if !matches!(step, Step::Waiting) || !self.room(&tiles.peer, true) {
                continue;
            }
            let request = TileRequest {
                level: tile.level,
                index: tile.index,
                width: tile.width,
            };
            let fetch = FetchRequest::tile(origin.clone(), target.size(), request);
            self.ask(
                tiles.peer,
                origin,
                Ask::Fetch(fetch),
                None,
                What::Tile(*tile),
            );
            *step = Step::Asked;
        }
        true
    }

    fn ask_packages(&mut self, origin: &Origin, target: &Candidate, packages: &mut Packages) {
        let size = target.size();
        let until = packages.written / PACKAGE_ENTRIES + AHEAD_PACKAGES_MAX;
        while packages.next < until && packages.next * PACKAGE_ENTRIES < size {
            let (start, task) = packages.next_task(size);
            packages.tasks.insert(start, task);
            packages.next += 1;
        }
        let waiting: Vec<u64> = packages
            .tasks
            .iter()
            .filter(|(_, task)| !task.asked)
            .map(|(start, _)| *start)
            .collect();
        for start in waiting {
            if self.requests.pending.len() >= IN_FLIGHT_MAX {
                return;
            }
            let Some(peer) = self.choose(origin, target.claim(), IN_FLIGHT_PEER_BULK_MAX) else {
                return;
            };
            if let Some(task) = packages.tasks.get_mut(&start) {
                task.asked = true;
                let task = task.clone();
                self.ask_package(peer, origin, size, &task, What::Package(start));
            }
        }
    }

    /// When the issuer's own node is to be asked again for what is absent, while it is connected.
    pub(super) fn refill_due_at(&self, log: &Log) -> Option<u64> {
        log.adopted.as_ref()?;
        let issuer = self.peers.get(&log.issuer)?;
        if !issuer.connected || log.refill.listing || !log.refill.tasks.is_empty() {
            return None;
        }
        match (log.refill.due_from, log.refill.last_full) {
            (Some(_), _) | (None, None) => Some(self.now),
            (None, Some(last)) => Some(last + MISSING_EVERY_MS),
        }
    }

    fn ask_missing(&mut self, origin: &Origin) {
        let Some(log) = self.logs.get(origin) else {
            return;
        };
        let issuer = log.issuer;
        let due = self.refill_due_at(log);
        let records = log.records && log.pull.is_none();
        if records && due.is_some_and(|at| at <= self.now) {
            let now = self.now;
            let Some(log) = self.logs.get_mut(origin) else {
                return;
            };
            let full = log
                .refill
                .last_full
                .is_none_or(|last| last + MISSING_EVERY_MS <= now);
            let from = match log.refill.due_from.take() {
                Some(from) if !full => from,
                _ => 0,
            };
            if full {
                log.refill.last_full = Some(now);
            }
            log.refill.listing = true;
            self.outputs.push(Output::ListMissing {
                origin: origin.clone(),
                from,
                limit: MISSING_MAX,
            });
            return;
        }
        let Some(adopted) = log.adopted.clone() else {
            return;
        };
        let claim = (adopted.size(), adopted.root());
        let waiting: Vec<(u64, Task)> = log
            .refill
            .tasks
            .iter()
            .filter(|(_, task)| !task.asked)
            .map(|(start, task)| (*start, task.clone()))
            .collect();
        for (start, task) in waiting {
            if !self.can_serve(&issuer, origin, claim) || !self.room(&issuer, true) {
                return;
            }
            self.ask_package(issuer, origin, claim.0, &task, What::Refill(start));
            let log = self.logs.get_mut(origin);
            if let Some(task) = log.and_then(|log| log.refill.tasks.get_mut(&start)) {
                task.asked = true;
            }
        }
    }
}

impl Packages {
    /// The next package as a task, with the hash it must have.
    fn next_task(&self, size: u64) -> (u64, Task) {
        let package = self.next;
        let first = package * PACKAGE_ENTRIES;
        let width = (size - first).min(PACKAGE_ENTRIES) as u16;
        let front_from = PACKAGE_ENTRIES as usize - self.front.len();
        let (from, check) = if package == self.first && !self.front.is_empty() {
            (front_from as u16, Check::Leaves(self.front.clone()))
        } else if u64::from(width) < PACKAGE_ENTRIES {
            (0, Check::Leaves(self.edge.clone()))
        } else {
            let at = (package - self.first) as usize;
            (0, Check::Package(self.hashes[at]))
        };
        let task = Task {
            package,
            places: (from..width).collect(),
            check,
            asked: false,
        };
        (first + u64::from(from), task)
    }
}

/// The tiles that a pull from one size to another needs: hashes of whole packages, and leaves at both edges.
fn tiles_of(held: u64, size: u64) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let first = held / PACKAGE_ENTRIES;
    let whole = hashes(1, size);
    if !held.is_multiple_of(PACKAGE_ENTRIES) {
        tiles.extend(Tile::at(0, first, size));
    }
    let last = whole.div_ceil(PACKAGE_ENTRIES);
    tiles.extend((first / PACKAGE_ENTRIES..last).filter_map(|index| Tile::at(1, index, size)));
    if !size.is_multiple_of(PACKAGE_ENTRIES) {
        tiles.extend(Tile::at(0, size / PACKAGE_ENTRIES, size));
    }
    tiles
}

/// Hashes of whole packages from package `first` on, out of tiles of level 1.
pub(super) fn package_hashes(
    tiles: &BTreeMap<Tile, Vec<crate::hash::Hash>>,
    first: u64,
) -> Vec<crate::hash::Hash> {
    let rows = tiles.iter().filter(|(tile, _)| tile.level == 1);
    rows.flat_map(|(tile, row)| {
        let start = tile.index * PACKAGE_ENTRIES;
        let skip = first.saturating_sub(start) as usize;
        row.iter().skip(skip).copied()
    })
    .collect()
}
