//! Who stands: a pure function of roots, accreditations and a date.
//!
//! Breadth-first from the roots. An organisation accredits others once it holds [`Role::Authority`] itself, through
//! a chain of at most [`DEPTH_MAX`] accreditations that begins at a root; so organisations that vouch for each
//! other, and for nobody who stands, add nothing. No clock, no order of arrival, no memory of earlier answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{OrgId, Origin, RecordId};
use crate::kind::{Author, Role};
use crate::time::Date;

/// Longest chain of accreditations from a root. A region, a country, a network, a member and two to spare.
pub const DEPTH_MAX: u8 = 6;
/// Accreditations of one accreditor that are in force on one day: the first so many ids in the order of its log.
/// Ten times the largest national network that was looked at.
pub const ACCREDITATIONS_MAX: usize = 4_096;
/// Organisations that stand at once: six times all that the network is made for (10,000), at about 400 bytes each
/// 26 MB. Those nearer to a root come first, then those of the smaller accreditor id.
pub const STANDING_MAX: usize = 65_536;

/// One accreditation, in its latest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The accreditation's id.
    pub id: RecordId,
    /// Who is accredited.
    pub subject: OrgId,
    /// As what.
    pub roles: BTreeSet<Role>,
    /// First day.
    pub from: Date,
    /// Last day, or for ever.
    pub until: Option<Date>,
    /// When it is revoked: of each log named, how many entries still count; of others none.
    pub revoked: Option<Vec<(Origin, u64)>>,
}

impl Grant {
    /// Whether the period covers a day.
    pub fn covers(&self, on: Date) -> bool {
        self.from <= on && self.until.is_none_or(|until| on <= until)
    }
}

/// One step of a chain: who accredited, by which accreditation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The organisation that accredited.
    pub accreditor: OrgId,
    /// Its accreditation's id.
    pub accreditation: RecordId,
}

/// How an organisation stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Accreditations between it and the nearest root; `None` when it stands on this node only or not any more.
    pub depth: Option<u8>,
    /// Roles in force.
    pub roles: BTreeSet<Role>,
    /// Whether an invitation accepted by the operator is (also) a reason.
    pub local: bool,
    former: BTreeMap<Origin, Former>,
    first: Option<Link>,
    steps: BTreeMap<Role, Link>,
}

/// What of one log still counts after a revocation, in entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Former {
    /// For kinds that every organisation with standing may state.
    any: u64,
    roles: BTreeMap<Role, u64>,
}

impl Standing {
    /// How many entries of a log still count, for kinds that ask for this author, by accreditations since revoked.
    pub fn former(&self, author: Author, log: &Origin) -> u64 {
        self.former.get(log).map_or(0, |former| match author {
            Author::Standing => former.any,
            Author::Role(role) => former.roles.get(&role).copied().unwrap_or(0),
        })
    }

    /// Whether the organisation stands now: otherwise only its entries of the past may count.
    pub fn stands(&self) -> bool {
        self.depth.is_some() || self.local
    }
}

/// Every organisation that stands, or once did and whose older entries still count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    on: Option<Date>,
    seats: BTreeMap<OrgId, Standing>,
    /// Accreditations that were not looked at for [`ACCREDITATIONS_MAX`], by accreditor.
    beyond: BTreeMap<OrgId, usize>,
    /// Organisations left out for [`STANDING_MAX`].
    left_out: usize,
}

impl Standings {
    /// How an organisation stands, or `None` when nothing ever spoke for it.
    pub fn of(&self, organisation: &OrgId) -> Option<&Standing> {
        self.seats.get(organisation)
    }

    /// Whether an organisation stands now.
    pub fn stands(&self, organisation: &OrgId) -> bool {
        self.of(organisation).is_some_and(Standing::stands)
    }

    /// Whether an organisation holds a role now.
    pub fn holds(&self, organisation: &OrgId, role: Role) -> bool {
        self.of(organisation)
            .is_some_and(|standing| standing.stands() && standing.roles.contains(&role))
    }

    /// The organisations that stand now, in the order of their ids.
    pub fn standing(&self) -> impl Iterator<Item = (&OrgId, &Standing)> {
        self.seats.iter().filter(|(_, seat)| seat.stands())
    }

    /// Whether what an organisation wrote at a place of its log counts for a kind that asks for an author.
    /// Whether the key was in force there is another question: see [`super::Ledger::judge`].
    pub fn counts(&self, author: Author, organisation: &OrgId, log: &Origin, index: u64) -> bool {
        let Some(seat) = self.of(organisation) else {
            return false;
        };
        let now = match author {
            Author::Standing => seat.stands(),
            Author::Role(role) => seat.stands() && seat.roles.contains(&role),
        };
        now || index < seat.former(author, log)
    }

    /// The accreditations that lead from a root to an organisation, the root's first; for a role the chain that
    /// carries it. Empty for a root, `None` without such standing.
    pub fn chain(&self, organisation: &OrgId, role: Option<Role>) -> Option<Vec<Link>> {
        let seat = self.of(organisation)?;
        let depth = seat.depth?;
        if depth == 0 {
            return Some(Vec::new());
        }
        let mut link = match role {
            Some(role) => *seat.steps.get(&role)?,
            None => seat.first?,
        };
        let mut chain = vec![link];
        // Each step is one nearer to a root, so this ends after `DEPTH_MAX` steps.
        while let Some(next) = self
            .of(&link.accreditor)
            .and_then(|seat| seat.steps.get(&Role::Authority))
        {
            link = *next;
            chain.push(link);
        }
        chain.reverse();
        Some(chain)
    }

    /// The day these standings were judged for.
    pub fn on(&self) -> Option<Date> {
        self.on
    }

    /// Accreditors with more than [`ACCREDITATIONS_MAX`] accreditations in force, and how many were passed over.
    pub fn beyond(&self) -> &BTreeMap<OrgId, usize> {
        &self.beyond
    }

    /// How many organisations were left out because [`STANDING_MAX`] already stood.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The seat of an organisation, unless all are taken.
    fn seat(&mut self, organisation: OrgId) -> Option<&mut Standing> {
        if self.seats.len() >= STANDING_MAX && !self.seats.contains_key(&organisation) {
            self.left_out += 1;
            return None;
        }
        Some(self.seats.entry(organisation).or_default())
    }

    fn grant(&mut self, accreditor: &OrgId, depth: u8, grant: &Grant) -> bool {
        let link = Link {
            accreditor: *accreditor,
            accreditation: grant.id,
        };
        let Some(seat) = self.seat(grant.subject) else {
            return false;
        };
        if seat.depth == Some(0) {
            return false;
        }
        if let Some(sizes) = &grant.revoked {
            for (log, size) in sizes {
                let former = seat.former.entry(log.clone()).or_default();
                former.any = former.any.max(*size);
                for role in &grant.roles {
                    let entries = former.roles.entry(*role).or_default();
                    *entries = (*entries).max(*size);
                }
            }
            return false;
        }
        // Breadth-first: whoever comes first is nearest.
        seat.depth.get_or_insert(depth);
        seat.first.get_or_insert(link);
        let mut authority = false;
        for role in &grant.roles {
            seat.roles.insert(*role);
            if let std::collections::btree_map::Entry::Vacant(step) = seat.steps.entry(*role) {
                step.insert(link);
                authority |= *role == Role::Authority;
            }
        }
        authority
    }
}

/// Judges standing on a day. `grants` gives an organisation's accreditations in the order of its log.
///
/// Roots hold every role at depth 0. `local` is standing that this node's operator gave by an invitation: it holds
/// here, and accredits nobody.
pub fn judge(
    roots: &BTreeSet<OrgId>,
    local: &BTreeMap<OrgId, BTreeSet<Role>>,
    on: Date,
    mut grants: impl FnMut(&OrgId) -> Vec<Grant>,
) -> Standings {
    let mut standings = Standings {
        on: Some(on),
        ..Standings::default()
    };
    for root in roots {
        if let Some(seat) = standings.seat(*root) {
            seat.depth = Some(0);
            seat.roles = Role::ALL.into_iter().collect();
        }
    }
    let mut level = roots.clone();
    for depth in 1..=DEPTH_MAX {
        let mut next = BTreeSet::new();
        for accreditor in &level {
            let mut given = grants(accreditor);
            given.retain(|grant| grant.subject != *accreditor && grant.covers(on));
            let (mut active, mut revoked): (Vec<_>, Vec<_>) =
                given.into_iter().partition(|grant| grant.revoked.is_none());
            for (kept, what) in [(&mut active, true), (&mut revoked, false)] {
                let over = kept.len().saturating_sub(ACCREDITATIONS_MAX);
                kept.truncate(ACCREDITATIONS_MAX);
                if over > 0 && what {
                    standings.beyond.insert(*accreditor, over);
                }
                // So that the chain that is named depends on ids alone.
                kept.sort_by_key(|grant| grant.id);
            }
            for grant in active.iter().chain(&revoked) {
                if standings.grant(accreditor, depth, grant) {
                    next.insert(grant.subject);
                }
            }
        }
        level = next;
    }
    for (organisation, roles) in local {
        if let Some(seat) = standings.seat(*organisation) {
            seat.local = true;
            seat.roles.extend(roles);
        }
    }
    standings
}
