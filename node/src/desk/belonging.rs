//! Who says that whom belongs: accreditations given and received, roots, blocks with their reasons.

use std::collections::BTreeMap;

use erikti_protocol::id::OrgId;
use erikti_protocol::kind::accreditation::{self, Accreditation, Status};
use erikti_protocol::time::Date;

use super::note;
use super::organisations;
use crate::deeds::Actor;
use crate::ingest::store_problem;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Characters of a reason, at most: a few sentences.
pub const REASON_CHARS_MAX: usize = 500;

/// One accreditation.
#[derive(Clone, Debug)]
pub struct Given {
    /// Who gave it.
    pub by: OrgId,
    /// Who was accredited.
    pub organisation: OrgId,
    /// What that is called.
    pub name: String,
    /// The roles, as records spell them.
    pub roles: Vec<&'static str>,
    /// From when.
    pub from: Date,
    /// Until when, if there is an end.
    pub until: Option<Date>,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// Accreditations that this organisation gave, and those that others gave it, each as its newest version says.
///
/// Errors   the store's
pub fn accreditations(node: &Node) -> Result<(Vec<Given>, Vec<Given>), Problem> {
    let own = node.organisation();
    let mut newest: BTreeMap<(OrgId, OrgId), Given> = BTreeMap::new();
    for origin in node.ingest().store().logs() {
        let by = node.ingest().ledger().organisation(&origin);
        let Some(by) = by else { continue };
        for index in node
            .ingest()
            .store()
            .control(&origin, 0)
            .map_err(store_problem)?
        {
            let record = node
                .ingest()
                .record(&origin, index)
                .map_err(store_problem)?;
            let Some(record) = record.filter(|record| record.kind() == accreditation::KIND.name)
            else {
                continue;
            };
            let subject = record.subject();
            let read = subject.as_object().map(Accreditation::from_subject);
            let Some(Ok(said)) = read else { continue };
            if by != own && said.organisation != own {
                continue;
            }
            let shown = match by == own {
                true => said.organisation,
                false => by,
            };
            newest.insert(
                (by, said.organisation),
                Given {
                    by,
                    organisation: said.organisation,
                    name: node.name_of(&shown),
                    roles: said.roles.iter().map(|role| role.as_str()).collect(),
                    from: said.from,
                    until: said.until,
                    revoked: matches!(said.status, Status::Revoked(_)),
                },
            );
        }
    }
    Ok(newest.into_values().partition(|given| given.by == own))
}

/// A root: whether the settings name it, or somebody here.
#[derive(Clone, Debug)]
pub struct Root {
    /// The organisation.
    pub organisation: OrgId,
    /// What it is called.
    pub name: String,
    /// Whether it stands in the settings, where only the operator can remove it.
    pub by_settings: bool,
}

/// The organisations whose word counts here.
pub fn roots(node: &Node) -> Vec<Root> {
    let settings = &node.settings().trust.roots;
    let decided = node.members().look(|decided| decided.roots.clone());
    decided
        .union(settings)
        .map(|organisation| Root {
            organisation: *organisation,
            name: node.name_of(organisation),
            by_settings: settings.contains(organisation),
        })
        .collect()
}

/// Takes back that an organisation's word counts here.
///
/// Errors   `not_allowed` when the settings name it; `organisation.unknown`
pub fn distrust(node: &Node, by: &Actor, id: &str) -> Result<(), Problem> {
    let organisation = organisations::find(node, id)?;
    if node.settings().trust.roots.contains(&organisation) {
        return Err(
            Problem::new(Code::NotAllowed, "this root stands in the settings")
                .field("trust.roots")
                .hint("remove it from erikti.toml and start the node again"),
        );
    }
    node.members().change(|decided| {
        decided.roots.remove(&organisation);
        Ok(())
    })?;
    node.standing_changed();
    note(node, by, "organisation.distrust", organisation, None);
    Ok(())
}

/// Cuts an organisation off, for a reason that is kept.
///
/// Errors   as [`super::peers::block`]; `usage` when the reason is too long
pub fn block(node: &Node, by: &Actor, id: &str, reason: &str) -> Result<(), Problem> {
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(Problem::new(Code::Usage, "the reason is too long")
            .field("reason")
            .allowed(format!("at most {REASON_CHARS_MAX} characters")));
    }
    super::peers::block(node, by, id)?;
    let organisation = organisations::find(node, id)?;
    node.members().change(|decided| {
        match reason.trim() {
            "" => decided.block_reasons.remove(&organisation),
            reason => decided
                .block_reasons
                .insert(organisation, reason.to_owned()),
        };
        Ok(())
    })
}

/// Lifts a block; a partner is a partner again.
///
/// Errors   `organisation.unknown`
pub fn unblock(node: &Node, by: &Actor, id: &str) -> Result<(), Problem> {
    let organisation = organisations::find(node, id)?;
    node.members().change(|decided| {
        decided.blocked.remove(&organisation);
        decided.block_reasons.remove(&organisation);
        Ok(())
    })?;
    node.standing_changed();
    note(node, by, "peer.unblock", organisation, None);
    Ok(())
}
