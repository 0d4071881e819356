//! The line of an organisation's logs: from the founding one through successors that its announced keys signed.
//!
//! A function of the logs' contents alone, so nodes agree whatever arrived first.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{OrgId, Origin};

use super::history::{History, Place};

/// What is known of one organisation's logs.
#[derive(Clone, Debug, Default)]
pub(super) struct House {
    /// The log whose entry 0 made the organisation.
    pub(super) founding: Option<Origin>,
    /// Every log that names the organisation, the founding one included.
    pub(super) logs: BTreeSet<Origin>,
    /// The logs in line, the founding one first.
    pub(super) line: Vec<Origin>,
    /// The successors of one log, when there are two or more.
    pub(super) rivals: Vec<Origin>,
}

/// What an organisation's own logs say against it: two successors of one log. Entry 0 of both proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The organisation.
    pub organisation: OrgId,
    /// The log that was continued twice.
    pub previous: Origin,
    /// Its successors, in the order of their names.
    pub successors: Vec<Origin>,
}

impl House {
    /// The log that the organisation writes now, unless it has two.
    pub(super) fn open(&self) -> Option<&Origin> {
        self.rivals.is_empty().then(|| self.line.last()).flatten()
    }

    /// Draws the line anew, marks each log's place, and gives the logs that have none: their claim is proved false.
    pub(super) fn draw(&mut self, logs: &mut BTreeMap<Origin, History>) -> Vec<Origin> {
        let mut places: BTreeMap<&Origin, Place> = BTreeMap::new();
        let mut refused = Vec::new();
        self.line.clear();
        self.rivals.clear();
        let mut at = self.founding.clone();
        while let Some(origin) = at.take() {
            let Some(previous) = logs.get(&origin) else {
                break;
            };
            let mut heirs: Vec<(&Origin, u64)> = Vec::new();
            for name in &self.logs {
                let Some(heir) = logs.get(name) else { continue };
                let Some(pin) = heir.previous() else {
                    continue;
                };
                if pin.origin != origin || pin.size > previous.covered() {
                    continue;
                }
                if previous.announced(pin.size) == Some(heir.key_at(0).digest()) {
                    heirs.push((name, pin.size));
                } else {
                    refused.push(name.clone());
                }
            }
            // Between two successors nothing is chosen: only what both leave standing stands.
            let pinned = heirs.iter().map(|(_, size)| *size).min();
            if let Some(name) = self.logs.get(&origin) {
                places.insert(name, Place::InLine { pinned });
            }
            self.line.push(origin);
            match heirs.as_slice() {
                [] => {}
                [(heir, _)] => at = Some((*heir).clone()),
                many => {
                    for (heir, _) in many {
                        places.insert(heir, Place::Rival);
                        self.rivals.push((*heir).clone());
                    }
                }
            }
        }
        for name in &self.logs {
            if let Some(history) = logs.get_mut(name) {
                history.place = places.get(name).copied().unwrap_or(Place::Waiting);
            }
        }
        for name in &refused {
            self.logs.remove(name);
            logs.remove(name);
        }
        refused
    }
}
