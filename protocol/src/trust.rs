//! Who belongs, who may sign, what is erased: what the control entries of all logs say, taken together.
//!
//! [`Ledger`] takes the control entries of each log strictly in their order, and the logs in any order; what it
//! says then depends on nothing else. It verifies no signature (it takes only [`Verified`] records), hashes no
//! tree, and keeps no record: a node that starts reads the control entries of its journal into a new one.
//!
//! - **Line** ([`lineage`]): a founding log makes an organisation, a successor signed by the announced next key
//!   continues it from the size that it pins; what the old log holds beyond is void. Two successors of one log
//!   freeze the organisation: neither is open, and nothing in them counts.
//! - **Keys** ([`History`]): which key may sign is a matter of the position in the log, never of time.
//! - **Standing** ([`standing`]): breadth-first from the operator's roots, on a day.
//! - **Erasure**: whatever the standing, for entries of the organisation's own logs, for good.
//!
//! What stays the node's: to put in only logs of organisations that it has a reason to know (of strangers it keeps
//! a bounded list, and judges them in a ledger of their own); to compare the root that a successor pins with the one
//! it holds, and to [`Ledger::freeze`] the old log where they differ; to do after each batch what the effects say.
//!
//! A control entry that is malformed, unknown or out of place has no effect, is counted with its reason, and never
//! stops a log.

mod accreditations;
mod answers;
mod claim;
mod effect;
mod history;
pub mod lineage;
pub mod standing;

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::Hash;
use crate::id::{OrgId, Origin};
use crate::kind::log::LogOpened;
use crate::record::{Record, Verified};

pub use accreditations::VERSION_STEP_MAX;
pub use answers::Follow;
pub use effect::{Effect, Judgement, Reason, TrustFault};
pub use history::{ACCREDITATION_STATES_MAX, ERASURES_MAX, Erased, History, KEYS_MAX, Place};
pub use lineage::Split;
pub use standing::{Grant, Link, Standing, Standings};

use claim::{Claim, Says};
use lineage::House;

/// Logs in a ledger: six for each of 10,000 organisations. About 700 bytes each before they say anything, 46 MB.
pub const LOGS_MAX: usize = 65_536;
/// Logs of one organisation, successors and rivals: a new machine every year for 64 years.
pub const LOGS_PER_ORGANISATION_MAX: usize = 64;
/// Logs that wait for the one they continue. Anybody can make one, so they are few; who is refused for it is
/// taken at once when the log it continues is known.
pub const WAITING_MAX: usize = 64;

/// What all control entries say.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    logs: BTreeMap<Origin, History>,
    houses: BTreeMap<OrgId, House>,
    waiting: BTreeSet<Origin>,
}

impl Ledger {
    /// Knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies the control entry at `index` of a log. All control entries before it were applied, or passed over
    /// with [`Ledger::pass`].
    ///
    /// Errors   [`TrustFault`]; the ledger is as it was
    pub fn apply(
        &mut self,
        origin: &Origin,
        index: u64,
        record: &Verified,
    ) -> Result<Effect, TrustFault> {
        self.apply_claim(origin, index, &Claim::read(record))
    }

    /// As [`Ledger::apply`], for a record that this node verified before it wrote it down and now reads back whole
    /// (its digest is the entry's): a node that starts need not check every signature of years again.
    ///
    /// Errors   [`TrustFault`]; the ledger is as it was
    pub fn replay(
        &mut self,
        origin: &Origin,
        index: u64,
        record: &Record,
    ) -> Result<Effect, TrustFault> {
        self.apply_claim(origin, index, &Claim::read(record))
    }

    fn apply_claim(
        &mut self,
        origin: &Origin,
        index: u64,
        claim: &Claim,
    ) -> Result<Effect, TrustFault> {
        let Some(history) = self.logs.get_mut(origin) else {
            return if index == 0 {
                self.open(origin, claim)
            } else {
                Err(TrustFault::NotOpen)
            };
        };
        let (after, digest) = history.last();
        if index <= after {
            return if index == after && digest == claim.digest {
                Ok(Effect::Already)
            } else {
                Err(TrustFault::Order {
                    after,
                    found: index,
                })
            };
        }
        let mut effect = history.apply(index, claim);
        let organisation = history.organisation;
        if let Effect::Erased { origin: named, .. } = &effect
            && self
                .logs
                .get(named)
                .is_some_and(|log| log.organisation != organisation)
        {
            effect = Effect::None(Reason::NotOwn);
        }
        self.settle(&organisation);
        Ok(effect)
    }

    /// Passes over a control entry whose record is missing or bad: it has no effect, and stops nothing.
    ///
    /// Errors   [`TrustFault::Order`], [`TrustFault::NotOpen`]
    pub fn pass(
        &mut self,
        origin: &Origin,
        index: u64,
        digest: Hash,
    ) -> Result<Effect, TrustFault> {
        let history = self.logs.get_mut(origin).ok_or(TrustFault::NotOpen)?;
        let (after, last) = history.last();
        if index == after && digest == last {
            return Ok(Effect::Already);
        }
        if index <= after {
            return Err(TrustFault::Order {
                after,
                found: index,
            });
        }
        let organisation = history.organisation;
        let effect = history.pass(index, digest, Reason::Unreadable);
        self.settle(&organisation);
        Ok(effect)
    }

    /// Says that every control entry of a log below `size` was applied. A successor that pins the log within that
    /// size takes its place in the line.
    pub fn cover(&mut self, origin: &Origin, size: u64) {
        if let Some(history) = self.logs.get_mut(origin) {
            history.cover(size);
            let organisation = history.organisation;
            self.settle(&organisation);
        }
    }

    /// Stops believing a log from `size` on, on evidence of two histories, or because what is held of it does not
    /// have the root that its successor pins. Holds on this node, until the ledger is read anew.
    pub fn freeze(&mut self, origin: &Origin, size: u64) {
        if let Some(history) = self.logs.get_mut(origin) {
            history.frozen = Some(history.frozen.map_or(size, |old| old.min(size)));
        }
    }

    fn open(&mut self, origin: &Origin, claim: &Claim) -> Result<Effect, TrustFault> {
        let (organisation, opened) = match opens(origin, claim) {
            Ok(opening) => opening,
            Err(reason) => return Ok(Effect::None(reason)),
        };
        if self.logs.len() >= LOGS_MAX {
            return Err(TrustFault::Full { allowed: LOGS_MAX });
        }
        let previous = opened.succession.as_ref().map(|s| s.previous.clone());
        let house = self.houses.entry(organisation).or_default();
        if previous.is_none() {
            house.founding = Some(origin.clone());
        }
        house.logs.insert(origin.clone());
        let history = History::open(organisation, opened, claim);
        self.logs.insert(origin.clone(), history);
        self.settle(&organisation);
        let Some(previous) = previous else {
            return Ok(Effect::Founded { organisation });
        };
        let place = self.logs.get(origin).map(History::place);
        // Logs that wait are not counted here: anybody can make those, and the organisation must not run out.
        let proved = |house: &House| house.line.len() + house.rivals.len();
        let many = self.houses.get(&organisation).map_or(0, proved) > LOGS_PER_ORGANISATION_MAX;
        if many && place != Some(Place::Waiting) {
            self.remove(origin, &organisation);
            return Err(TrustFault::Full {
                allowed: LOGS_PER_ORGANISATION_MAX,
            });
        }
        match place {
            None => Ok(Effect::None(Reason::NotAnnounced)),
            Some(Place::InLine { .. }) => Ok(Effect::Succeeded {
                organisation,
                previous,
            }),
            Some(Place::Rival) => Ok(self
                .split(&organisation)
                .map_or(Effect::None(Reason::NotAnnounced), Effect::Split)),
            Some(Place::Waiting) => {
                if self.waiting.len() > WAITING_MAX {
                    self.remove(origin, &organisation);
                    return Err(TrustFault::WaitingFull {
                        allowed: WAITING_MAX,
                    });
                }
                Ok(Effect::Waits {
                    organisation,
                    previous,
                })
            }
        }
    }

    fn settle(&mut self, organisation: &OrgId) {
        if let Some(house) = self.houses.get_mut(organisation) {
            for refused in house.draw(&mut self.logs) {
                self.waiting.remove(&refused);
            }
            for origin in &house.logs {
                match self.logs.get(origin).map(History::place) {
                    Some(Place::Waiting) => self.waiting.insert(origin.clone()),
                    _ => self.waiting.remove(origin),
                };
            }
            if house.logs.is_empty() {
                self.houses.remove(organisation);
            }
        }
    }

    /// Forgets a log that waits. Others are never forgotten: what they erased must stay erased.
    pub fn forget(&mut self, origin: &Origin) {
        if let Some(history) = self.logs.get(origin)
            && history.place() == Place::Waiting
        {
            let organisation = history.organisation;
            self.remove(origin, &organisation);
        }
    }

    fn remove(&mut self, origin: &Origin, organisation: &OrgId) {
        self.logs.remove(origin);
        self.waiting.remove(origin);
        if let Some(house) = self.houses.get_mut(organisation) {
            house.logs.remove(origin);
        }
        self.settle(organisation);
    }
}

/// Judges entry 0 by itself: whose log it opens.
fn opens(origin: &Origin, claim: &Claim) -> Result<(OrgId, LogOpened), Reason> {
    let opened = match &claim.says {
        Says::Log(opened) => opened,
        Says::Malformed => return Err(Reason::Malformed),
        _ => return Err(Reason::NotOpening),
    };
    if opened.origin() != *origin {
        return Err(Reason::NotOpening);
    }
    for key in [&claim.signer, &opened.node_key, &opened.witness_key] {
        key.check().map_err(|_| Reason::WeakKey)?;
    }
    if opened.next_key_digest == claim.signer.digest() {
        return Err(Reason::UsedKey);
    }
    let organisation = match (&opened.succession, claim.organisation) {
        (None, None) => OrgId::from_founding(claim.digest),
        (Some(succession), Some(organisation)) if succession.organisation == organisation => {
            if succession.previous.origin.network() != opened.network {
                return Err(Reason::Malformed);
            }
            organisation
        }
        // A successor names its organisation and the log it continues; a founding record neither.
        _ => return Err(Reason::Organisation),
    };
    Ok((organisation, opened.clone()))
}
