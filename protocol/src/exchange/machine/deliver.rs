//! Delivery: entries to the writer in order, checkpoints adopted once everything below them is durable.

use super::super::package::{Check, Opened, Status};
use super::Exchange;
use super::answer::later;
use super::event::Blocked;
use super::heads::{cosignature_lines, head_of};
use super::io::Output;
use super::limits::AGREED_MAX;
use super::state::{Candidate, Pending, Stage, Task};
use crate::id::Origin;
use crate::log::{Compact, Entry, PACKAGE_ENTRIES};

impl Exchange {
    /// The target is known to continue what is held: everything appended from here on belongs to it.
    pub(super) fn pursue(&mut self, origin: &Origin) {
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        if let Some(pull) = &log.pull {
            let checkpoint = pull.target.checkpoint.clone();
            log.pursued = Some(checkpoint.clone());
            self.outputs.push(Output::Pursue { checkpoint });
        }
    }

    /// Hands over what follows on what was handed over last.
    pub(super) fn deliver(&mut self, origin: &Origin) {
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        let (organisation, records) = (log.organisation, log.records);
        let Some(pull) = &mut log.pull else {
            return;
        };
        let Stage::Packages(packages) = &mut pull.stage else {
            return;
        };
        while let Some(mut package) = packages.ready.remove(&packages.appended) {
            packages.appended += package.entries.len() as u64;
            if !records {
                package.drop_records();
            }
            self.outputs.push(Output::Append {
                origin: origin.clone(),
                organisation,
                package: Box::new(package),
                last: packages.appended == pull.target.size(),
            });
        }
    }

    pub(super) fn written(&mut self, origin: &Origin, size: u64) {
        let log = self.logs.get_mut(origin);
        if let Some(pull) = log.and_then(|log| log.pull.as_mut())
            && let Stage::Packages(packages) = &mut pull.stage
        {
            packages.written = packages.written.max(size);
            self.active.insert(origin.clone());
        }
    }

    pub(super) fn stored(&mut self, origin: &Origin, durable: Compact) {
        let size = durable.size();
        self.written(origin, size);
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        if size < log.durable.size() {
            return;
        }
        log.durable = durable;
        let Some(pull) = &log.pull else {
            return;
        };
        if pull.target.size() != size || !matches!(pull.stage, Stage::Packages(_)) {
            return;
        }
        if log.durable.root() != pull.target.checkpoint.root() {
            // What was appended was verified; what was stored is something else.
            return self.block(origin, Blocked::Diverged);
        }
        let target = pull.target.clone();
        self.adopt(origin, target);
    }

    pub(super) fn adopt(&mut self, origin: &Origin, target: Candidate) {
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        let before = log.adopted_size();
        let absent = log.pull.take().is_none_or(|pull| pull.absent);
        if absent {
            let due = log.refill.due_from.map_or(before, |due| due.min(before));
            log.refill.due_from = Some(due);
        }
        // Cosignatures may have come with a later announcement of the same checkpoint.
        let target = log.candidates.remove(&target.claim()).unwrap_or(target);
        let size = target.size();
        log.candidates = log
            .candidates
            .split_off(&(size + 1, crate::hash::Hash::from_bytes([0; 32])));
        if log.agreed.len() == AGREED_MAX {
            log.agreed.pop_front();
        }
        log.agreed.push_back(target.claim());
        log.adopted = Some(target.checkpoint.clone());
        log.pursued = None;
        let organisation = log.organisation;
        let mut lines = cosignature_lines(&target.checkpoint);
        lines.extend(target.cosignatures.iter().cloned());
        let head = head_of(organisation, &target.checkpoint, target.cosignatures);
        log.adopting.insert(size, head);
        self.outputs.push(Output::Adopt {
            checkpoint: target.checkpoint,
            organisation,
            cosignatures: lines,
        });
        self.active.insert(origin.clone());
    }

    /// The store keeps the checkpoint: whoever hears of it now can fetch it here.
    pub(super) fn adopted(&mut self, origin: &Origin, size: u64) {
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        let later = log.adopting.split_off(&(size + 1));
        let kept = std::mem::replace(&mut log.adopting, later);
        if let Some((_, head)) = kept.into_iter().next_back() {
            self.table.put(origin, head);
        }
    }

    /// Entries whose records are absent, as the store lists them: one task a package.
    pub(super) fn missing(
        &mut self,
        origin: &Origin,
        entries: Vec<(u64, Entry)>,
        next: Option<u64>,
    ) {
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        log.refill.listing = false;
        let size = log.adopted_size();
        let entries = entries.into_iter().take(super::limits::MISSING_MAX);
        let mut tasks: Vec<(u64, Task)> = Vec::new();
        for (index, entry) in entries.filter(|(index, _)| *index < size) {
            let package = index / PACKAGE_ENTRIES;
            let place = (index % PACKAGE_ENTRIES) as u16;
            match tasks.last_mut() {
                Some((_, task)) if task.package == package => {
                    task.places.push(place);
                    if let Check::Leaves(leaves) = &mut task.check {
                        leaves.push(entry.leaf());
                    }
                }
                _ => {
                    let check = Check::Leaves(vec![entry.leaf()]);
                    let places = vec![place];
                    let asked = false;
                    tasks.push((
                        index,
                        Task {
                            package,
                            places,
                            check,
                            asked,
                        },
                    ));
                }
            }
        }
        log.refill.tasks.extend(tasks);
        if let Some(next) = next {
            log.refill.due_from = Some(log.refill.due_from.map_or(next, |due| due.min(next)));
        }
        self.active.insert(origin.clone());
    }

    pub(super) fn filled(&mut self, pending: &Pending, start: u64, opened: Opened) {
        let Some(log) = self.logs.get_mut(&pending.origin) else {
            return;
        };
        if log.refill.tasks.remove(&start).is_none() {
            return;
        }
        if let Some(task) = later(&opened) {
            let start = opened.package * PACKAGE_ENTRIES + u64::from(task.places[0]);
            log.refill.tasks.insert(start, task);
        }
        let news = |entry: &super::super::package::OpenedEntry| {
            matches!(entry.status, Status::Present { .. } | Status::Bad)
        };
        if opened.entries.iter().any(news) {
            self.outputs.push(Output::Fill {
                origin: pending.origin.clone(),
                package: Box::new(opened),
            });
        }
    }
}
