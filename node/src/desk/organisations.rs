//! Organisations: who is known, who stands, who is trusted and accredited.

use std::collections::BTreeSet;

use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::kind::accreditation::{Accreditation, Status};
use erikti_protocol::kind::{self, Role};
use erikti_protocol::record::Draft;
use erikti_protocol::time::Date;
use serde_json::{Map, Value, json};

use super::countries::country;
use super::reader::Reader;
use super::thing::{Thing, current_at};
use super::{note, records};
use crate::clock;
use crate::deeds::Actor;
use crate::ingest::{index_problem, store_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::index::Term;

/// Every organisation known here, with its standing.
pub fn list(node: &Node, reader: Reader) -> Result<Value, Problem> {
    let rows = node
        .known_organisations()
        .iter()
        .map(|organisation| row(node, reader, organisation))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"organisations": rows}))
}

/// Organisations of one page, at most: each costs a look into the index when its card is not known.
pub const PAGE_MAX: usize = 200;

/// A page of the organisations known here, in the order of their ids, after the one named.
///
/// Errors   `usage` for a cursor that is none
pub fn page(
    node: &Node,
    reader: Reader,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Value, Problem> {
    let after = cursor
        .map(|text| {
            OrgId::parse(text).ok_or_else(|| {
                Problem::new(Code::Usage, "this is no cursor")
                    .field("cursor")
                    .found(text)
                    .allowed("what `next` said on the page before")
            })
        })
        .transpose()?;
    let known = node.known_organisations();
    let mut rest = known
        .iter()
        .filter(|organisation| after.is_none_or(|after| **organisation > after));
    let rows = rest
        .by_ref()
        .take(limit.clamp(1, PAGE_MAX))
        .collect::<Vec<_>>();
    let next = rest.next().and(rows.last());
    let rows = rows
        .iter()
        .map(|organisation| row(node, reader, organisation))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"organisations": rows, "next": next}))
}

/// The accreditations that an organisation has given, each in its newest state.
///
/// Errors   `organisation.unknown`
pub fn accreditations(node: &Node, id: &str) -> Result<Value, Problem> {
    let organisation = find(node, id)?;
    let given = node.ingest().ledger().accreditations(&organisation);
    let rows: Vec<Value> = given
        .iter()
        .map(|grant| {
            let roles: Vec<&str> = grant.roles.iter().map(|role| role.as_str()).collect();
            json!({
                "accreditation": grant.id, "organisation": grant.subject, "name": node.name_of(&grant.subject),
                "roles": roles, "from": grant.from, "until": grant.until, "revoked": grant.revoked.is_some(),
            })
        })
        .collect();
    Ok(json!({"accreditor": organisation, "accreditations": rows}))
}

fn row(node: &Node, reader: Reader, organisation: &OrgId) -> Result<Value, Problem> {
    let country = country(node, reader, organisation)?;
    Ok(json!({
        "organisation": organisation, "name": node.name_of(organisation), "country": country,
        "standing": standing(node, organisation), "own": *organisation == node.organisation(),
    }))
}

/// How an organisation stands, in a word: `root`, `accredited`, `partner` (by invitation, on this node only), `former`, `none`.
pub fn standing(node: &Node, organisation: &OrgId) -> &'static str {
    let standings = node.standings();
    match standings.of(organisation) {
        Some(standing) if standing.depth == Some(0) => "root",
        Some(standing) if standing.depth.is_some() => "accredited",
        Some(standing) if standing.local => "partner",
        Some(_) => "former",
        None => "none",
    }
}

/// The organisation's own card: the subject of its newest `organisation` record, or null.
///
/// Errors   the store's and the index's
pub fn card(node: &Node, reader: Reader, organisation: &OrgId) -> Result<Value, Problem> {
    let filter = reader
        .query_of(node, organisation)
        .with(Term::kind(kind::organisation::KIND.name));
    let page = node
        .ingest()
        .index()
        .list(&filter, None, 16)
        .map_err(index_problem)?;
    for place in page.places {
        if let Some((_, record)) = current_at(node, reader, &place)? {
            return Ok(record.subject());
        }
    }
    Ok(Value::Null)
}

/// One organisation: its card, standing and the chain of its accreditations.
pub fn show(node: &Node, reader: Reader, id: &str) -> Result<Value, Problem> {
    let organisation = find(node, id)?;
    let standings = node.standings();
    let chain = standings.chain(&organisation, None).unwrap_or_default();
    let mut answer = row(node, reader, &organisation)?;
    answer["card"] = card(node, reader, &organisation)?;
    answer["roles"] = json!(standings.of(&organisation).map(|standing| {
        standing
            .roles
            .iter()
            .map(|role| role.as_str())
            .collect::<Vec<_>>()
    }));
    answer["chain"] = chain
        .iter()
        .map(|link| json!({"accreditor": link.accreditor, "name": node.name_of(&link.accreditor), "accreditation": link.accreditation}))
        .collect();
    answer["logs"] = json!(node.ingest().ledger().line(&organisation));
    Ok(answer)
}

/// Finds an organisation by its id, or by the first characters after `z` when only one begins so.
///
/// Errors   `organisation.unknown`; a whole id is taken as it is, known or not
pub fn find(node: &Node, text: &str) -> Result<OrgId, Problem> {
    if let Some(organisation) = OrgId::parse(text) {
        return Ok(organisation);
    }
    let known = node.known_organisations();
    let start = text.strip_prefix(OrgId::PREFIX).unwrap_or(text);
    let matching: Vec<&OrgId> = known
        .iter()
        .filter(|organisation| organisation.short().starts_with(start) && start.len() >= 4)
        .collect();
    match matching.as_slice() {
        [one] => Ok(**one),
        [] => Err(Problem::new(
            Code::OrganisationUnknown,
            format!("no organisation `{text}` is known here"),
        )
        .field("organisation")
        .found(text)
        .hint("see who is known: erikti org list; a whole id is taken even when it is not")),
        _ => Err(Problem::new(
            Code::OrganisationUnknown,
            format!("several organisations begin with `{text}`"),
        )
        .field("organisation")
        .found(text)
        .hint("give more of the id: erikti org list --json")),
    }
}

/// Makes an organisation a root.
pub fn trust(node: &Node, by: &Actor, id: &str) -> Result<Value, Problem> {
    let organisation = find(node, id)?;
    node.members()
        .change(|decided| decided.trust(organisation))?;
    note(node, by, "organisation.trust", organisation, None);
    node.standing_changed();
    Ok(json!({"organisation": organisation, "standing": standing(node, &organisation)}))
}

/// Accredits an organisation, or changes its accreditation.
pub fn accredit(
    node: &Node,
    by: &Actor,
    id: &str,
    roles: &[String],
    from: Option<&str>,
    until: Option<&str>,
) -> Result<Value, Problem> {
    let organisation = find(node, id)?;
    if organisation == node.organisation() {
        return Err(
            Problem::new(Code::NotAllowed, "an organisation does not accredit itself")
                .field("organisation")
                .found(organisation.to_string())
                .hint("name another one: erikti org list"),
        );
    }
    let accreditation = Accreditation {
        organisation,
        roles: read_roles(roles)?,
        sectors: Vec::new(),
        territories: Vec::new(),
        from: from
            .map(|text| read_date("from", text))
            .transpose()?
            .unwrap_or_else(|| clock::now().date()),
        until: until.map(|text| read_date("until", text)).transpose()?,
        status: Status::Granted,
    };
    publish(node, by, "accreditation.give", &accreditation)
}

/// Takes back this organisation's accreditation of another.
pub fn revoke(node: &Node, by: &Actor, id: &str, log_size: Option<u64>) -> Result<Value, Problem> {
    let organisation = find(node, id)?;
    let Some((_, _, mut accreditation)) = given(node, &organisation)? else {
        return Err(Problem::new(
            Code::OrganisationUnknown,
            format!("this organisation has not accredited {organisation}"),
        )
        .hint(format!("see who has: erikti org show {organisation}")));
    };
    if matches!(accreditation.status, Status::Revoked(_)) {
        return Err(Problem::new(
            Code::RecordConflict,
            format!("the accreditation of {organisation} is revoked already"),
        )
        .hint(format!("give it again: erikti org accredit {organisation}")));
    }
    let logs = node.ingest().ledger().line(&organisation).to_vec();
    let mut sizes = Vec::new();
    for origin in logs {
        let held = node.ingest().visible(&origin);
        sizes.push((origin, log_size.unwrap_or(held)));
    }
    accreditation.status = Status::Revoked(sizes);
    publish(node, by, "accreditation.revoke", &accreditation)
}

fn publish(
    node: &Node,
    by: &Actor,
    what: &str,
    accreditation: &Accreditation,
) -> Result<Value, Problem> {
    let kind = &kind::accreditation::KIND;
    let mut draft: Draft = records::new_draft(node, kind, accreditation.to_subject())?;
    if let Some((id, version, _)) = given(node, &accreditation.organisation)? {
        draft.id = id;
        draft.version = version + 1;
    }
    let receipts = records::published(node, vec![draft])?;
    let version = receipts[0].version;
    note(node, by, what, accreditation.organisation, Some(version));
    node.standing_changed();
    let mut answer = records::receipt(&receipts[0]);
    answer["organisation"] = json!(accreditation.organisation);
    answer["standing"] = json!(standing(node, &accreditation.organisation));
    Ok(answer)
}

/// This organisation's accreditation of another: its id, version and content.
fn given(
    node: &Node,
    organisation: &OrgId,
) -> Result<Option<(RecordId, u64, Accreditation)>, Problem> {
    for index in node
        .ingest()
        .store()
        .control(node.origin(), 0)
        .map_err(store_problem)?
        .into_iter()
        .rev()
    {
        let Some(record) = node
            .ingest()
            .record(node.origin(), index)
            .map_err(store_problem)?
        else {
            continue;
        };
        if record.kind() != kind::accreditation::KIND.name {
            continue;
        }
        let subject = record.subject();
        let read = subject.as_object().map(Accreditation::from_subject);
        if let Some(Ok(accreditation)) = read
            && accreditation.organisation == *organisation
        {
            return Ok(Some((record.id(), record.version(), accreditation)));
        }
    }
    Ok(None)
}

/// Reads roles that somebody typed.
pub fn read_roles(roles: &[String]) -> Result<BTreeSet<Role>, Problem> {
    roles
        .iter()
        .map(|role| {
            Role::parse(role).ok_or_else(|| {
                let allowed: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
                let problem = Problem::new(Code::Usage, format!("`{role}` is no role"))
                    .field("role")
                    .found(role)
                    .allowed(allowed.join(", "));
                match crate::nearest::nearest(role, allowed) {
                    Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
                    None => problem,
                }
            })
        })
        .collect()
}

fn read_date(field: &str, text: &str) -> Result<Date, Problem> {
    Date::parse(text).ok_or_else(|| {
        Problem::new(Code::Usage, format!("`{text}` is no day"))
            .field(field)
            .found(text)
            .allowed("YYYY-MM-DD")
    })
}

/// Puts the addresses that others can reach into this organisation's card, when they changed.
///
/// Errors   those of publishing
pub fn announce(node: &Node) -> Result<(), Problem> {
    let addresses = node.announced();
    let filter = Reader::Staff
        .query()
        .with(Term::kind("organisation"))
        .with(Term::log(node.origin()));
    let page = node
        .ingest()
        .index()
        .list(&filter, None, 1)
        .map_err(index_problem)?;
    let Some(place) = page.places.first() else {
        return node.publish_public("organisation", node.card(&addresses));
    };
    let Some(record) = node
        .ingest()
        .record(&place.origin, place.index)
        .map_err(store_problem)?
    else {
        return Ok(());
    };
    let subject = record.subject();
    if subject["addresses"] == Value::from(addresses.clone()) {
        return Ok(());
    }
    let thing = Thing::find(node, Reader::Staff, &record.id().to_string())?;
    let mut subject: Map<String, Value> = subject.as_object().cloned().unwrap_or_default();
    subject.insert("addresses".to_owned(), json!(addresses));
    let mut draft = records::new_draft(node, &kind::organisation::KIND, subject)?;
    draft.id = thing.id;
    draft.version = thing.versions.last().map_or(0, |version| version.version) + 1;
    let receipts = node.ingest().publish(vec![draft])?;
    let by = Actor::node();
    note(
        node,
        &by,
        "organisation.announce",
        receipts[0].id,
        Some(receipts[0].version),
    );
    Ok(())
}
