//! A thing's past: its versions and, when it was erased, who has destroyed it and who has not answered.

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::kind::erasure::{self, Erasure};
use erikti_protocol::kind::receipt;
use erikti_protocol::record::Record;
use erikti_protocol::time::Timestamp;
use serde_json::{Value, json};

use super::reader::Reader;
use super::thing::{Thing, read_id, record_at};
use crate::ingest::{index_problem, store_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::Status;
use crate::store::index::{LIST_MAX, Term};

/// An erasure of one version, in force.
struct Order {
    organisation: OrgId,
    by_origin: Origin,
    by_index: u64,
    by: RecordId,
    at: Timestamp,
    erasure: Erasure,
}

/// Lists a thing's versions and, for each that was erased, the answers of those who held it; for the organisation's
/// own people also who here did what.
///
/// Errors   `record.unknown`, `record.malformed` for what is no id
pub fn history(node: &Node, reader: Reader, id: &str) -> Result<Value, Problem> {
    let id = read_id(id)?;
    let orders = orders(node, reader, &id)?;
    let thing = match Thing::find(node, reader, &id.to_string()) {
        Ok(thing) => Some(thing),
        Err(problem) if problem.code == Code::RecordErased && !orders.is_empty() => None,
        Err(problem) => return Err(problem),
    };
    let mut versions = match &thing {
        Some(thing) => versions(node, thing)?,
        None => Vec::new(),
    };
    if thing.is_none() {
        versions.extend(orders.iter().map(|order| {
            json!({
                "version": null, "origin": order.erasure.origin, "index": order.erasure.index, "state": "erased",
                "digest": order.erasure.digest, "validFrom": null, "current": false,
            })
        }));
    }
    let erasures = orders
        .iter()
        .map(|order| told(node, reader, order))
        .collect::<Result<Vec<_>, _>>()?;
    let organisation = thing
        .as_ref()
        .map(|thing| thing.organisation)
        .or_else(|| orders.first().map(|order| order.organisation));
    let mut history = json!({
        "id": id, "organisation": organisation, "versions": versions, "erasures": erasures,
        "conflict": thing.is_some_and(|thing| thing.in_conflict()),
    });
    if reader == Reader::Staff {
        let to = id.to_string();
        history["deeds"] = json!(node.deeds().list(|deed| deed.to == to)?);
    }
    Ok(history)
}

fn versions(node: &Node, thing: &Thing) -> Result<Vec<Value>, Problem> {
    let mut versions = Vec::new();
    for version in &thing.versions {
        let status = node
            .ingest()
            .status(&version.origin, version.index)
            .map_err(store_problem)?;
        let record = node
            .ingest()
            .record(&version.origin, version.index)
            .map_err(store_problem)?;
        versions.push(json!({
            "version": version.version, "origin": version.origin, "index": version.index, "state": state(status),
            "digest": record.as_ref().map(|record| record.digest()), "validFrom": record.as_ref().map(|record| record.valid_from()),
            "current": thing.current() == Some(version),
        }));
    }
    Ok(versions)
}

fn state(status: Status) -> &'static str {
    match status {
        Status::Present => "present",
        Status::Absent => "absent",
        Status::Erased { .. } => "erased",
        Status::Bad => "bad",
        Status::Foreign => "foreign",
        Status::Damaged => "damaged",
    }
}

/// The records that carry a term and are to be shown, with the organisation that issued each.
fn records(
    node: &Node,
    reader: Reader,
    term: Term,
) -> Result<Vec<(OrgId, Origin, u64, Record)>, Problem> {
    let query = reader.query().with(term);
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page = node
            .ingest()
            .index()
            .list(&query, cursor, LIST_MAX)
            .map_err(index_problem)?;
        for place in page.places {
            if let Some((organisation, record)) = record_at(node, reader, &place)? {
                found.push((organisation, place.origin, place.index, record));
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

/// The erasures of a thing that are in force, oldest first.
fn orders(node: &Node, reader: Reader, id: &RecordId) -> Result<Vec<Order>, Problem> {
    let mut orders = Vec::new();
    let term = Term::field(erasure::KIND.name, "id", &id.to_string());
    for (organisation, by_origin, by_index, record) in records(node, reader, term)? {
        let subject = record.subject();
        let Some(Ok(erasure)) = subject.as_object().map(Erasure::from_subject) else {
            continue;
        };
        let in_force = node
            .ingest()
            .ledger()
            .erased(&organisation, &erasure.digest);
        if in_force.is_none_or(|erased| erased.by_index != by_index) {
            continue;
        }
        orders.push(Order {
            organisation,
            by_origin,
            by_index,
            by: record.id(),
            at: record.created(),
            erasure,
        });
    }
    orders.sort_by_key(|order| (order.erasure.index, order.by_index));
    Ok(orders)
}

fn told(node: &Node, reader: Reader, order: &Order) -> Result<Value, Problem> {
    let mut answered = BTreeMap::new();
    let term = Term::field(receipt::KIND.name, "erasure", &order.by.to_string());
    for (organisation, _, _, record) in records(node, reader, term)? {
        let subject = record.subject();
        let read = subject.as_object().map(receipt::Receipt::from_subject);
        if let Some(Ok(receipt)) = read
            && receipt.origin == order.by_origin
            && receipt.index == order.by_index
        {
            answered.insert(organisation, receipt);
        }
    }
    let receipts: Vec<Value> = answered
        .iter()
        .map(|(organisation, receipt)| {
            json!({
                "organisation": organisation, "name": node.name_of(organisation),
                "destroyed": receipt.destroyed_at, "backups_until": receipt.backups_until,
            })
        })
        .collect();
    // Only the organisation that erased is answered, so only its own people can be told who has not.
    let unanswered: Value = if reader == Reader::Staff && order.organisation == node.organisation()
    {
        holders(node, order.at)?
            .iter()
            .filter(|organisation| !answered.contains_key(organisation))
            .map(|organisation| {
                json!({"organisation": organisation, "name": node.name_of(organisation)})
            })
            .collect()
    } else {
        Value::Null
    };
    Ok(json!({
        "erasure": order.by, "origin": order.by_origin, "index": order.by_index, "at": order.at,
        "reason": order.erasure.reason, "erased": {"origin": order.erasure.origin, "index": order.erasure.index, "digest": order.erasure.digest},
        "receipts": receipts, "unanswered": unanswered,
    }))
}

/// Organisations that may have held this node's log at a time: partners and those that stand, unless they came later.
fn holders(node: &Node, at: Timestamp) -> Result<Vec<OrgId>, Problem> {
    let partners = node.members().look(|decided| {
        decided
            .partners
            .iter()
            .map(|(organisation, partner)| (*organisation, partner.since))
            .collect::<BTreeMap<_, _>>()
    });
    let mut candidates: BTreeSet<OrgId> = partners.keys().copied().collect();
    candidates.extend(
        node.standings()
            .standing()
            .map(|(organisation, _)| *organisation),
    );
    candidates.remove(&node.organisation());
    let mut holders = Vec::new();
    for organisation in candidates {
        let founding = node.ingest().ledger().line(&organisation).first().cloned();
        let founded = match founding {
            Some(origin) => node
                .ingest()
                .record(&origin, 0)
                .map_err(store_problem)?
                .map(|record| record.created()),
            None => None,
        };
        let came = partners.get(&organisation).copied().or(founded);
        if came.is_none_or(|came| came.seconds() <= at.seconds()) {
            holders.push(organisation);
        }
    }
    Ok(holders)
}
