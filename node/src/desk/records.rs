//! Records: find, list, show, proof, bundle, export; made, changed and erased in [`write`].

mod write;

use std::collections::BTreeMap;

use erikti_protocol::field::FieldFault;
use erikti_protocol::id::OrgId;
use erikti_protocol::kind::{self, Kind};
use erikti_protocol::record::Record;
use serde_json::{Value, json};

use super::opportunities::{self, Wanted};
use super::reader::Reader;
use super::thing::{Thing, current_at};
use crate::ingest::{index_problem, store_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::index::{PageCursor, Term};

pub(super) use write::published;
pub use write::{create, erase, new_draft, receipt, replace};

/// Records on one page, at most.
const PAGE_RECORDS_MAX: usize = 200;
/// Records in one page unless asked otherwise.
const PAGE_RECORDS: usize = 50;
/// Records looked at for one page, at most: ten superseded versions for each that is shown. A page that ends here is
/// short, or empty, and says where to go on.
const PAGE_PLACES_MAX: usize = 10 * PAGE_RECORDS_MAX;
/// Records in one export, at most: 64 MiB of the largest.
const EXPORT_RECORDS_MAX: usize = 1_000;

/// Finds records: by what the index knows, or, when words, places or days are asked for, opportunities by the search.
///
/// Errors   `usage`
pub fn find(
    node: &Node,
    reader: Reader,
    query: &BTreeMap<String, String>,
) -> Result<Value, Problem> {
    const LISTED: [&str; 5] = ["kind", "issuer", "organisation", "limit", "cursor"];
    let mut query = query.clone();
    if query.keys().all(|name| LISTED.contains(&name.as_str())) {
        if let Some(organisation) = query.remove("organisation") {
            query.entry("issuer".to_owned()).or_insert(organisation);
        }
        return list(node, reader, &query);
    }
    if let Some(issuer) = query.remove("issuer") {
        query.entry("organisation".to_owned()).or_insert(issuer);
    }
    let kind = query
        .remove("kind")
        .map(|kind| kind_of(&kind))
        .transpose()?;
    let wanted = Wanted::read(&query)?;
    let other = kind.filter(|kind| kind.name != kind::opportunity::KIND.name);
    let found = match other {
        None => opportunities::search(node, reader, &wanted)?,
        Some(kind) => opportunities::of_kind(node, reader, kind.name, &wanted)?,
    };
    let mut rows = Vec::new();
    for found in &found.rows {
        let things = Thing::all(node, reader, &found.id)?;
        let Some(thing) = things.get(&found.organisation) else {
            continue;
        };
        if let Some(current) = thing.current() {
            rows.push(row(&thing.record(node, current)?, &found.organisation));
        }
    }
    Ok(json!({"records": rows, "next": found.next}))
}

/// Lists the current versions of records, newest first.
pub fn list(
    node: &Node,
    reader: Reader,
    query: &BTreeMap<String, String>,
) -> Result<Value, Problem> {
    for name in query.keys() {
        if !["kind", "issuer", "limit", "cursor"].contains(&name.as_str()) {
            return Err(Problem::new(Code::Usage, format!("`{name}` is no filter"))
                .found(name)
                .allowed("kind, issuer, limit, cursor"));
        }
    }
    let limit = match query.get("limit") {
        None => PAGE_RECORDS,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=PAGE_RECORDS_MAX).contains(limit))
            .ok_or_else(|| {
                Problem::new(Code::Usage, "the limit is out of bounds")
                    .field("limit")
                    .found(text)
                    .allowed(format!("1 to {PAGE_RECORDS_MAX}"))
            })?,
    };
    let issuer = query
        .get("issuer")
        .map(|text| super::organisations::find(node, text))
        .transpose()?;
    let mut filter = match issuer {
        Some(issuer) => reader.query_of(node, &issuer),
        None => reader.query(),
    };
    if let Some(kind) = query.get("kind") {
        filter = filter.with(Term::kind(kind_of(kind)?.name));
    }
    let mut records = Vec::new();
    let mut cursor = match query.get("cursor") {
        None => None,
        Some(text) => Some(PageCursor::parse(text).ok_or_else(|| {
            Problem::new(Code::Usage, "this is no cursor")
                .field("cursor")
                .found(text)
                .allowed("what `next` said on the page before")
                .hint("begin again without --cursor")
        })?),
    };
    let mut looked_at = 0;
    loop {
        // A page of superseded records must not end the list: go on until it is full, or enough was looked at.
        let page = node
            .ingest()
            .index()
            .list(&filter, cursor, limit - records.len())
            .map_err(index_problem)?;
        cursor = page.next;
        looked_at += page.places.len().max(1);
        for place in page.places {
            if let Some((organisation, record)) = current_at(node, reader, &place)? {
                records.push(row(&record, &organisation));
            }
        }
        if cursor.is_none() || records.len() >= limit || looked_at >= PAGE_PLACES_MAX {
            return Ok(
                json!({"records": records, "next": cursor.map(|cursor| cursor.to_string())}),
            );
        }
    }
}

fn row(record: &Record, organisation: &OrgId) -> Value {
    json!({
        "id": record.id(), "kind": record.kind(), "version": record.version(), "organisation": organisation,
        "issuer": record.issuer_name(), "validFrom": record.valid_from(), "title": title(&record.subject()),
    })
}

/// What a person would call the thing: its title or name in the first language it has.
pub fn title(subject: &Value) -> Option<String> {
    let words = ["title", "name"]
        .iter()
        .find_map(|member| subject.get(member))?;
    let text = match words {
        Value::String(text) => Some(text.as_str()),
        Value::Object(languages) => ["en", "ru", "kk"]
            .iter()
            .find_map(|language| languages.get(*language))
            .or_else(|| languages.values().next())
            .and_then(Value::as_str),
        _ => None,
    };
    text.map(str::to_owned)
}

/// Shows the current version of a record, or the one asked for.
pub fn show(
    node: &Node,
    reader: Reader,
    id: &str,
    version: Option<&str>,
) -> Result<Value, Problem> {
    let thing = Thing::find(node, reader, id)?;
    let version = match version {
        Some(text) => {
            let wanted = text.parse::<u64>().ok();
            thing
                .versions
                .iter()
                .find(|version| Some(version.version) == wanted)
                .ok_or_else(|| {
                    Problem::new(
                        Code::RecordUnknown,
                        format!("{id} has no version {text} here"),
                    )
                    .field("version")
                    .found(text)
                    .allowed(numbers(&thing))
                })?
        }
        None => thing.current().ok_or_else(|| {
            Problem::new(
                Code::RecordConflict,
                format!("two records claim the same version of {id}, so neither counts"),
            )
            .hint(format!("erikti record history {id}"))
        })?,
    };
    let record = thing.record(node, version)?;
    let malformed = malformed(&record);
    let audited = node
        .ingest()
        .store()
        .frontier(&version.origin)
        .map_err(store_problem)?
        .audited
        > version.index;
    Ok(json!({
        "record": record.value(), "organisation": thing.organisation, "kind": record.kind(), "digest": record.digest(),
        "log": {"origin": version.origin, "index": version.index}, "audited": audited,
        "standing": node.standings().stands(&thing.organisation), "malformed": malformed, "conflict": thing.in_conflict(),
    }))
}

fn numbers(thing: &Thing) -> String {
    thing
        .versions
        .iter()
        .map(|version| version.version.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// What a record's kind finds wrong with it, if anything.
pub fn malformed(record: &Record) -> Option<String> {
    let kind = kind::by_name(record.kind())?;
    let subject = record.subject();
    let fault = match subject.as_object() {
        Some(subject) => kind.check_subject(subject).err(),
        None => Some(FieldFault::missing("credentialSubject", "an object")),
    };
    fault.map(|fault| fault.to_string())
}

/// The proof that a record's current version is in its log.
pub fn proof(node: &Node, reader: Reader, id: &str) -> Result<Value, Problem> {
    let thing = Thing::find(node, reader, id)?;
    let version = thing
        .current()
        .ok_or_else(|| Problem::new(Code::RecordConflict, format!("no version of {id} counts")))?;
    let text = node.ingest().proof(&version.origin, version.index)?;
    Ok(
        json!({"id": thing.id, "origin": version.origin, "index": version.index, "text": text.to_string()}),
    )
}

/// The kind of this name.
///
/// Errors   `kind.unknown`
pub fn kind_of(name: &str) -> Result<&'static Kind, Problem> {
    kind::by_name(name).ok_or_else(|| {
        let names: Vec<&str> = kind::all().iter().map(|kind| kind.name).collect();
        let problem = Problem::new(Code::KindUnknown, format!("`{name}` is no kind of record"))
            .field("kind")
            .found(name)
            .allowed(names.join(", "));
        match crate::nearest::nearest(name, names.iter().copied()) {
            Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
            None => problem,
        }
    })
}

/// A record's bundle: what proves it to somebody who knows nothing but a root.
///
/// Errors   `record.unknown`, `record.conflict`
pub fn bundle(node: &Node, reader: Reader, id: &str) -> Result<String, Problem> {
    let thing = Thing::find(node, reader, id)?;
    let version = thing
        .current()
        .ok_or_else(|| Problem::new(Code::RecordConflict, format!("no version of {id} counts")))?;
    node.ingest()
        .bundle(&node.standings(), &version.origin, version.index)
}

/// The exact bytes of records, a line each, or one record's bundle.
pub fn export(node: &Node, reader: Reader, ids: &[String], bundle: bool) -> Result<Value, Problem> {
    if ids.len() > EXPORT_RECORDS_MAX || (bundle && ids.len() != 1) {
        let allowed = if bundle {
            "1 record a bundle".to_owned()
        } else {
            format!("at most {EXPORT_RECORDS_MAX}")
        };
        return Err(Problem::new(Code::Usage, "too many records for one file")
            .field("ids")
            .found(ids.len().to_string())
            .allowed(allowed)
            .hint("write several files"));
    }
    let mut lines = Vec::new();
    for id in ids {
        let thing = Thing::find(node, reader, id)?;
        let version = thing.current().ok_or_else(|| {
            Problem::new(Code::RecordConflict, format!("no version of {id} counts"))
        })?;
        lines.push(if bundle {
            node.ingest()
                .bundle(&node.standings(), &version.origin, version.index)?
        } else {
            let record = thing.record(node, version)?;
            String::from_utf8_lossy(record.bytes()).into_owned()
        });
    }
    Ok(json!({"records": ids.len(), "text": lines.join("\n")}))
}
