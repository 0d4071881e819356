//! Which version of each accreditation is in force.

use std::collections::BTreeMap;

use crate::hash::Hash;
use crate::id::RecordId;
use crate::kind::accreditation::Status;

use super::history::State;
use super::standing::Grant;

/// How far a version may be above the last one: beyond, one slip would close an id for good.
pub const VERSION_STEP_MAX: u64 = 1_000;

/// The newest version of one accreditation.
struct Newest {
    place: usize,
    version: u64,
    digest: Hash,
    /// Two records of this version: neither counts until a higher one.
    conflict: bool,
    grant: Grant,
}

/// Gives each accreditation in its newest version, in the order in which the ids first appear.
pub(super) fn latest<'a>(states: impl Iterator<Item = &'a State>) -> Vec<Grant> {
    let mut newest: BTreeMap<RecordId, Newest> = BTreeMap::new();
    for state in states {
        let place = newest.len();
        let Some(known) = newest.get_mut(&state.id) else {
            if state.version <= VERSION_STEP_MAX {
                newest.insert(state.id, Newest::first(place, state));
            }
            continue;
        };
        if state.version == known.version {
            known.conflict |= state.digest != known.digest;
        } else if state.version > known.version && state.version - known.version <= VERSION_STEP_MAX
        {
            known.supersede(state);
        }
    }
    let mut in_order: Vec<Newest> = newest.into_values().collect();
    in_order.retain(|newest| !newest.conflict);
    in_order.sort_by_key(|newest| newest.place);
    in_order.into_iter().map(|newest| newest.grant).collect()
}

impl Newest {
    fn first(place: usize, state: &State) -> Self {
        let mut grant = grant_of(state);
        // What was never given cannot have counted.
        grant.revoked = grant.revoked.map(|_| Vec::new());
        Self {
            place,
            version: state.version,
            digest: state.digest,
            conflict: false,
            grant,
        }
    }

    fn supersede(&mut self, state: &State) {
        let mut grant = grant_of(state);
        if let Some(sizes) = &mut grant.revoked {
            // What still counts is what was given: a revocation adds no role and no day.
            if self.conflict || grant.subject != self.grant.subject {
                sizes.clear();
            }
            grant.roles.clone_from(&self.grant.roles);
            grant.from = self.grant.from;
            grant.until = self.grant.until;
        }
        self.version = state.version;
        self.digest = state.digest;
        self.conflict = false;
        self.grant = grant;
    }
}

fn grant_of(state: &State) -> Grant {
    Grant {
        id: state.id,
        subject: state.says.organisation,
        roles: state.says.roles.clone(),
        from: state.says.from,
        until: state.says.until,
        revoked: match &state.says.status {
            Status::Granted => None,
            Status::Revoked(sizes) => Some(sizes.clone()),
        },
    }
}
