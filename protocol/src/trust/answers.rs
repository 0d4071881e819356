//! What the ledger answers.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Erased, History, Place};
use super::lineage::Split;
use super::standing::{Grant, Standings};
use super::{Judgement, Ledger, accreditations, standing};
use crate::hash::Hash;
use crate::id::{OrgId, Origin, RecordId};
use crate::key::PublicKey;
use crate::kind::log::Pin;
use crate::kind::{Author, Role};
use crate::time::Date;

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

    /// Every log here that names the organisation which a log names, that log included.
    pub fn kin(&self, origin: &Origin) -> impl Iterator<Item = &Origin> {
        let history = self.logs.get(origin);
        let house = history.and_then(|history| self.houses.get(&history.organisation));
        house.into_iter().flat_map(|house| &house.logs)
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
        self.waiting
            .iter()
            .filter_map(|origin| Some((origin, self.logs.get(origin)?.previous()?)))
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

    /// Whether an organisation ordered anything destroyed.
    pub fn has_erased(&self, organisation: &OrgId) -> bool {
        let house = self.houses.get(organisation);
        house
            .into_iter()
            .flat_map(|house| &house.logs)
            .filter_map(|origin| self.logs.get(origin))
            .any(|history| history.erased_digests().next().is_some())
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

    /// The logs to follow: of whoever stands everything, of rivals and of others that were once followed the control
    /// entries, of logs that wait or are frozen here nothing.
    pub fn follow(&self, standings: &Standings) -> Vec<Follow> {
        self.logs
            .iter()
            .filter(|(_, history)| history.place() != Place::Waiting && history.frozen.is_none())
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
