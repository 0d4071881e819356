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
//! A control entry that is malformed, unknown or out of place has no effect, is counted with its reason, and never
//! stops a log.

mod accreditations;
mod claim;
mod history;
pub mod lineage;
pub mod standing;

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::Hash;
use crate::id::{OrgId, Origin, RecordId};
use crate::key::PublicKey;
use crate::kind::log::{LogOpened, Pin};
use crate::kind::{Author, Role};
use crate::record::Verified;
use crate::time::Date;

pub use accreditations::VERSION_STEP_MAX;
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

/// Why a control entry had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Reason {
    /// Its kind is not one of the control kinds known here.
    #[error("the kind is not known here, or is no control kind")]
    Unknown,
    /// Its kind's check fails.
    #[error("the record fails its kind's check")]
    Malformed,
    /// The record is missing, or its proof does not verify.
    #[error("the record cannot be read, or its proof does not verify")]
    Unreadable,
    /// It names another organisation than its log's.
    #[error("the record names another organisation than its log's")]
    Organisation,
    /// Its key was not in force there.
    #[error("the key was not in force at this place of the log")]
    Foreign,
    /// Entry 0 is not the record that opens this log.
    #[error("entry 0 does not open this log")]
    NotOpening,
    /// A `log` record after entry 0.
    #[error("the log was opened before")]
    Opened,
    /// A successor or a key change by another key than the announced one.
    #[error("the key is not the one that was announced")]
    NotAnnounced,
    /// The key announced next was in force before.
    #[error("the key announced next was in force before")]
    UsedKey,
    /// A key that proves nothing: see [`crate::key::KeyFault`].
    #[error("the key is weak or published")]
    WeakKey,
    /// An organisation accredits itself.
    #[error("an organisation accredits itself")]
    SelfVouch,
    /// An erasure of what another organisation issued.
    #[error("the erasure names an entry of another organisation")]
    NotOwn,
    /// The successor's pin, or evidence of two histories, leaves it out.
    #[error("the entry is void: the log's successor does not count it")]
    Void,
    /// The log says more than is kept of one log.
    #[error("the log holds more entries of this kind than are kept")]
    Bound,
}

/// What a control entry did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It made an organisation.
    Founded {
        /// The organisation.
        organisation: OrgId,
    },
    /// It opened the next log of an organisation, in line.
    Succeeded {
        /// The organisation.
        organisation: OrgId,
        /// The log it continues: its root at that size is still to be compared with ours.
        previous: Pin,
    },
    /// It opens a log whose predecessor is not known as far as it is pinned: nothing in it has effect until then.
    Waits {
        /// The organisation it names.
        organisation: OrgId,
        /// What must be known first.
        previous: Pin,
    },
    /// It continues a log that another one continues too: evidence.
    Split(Split),
    /// It put the announced key in force.
    KeyChanged {
        /// The new key.
        key: PublicKey,
    },
    /// It accredits an organisation, or changes how.
    Accredited {
        /// The organisation.
        subject: OrgId,
    },
    /// It revokes an accreditation.
    Revoked {
        /// The organisation.
        subject: OrgId,
    },
    /// It orders the destruction of a record of its own organisation.
    Erased {
        /// The entry's log.
        origin: Origin,
        /// The entry's index.
        index: u64,
        /// The record's digest.
        digest: Hash,
    },
    /// It was applied before.
    Already,
    /// Nothing.
    None(Reason),
}

/// Why an entry was not taken. Nothing changed; the caller has something to do first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustFault {
    /// Entries of a log come in their order.
    #[error("entry {found} of a log came after entry {after}")]
    Order {
        /// Index of the newest entry applied.
        after: u64,
        /// The entry's index.
        found: u64,
    },
    /// No entry 0 opened this log here.
    #[error("the log has no opening entry here")]
    NotOpen,
    /// [`LOGS_MAX`] or [`LOGS_PER_ORGANISATION_MAX`].
    #[error("there are {allowed} logs already")]
    Full {
        /// How many may be known.
        allowed: usize,
    },
    /// [`WAITING_MAX`].
    #[error("{allowed} logs wait for the one they continue already")]
    WaitingFull {
        /// How many may wait.
        allowed: usize,
    },
}

/// How the signature under an entry is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Judgement {
    /// Its organisation's key, in force there.
    #[error("its key was in force there")]
    InForce {
        /// The organisation.
        organisation: OrgId,
    },
    /// Another key, or another organisation's name: never counted, never served.
    #[error("its key or its organisation is not the one in force there")]
    Foreign,
    /// Beyond what the log's successor counts, or in one of two rivals.
    #[error("its entry is void")]
    Void,
    /// The log's place in the line is not known yet.
    #[error("its log's place is not known yet")]
    Waiting,
    /// The log is not known.
    #[error("its log is not known")]
    Unknown,
}

/// A log to follow, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follow {
    /// The log.
    pub origin: Origin,
    /// Whose it is.
    pub organisation: OrgId,
    /// Everything while the organisation stands; afterwards control entries alone.
    pub whole: bool,
}

/// What all control entries say.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    logs: BTreeMap<Origin, History>,
    houses: BTreeMap<OrgId, House>,
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
        if house.logs.len() >= LOGS_PER_ORGANISATION_MAX && previous.is_some() {
            return Err(TrustFault::Full {
                allowed: LOGS_PER_ORGANISATION_MAX,
            });
        }
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
        match self.logs.get(origin).map(History::place) {
            None => Ok(Effect::None(Reason::NotAnnounced)),
            Some(Place::InLine { .. }) => Ok(Effect::Succeeded {
                organisation,
                previous,
            }),
            Some(Place::Rival) => Ok(self
                .split(&organisation)
                .map_or(Effect::None(Reason::NotAnnounced), Effect::Split)),
            Some(Place::Waiting) => {
                if self.waiting().count() > WAITING_MAX {
                    self.forget(origin);
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
            house.draw(&mut self.logs);
            if house.logs.is_empty() {
                self.houses.remove(organisation);
            }
        }
    }

    /// Forgets a log that waits. Others are never forgotten: what they erased must stay erased.
    pub fn forget(&mut self, origin: &Origin) {
        let Some(history) = self.logs.get(origin) else {
            return;
        };
        if history.place() != Place::Waiting {
            return;
        }
        let organisation = history.organisation;
        self.logs.remove(origin);
        if let Some(house) = self.houses.get_mut(&organisation) {
            house.logs.remove(origin);
        }
        self.settle(&organisation);
    }
}

/// What the ledger says.
impl Ledger {
    /// What one log's control entries say.
    pub fn history(&self, origin: &Origin) -> Option<&History> {
        self.logs.get(origin)
    }

    /// Every log known, in the order of their names.
    pub fn histories(&self) -> impl Iterator<Item = (&Origin, &History)> {
        self.logs.iter()
    }

    /// The key that may sign the entry at an index; `None` where nothing counts.
    pub fn key_at(&self, origin: &Origin, index: u64) -> Option<PublicKey> {
        let history = self.logs.get(origin)?;
        (index < history.counted()).then(|| history.key_at(index))
    }

    /// The organisation whose log this is, in line or as one of two rivals.
    pub fn organisation(&self, origin: &Origin) -> Option<OrgId> {
        let history = self.logs.get(origin)?;
        (history.place() != Place::Waiting).then_some(history.organisation)
    }

    /// The log that an organisation writes now: none while it is split, or while that log is frozen here.
    pub fn open_log(&self, organisation: &OrgId) -> Option<Origin> {
        let open = self.houses.get(organisation)?.open()?;
        let frozen = self.logs.get(open)?.frozen.is_some();
        (!frozen).then(|| open.clone())
    }

    /// The key that an organisation's node must show to read what is restricted to it.
    pub fn node_key(&self, organisation: &OrgId) -> Option<PublicKey> {
        self.open_log(organisation).map(|origin| origin.node_key())
    }

    /// The organisation whose open log a node key signs.
    pub fn organisation_of_node(&self, network: &str, node_key: &PublicKey) -> Option<OrgId> {
        let origin = Origin::new(network, node_key)?;
        let organisation = self.organisation(&origin)?;
        (self.open_log(&organisation) == Some(origin)).then_some(organisation)
    }

    /// An organisation's logs in line, the founding one first.
    pub fn line(&self, organisation: &OrgId) -> &[Origin] {
        self.houses
            .get(organisation)
            .map_or(&[], |house| house.line.as_slice())
    }

    /// What an organisation calls itself in its newest log in line.
    pub fn name(&self, organisation: &OrgId) -> Option<&str> {
        let newest = self.line(organisation).last()?;
        Some(&self.logs.get(newest)?.opened.name)
    }

    /// Organisations with a log here, in the order of their ids.
    pub fn organisations(&self) -> impl Iterator<Item = &OrgId> {
        self.houses
            .iter()
            .filter(|(_, house)| !house.line.is_empty())
            .map(|(organisation, _)| organisation)
    }

    /// Logs that wait for the log they continue, and how far that must be known.
    pub fn waiting(&self) -> impl Iterator<Item = (&Origin, &Pin)> {
        self.logs
            .iter()
            .filter(|(_, history)| history.place() == Place::Waiting)
            .filter_map(|(origin, history)| Some((origin, history.previous()?)))
    }

    /// The two successors of one log, where an organisation has them.
    pub fn split(&self, organisation: &OrgId) -> Option<Split> {
        let house = self.houses.get(organisation)?;
        (!house.rivals.is_empty()).then(|| Split {
            organisation: *organisation,
            previous: house
                .line
                .last()
                .expect("rivals continue a log in line")
                .clone(),
            successors: house.rivals.clone(),
        })
    }

    /// How the key and the organisation that a record names are to be taken at a place of a log.
    pub fn judge(
        &self,
        origin: &Origin,
        index: u64,
        signer: &PublicKey,
        named: Option<OrgId>,
    ) -> Judgement {
        let Some(history) = self.logs.get(origin) else {
            return Judgement::Unknown;
        };
        if history.place() == Place::Waiting {
            return Judgement::Waiting;
        }
        if index >= history.counted() {
            return Judgement::Void;
        }
        let organisation = history.organisation;
        // The founding record cannot name the organisation that its digest makes.
        let founding = index == 0 && history.previous().is_none();
        let named_right = named == (!founding).then_some(organisation);
        if named_right && history.key_at(index) == *signer {
            Judgement::InForce { organisation }
        } else {
            Judgement::Foreign
        }
    }

    /// Whether an organisation ordered this record of its own destroyed. Control entries never are: do not ask.
    pub fn erased(&self, organisation: &OrgId, digest: &Hash) -> Option<Erased> {
        let house = self.houses.get(organisation)?;
        house
            .logs
            .iter()
            .find_map(|origin| self.logs.get(origin)?.erasure(origin, digest))
    }

    /// Whether an organisation closed an id of its own: no version of it is taken any more.
    pub fn closed(&self, organisation: &OrgId, id: &RecordId) -> bool {
        self.houses.get(organisation).is_some_and(|house| {
            house
                .logs
                .iter()
                .filter_map(|origin| self.logs.get(origin))
                .any(|history| history.closes(id))
        })
    }

    /// Digests that an organisation ordered destroyed.
    pub fn erased_digests(&self, organisation: &OrgId) -> BTreeSet<Hash> {
        let house = self.houses.get(organisation);
        house
            .into_iter()
            .flat_map(|house| &house.logs)
            .filter_map(|origin| self.logs.get(origin))
            .flat_map(History::erased_digests)
            .collect()
    }

    /// An organisation's accreditations, each in its newest version, in the order of its logs.
    pub fn accreditations(&self, organisation: &OrgId) -> Vec<Grant> {
        accreditations::latest(
            self.line(organisation)
                .iter()
                .filter_map(|origin| self.logs.get(origin))
                .flat_map(History::states),
        )
    }

    /// Where the states of one accreditation stand: log and indices.
    pub fn accreditation_entries(&self, organisation: &OrgId, id: RecordId) -> Vec<(Origin, u64)> {
        let mut found = Vec::new();
        for origin in self.line(organisation) {
            if let Some(history) = self.logs.get(origin) {
                let indices = history.accreditation_entries(id, history.counted());
                found.extend(indices.map(|index| (origin.clone(), index)));
            }
        }
        found
    }

    /// Who stands on a day, seen from these roots and from what this node's operator accepted.
    pub fn standing(
        &self,
        roots: &BTreeSet<OrgId>,
        local: &BTreeMap<OrgId, BTreeSet<Role>>,
        on: Date,
    ) -> Standings {
        standing::judge(roots, local, on, |organisation| {
            self.accreditations(organisation)
        })
    }

    /// Whether the record at a place of a log counts: signed by the key in force there, by an organisation that
    /// may state its kind.
    pub fn counts(
        &self,
        standings: &Standings,
        origin: &Origin,
        index: u64,
        signer: &PublicKey,
        named: Option<OrgId>,
        author: Author,
    ) -> bool {
        match self.judge(origin, index, signer, named) {
            Judgement::InForce { organisation } => {
                standings.counts(author, &organisation, origin, index)
            }
            _ => false,
        }
    }

    /// The logs to follow: of whoever stands everything, of others that were once followed the control entries.
    pub fn follow(&self, standings: &Standings) -> Vec<Follow> {
        self.logs
            .iter()
            .map(|(origin, history)| Follow {
                origin: origin.clone(),
                organisation: history.organisation,
                whole: standings.stands(&history.organisation) && history.place() != Place::Rival,
            })
            .collect()
    }

    /// Organisations that stand and whose log is not known yet.
    pub fn missing(&self, standings: &Standings) -> Vec<OrgId> {
        standings
            .standing()
            .map(|(organisation, _)| *organisation)
            .filter(|organisation| self.line(organisation).is_empty())
            .collect()
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
