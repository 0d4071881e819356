//! What the control entries of one log say, in their order. Knows nothing of other logs: whether this one is its
//! organisation's, and how much of it is void, is [`super::lineage`]'s to say.

use std::collections::BTreeMap;

use crate::hash::Hash;
use crate::id::{OrgId, Origin, RecordId};
use crate::key::PublicKey;
use crate::kind::accreditation::{Accreditation, Status};
use crate::kind::erasure::Erasure;
use crate::kind::key_change::KeyChange;
use crate::kind::log::{LogOpened, Pin};

use super::claim::{Claim, Says};
use super::{Effect, Reason};

/// Keys of one log: a change every week for 19 years. 72 bytes each, 72 KB.
pub const KEYS_MAX: usize = 1_024;
/// States of accreditations in one log: 16 for each of the 4,096 that may be in force. About 240 bytes each, 15 MB
/// for a log that uses all of it.
pub const ACCREDITATION_STATES_MAX: usize = 65_536;
/// Records erased by one log: about 90 bytes each, 94 MB for an organisation that erased a million.
pub const ERASURES_MAX: usize = 1_048_576;
/// Logs that the erasures of one log may name: the most an organisation can have.
const TARGETS_MAX: usize = super::LOGS_PER_ORGANISATION_MAX;

/// Where a log stands in the line of its organisation's logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The log it continues is not known as far as it pins it: nothing in it has effect yet.
    Waiting,
    /// One of the organisation's logs, in line from the founding one.
    InLine {
        /// The successor pinned it at this size; entries from there on are void. `None` while it is the open log.
        pinned: Option<u64>,
    },
    /// One of two or more successors of one log: evidence of a split. Only its erasures have effect.
    Rival,
}

/// A log's control entries, applied.
#[derive(Clone, Debug)]
pub struct History {
    pub(super) organisation: OrgId,
    pub(super) opened: LogOpened,
    pub(super) place: Place,
    /// Where this node stopped believing the log, on evidence of two histories.
    pub(super) frozen: Option<u64>,
    keys: Vec<KeyPeriod>,
    accreditations: Vec<State>,
    erasures: BTreeMap<Hash, Mark>,
    closed: BTreeMap<RecordId, u64>,
    targets: Vec<Origin>,
    last: (u64, Hash),
    covered: u64,
    without_effect: BTreeMap<Reason, u64>,
}

/// A key in force from an index on, and the digest of the one after it.
#[derive(Clone, Copy, Debug)]
struct KeyPeriod {
    from: u64,
    key: PublicKey,
    next: Hash,
}

/// One state of an accreditation and where it stands.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) index: u64,
    pub(super) id: RecordId,
    pub(super) version: u64,
    pub(super) digest: Hash,
    /// Without sectors and territories, which standing does not ask for.
    pub(super) says: Accreditation,
}

/// An erasure: where it stands, and the entry it names.
#[derive(Clone, Copy, Debug)]
struct Mark {
    by: u64,
    target: u32,
    index: u64,
}

/// An erased entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The log with the erasure.
    pub by_origin: Origin,
    /// The erasure's index in it.
    pub by_index: u64,
    /// The log of the erased entry.
    pub origin: Origin,
    /// The erased entry's index.
    pub index: u64,
}

impl History {
    /// Starts with entry 0, already judged.
    pub(super) fn open(organisation: OrgId, opened: LogOpened, claim: &Claim) -> Self {
        let first = KeyPeriod {
            from: 0,
            key: claim.signer,
            next: opened.next_key_digest,
        };
        Self {
            organisation,
            opened,
            place: Place::Waiting,
            frozen: None,
            keys: vec![first],
            accreditations: Vec::new(),
            erasures: BTreeMap::new(),
            closed: BTreeMap::new(),
            targets: Vec::new(),
            last: (0, claim.digest),
            covered: 1,
            without_effect: BTreeMap::new(),
        }
    }

    /// The organisation that the log says it belongs to; true once [`History::place`] is not `Waiting`.
    pub fn organisation(&self) -> OrgId {
        self.organisation
    }

    /// Entry 0.
    pub fn opened(&self) -> &LogOpened {
        &self.opened
    }

    /// The log that this one continues; none for a founding log.
    pub fn previous(&self) -> Option<&Pin> {
        self.opened
            .succession
            .as_ref()
            .map(|succession| &succession.previous)
    }

    /// Where the log stands in the line.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Entries from this index on have no effect and do not count. 0 for a log that is not in line.
    pub fn counted(&self) -> u64 {
        let pinned = match self.place {
            Place::InLine { pinned } => pinned.unwrap_or(u64::MAX),
            Place::Waiting | Place::Rival => 0,
        };
        pinned.min(self.frozen.unwrap_or(u64::MAX))
    }

    /// From where on this node stopped believing the log: see [`super::Ledger::freeze`].
    pub fn frozen(&self) -> Option<u64> {
        self.frozen
    }

    /// Every control entry below this size was applied.
    pub fn covered(&self) -> u64 {
        self.covered
    }

    /// The index and digest of the newest control entry applied.
    pub fn last(&self) -> (u64, Hash) {
        self.last
    }

    /// How many control entries had no effect, by reason.
    pub fn without_effect(&self) -> &BTreeMap<Reason, u64> {
        &self.without_effect
    }

    /// The key that may sign at an index, wherever the log stands in the line.
    pub fn key_at(&self, index: u64) -> PublicKey {
        let after = self.keys.partition_point(|period| period.from <= index);
        // The first period begins at 0, so at least one begins at or below any index.
        self.keys[after.saturating_sub(1)].key
    }

    /// Indices of entry 0 and of the key changes below a size: what proves a key.
    pub fn key_entries(&self, size: u64) -> impl Iterator<Item = u64> {
        self.keys
            .iter()
            .map(|period| period.from)
            .take_while(move |from| *from < size)
    }

    /// Indices of the states of one accreditation below a size.
    pub fn accreditation_entries(&self, id: RecordId, size: u64) -> impl Iterator<Item = u64> {
        self.accreditations
            .iter()
            .filter(move |state| state.id == id && state.index < size)
            .map(|state| state.index)
    }

    /// Digest of the next key as announced by the entries below a size.
    pub(super) fn announced(&self, size: u64) -> Option<Hash> {
        self.keys
            .iter()
            .take_while(|period| period.from < size)
            .last()
            .map(|period| period.next)
    }

    pub(super) fn states(&self) -> impl Iterator<Item = &State> {
        let counted = self.counted();
        self.accreditations
            .iter()
            .take_while(move |state| state.index < counted)
    }

    /// The erasure of a digest, when it has effect: an order to destroy is also heard from a rival.
    pub(super) fn erasure(&self, own: &Origin, digest: &Hash) -> Option<Erased> {
        let mark = self.erasures.get(digest)?;
        self.hears_erasure(mark.by).then(|| Erased {
            by_origin: own.clone(),
            by_index: mark.by,
            origin: self.targets[mark.target as usize].clone(),
            index: mark.index,
        })
    }

    pub(super) fn closes(&self, id: &RecordId) -> bool {
        self.closed
            .get(id)
            .is_some_and(|by| self.hears_erasure(*by))
    }

    pub(super) fn erased_digests(&self) -> impl Iterator<Item = Hash> {
        self.erasures
            .iter()
            .filter(|(_, mark)| self.hears_erasure(mark.by))
            .map(|(digest, _)| *digest)
    }

    fn hears_erasure(&self, by: u64) -> bool {
        self.place == Place::Rival || by < self.counted()
    }

    pub(super) fn cover(&mut self, size: u64) {
        self.covered = self.covered.max(size);
    }

    /// Passes over a control entry whose record cannot be read.
    pub(super) fn pass(&mut self, index: u64, digest: Hash, reason: Reason) -> Effect {
        self.last = (index, digest);
        self.cover(index.saturating_add(1));
        *self.without_effect.entry(reason).or_default() += 1;
        Effect::None(reason)
    }

    /// Applies the entry after [`History::last`].
    pub(super) fn apply(&mut self, index: u64, claim: &Claim) -> Effect {
        match self.judge(index, claim) {
            Ok(effect) => {
                self.last = (index, claim.digest);
                self.cover(index.saturating_add(1));
                effect
            }
            // Whether it is void may change with what arrives of the successor, so it is not counted.
            Err(Reason::Void) => {
                self.last = (index, claim.digest);
                self.cover(index.saturating_add(1));
                Effect::None(Reason::Void)
            }
            Err(reason) => self.pass(index, claim.digest, reason),
        }
    }

    fn judge(&mut self, index: u64, claim: &Claim) -> Result<Effect, Reason> {
        if claim.organisation != Some(self.organisation) {
            return Err(Reason::Organisation);
        }
        let (waits, void) = (self.place == Place::Waiting, index >= self.counted());
        match &claim.says {
            Says::Unknown => Err(Reason::Unknown),
            Says::Malformed => Err(Reason::Malformed),
            Says::Log(_) => Err(Reason::Opened),
            Says::KeyChange(says) => self.change_key(index, claim.signer, says),
            Says::Accreditation(_) | Says::Erasure(_) if claim.signer != self.key_at(index) => {
                Err(Reason::Foreign)
            }
            Says::Accreditation(says) => self.accredit(index, claim, says),
            Says::Erasure(says) => self.erase(index, says),
        }
        .and_then(|effect| match effect {
            _ if waits => Ok(Effect::Held),
            Effect::Erased { .. } if self.hears_erasure(index) => Ok(effect),
            _ if void => Err(Reason::Void),
            _ => Ok(effect),
        })
    }

    fn change_key(
        &mut self,
        index: u64,
        signer: PublicKey,
        says: &KeyChange,
    ) -> Result<Effect, Reason> {
        let next = says.next_key_digest;
        let announced = self.keys.last().map(|period| period.next);
        if announced != Some(signer.digest()) || says.next_key != signer {
            return Err(Reason::NotAnnounced);
        }
        signer.check().map_err(|_| Reason::WeakKey)?;
        let used = self.keys.iter().any(|period| period.key.digest() == next);
        if used || next == signer.digest() {
            return Err(Reason::UsedKey);
        }
        if self.keys.len() >= KEYS_MAX {
            return Err(Reason::Bound);
        }
        self.keys.push(KeyPeriod {
            from: index,
            key: signer,
            next,
        });
        Ok(Effect::KeyChanged { key: signer })
    }

    fn accredit(
        &mut self,
        index: u64,
        claim: &Claim,
        says: &Accreditation,
    ) -> Result<Effect, Reason> {
        if says.organisation == self.organisation {
            return Err(Reason::SelfVouch);
        }
        if self.accreditations.len() >= ACCREDITATION_STATES_MAX {
            return Err(Reason::Bound);
        }
        self.accreditations.push(State {
            index,
            id: claim.id,
            version: claim.version,
            digest: claim.digest,
            says: Accreditation {
                sectors: Vec::new(),
                territories: Vec::new(),
                ..says.clone()
            },
        });
        let subject = says.organisation;
        Ok(match says.status {
            Status::Granted => Effect::Accredited { subject },
            Status::Revoked(_) => Effect::Revoked { subject },
        })
    }

    fn erase(&mut self, index: u64, says: &Erasure) -> Result<Effect, Reason> {
        if says.origin.network() != self.opened.network {
            return Err(Reason::Malformed);
        }
        let known = self
            .targets
            .iter()
            .position(|target| *target == says.origin);
        let full = self.erasures.len() >= ERASURES_MAX && !self.erasures.contains_key(&says.digest);
        let new_target = known.is_none() && self.targets.len() >= TARGETS_MAX;
        if full || new_target {
            return Err(Reason::Bound);
        }
        let target = known.unwrap_or_else(|| {
            self.targets.push(says.origin.clone());
            self.targets.len() - 1
        });
        let mark = Mark {
            by: index,
            target: u32::try_from(target).map_err(|_| Reason::Bound)?,
            index: says.index,
        };
        // The first order stands; a second one changes nothing.
        self.erasures.entry(says.digest).or_insert(mark);
        self.closed.entry(says.id).or_insert(index);
        Ok(Effect::Erased {
            origin: says.origin.clone(),
            index: says.index,
            digest: says.digest,
        })
    }
}
