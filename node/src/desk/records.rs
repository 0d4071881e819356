//! Records: list, show, history, proof, create, erase, export.

use std::collections::BTreeMap;

use erikti_protocol::field::FieldFault;
use erikti_protocol::hash::Hash;
use erikti_protocol::id::OrgId;
use erikti_protocol::kind::{self, Kind, ReadersDefault};
use erikti_protocol::log::Class;
use erikti_protocol::record::{Draft, Readers, Record};
use serde_json::{Map, Value, json};

use super::note;
use super::opportunities::{self, Wanted};
use super::reader::Reader;
use super::thing::{Thing, Version};
use crate::clock;
use crate::deeds::Actor;
use crate::ingest::{Receipt, index_problem, store_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::index::{PageCursor, Term};

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
    if let Some(kind) = query.remove("kind")
        && kind != kind::opportunity::KIND.name
    {
        return Err(Problem::new(Code::Usage, "only opportunities are searched")
            .field("kind")
            .found(kind)
            .allowed(kind::opportunity::KIND.name));
    }
    if let Some(issuer) = query.remove("issuer") {
        query.entry("organisation".to_owned()).or_insert(issuer);
    }
    let wanted = Wanted::read(&query)?;
    let found = opportunities::search(node, reader, &wanted)?;
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
    let mut filter = reader.query();
    if let Some(kind) = query.get("kind") {
        filter = filter.with(Term::kind(kind_of(kind)?.name));
    }
    if let Some(issuer) = issuer {
        filter = filter.with_any(
            node.ingest()
                .ledger()
                .line(&issuer)
                .iter()
                .map(Term::log)
                .collect(),
        );
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
            if !node.ingest().counts(&place.origin, place.index) {
                continue;
            }
            let Some(record) = node
                .ingest()
                .record(&place.origin, place.index)
                .map_err(store_problem)?
            else {
                continue;
            };
            let Some(organisation) = node.ingest().ledger().organisation(&place.origin) else {
                continue;
            };
            if !reader.may_read(&record) {
                continue;
            }
            let things = Thing::all(node, reader, &record.id())?;
            let current = things.get(&organisation).and_then(Thing::current);
            if current.is_some_and(|current| {
                current.origin == place.origin && current.index == place.index
            }) {
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

/// Makes and signs a record.
pub fn create(
    node: &Node,
    by: &Actor,
    kind_name: &str,
    subject: Value,
    set: &[String],
    id: Option<&str>,
    readers: Option<&str>,
) -> Result<Value, Problem> {
    let kind = kind_of(kind_name)?;
    if kind.class == Class::Control {
        return Err(Problem::new(
            Code::NotAllowed,
            format!("`{}` records are made by commands of their own", kind.name),
        )
        .field("kind")
        .found(kind.name)
        .hint("use: erikti org accredit, erikti org revoke, erikti erase"));
    }
    let thing = id.map(|id| own(node, id)).transpose()?;
    let mut draft = match &thing {
        Some(thing) => supersede(node, thing, kind)?,
        None => new_draft(node, kind, Map::new())?,
    };
    match subject {
        Value::Null => {}
        Value::Object(members) => {
            let (subject, extra) = split(kind, members);
            if let Some(name) = subject.keys().find(|name| !is_field(kind, name)) {
                return Err(unknown_field(kind, name));
            }
            draft.subject = subject;
            draft.extra.extend(extra);
        }
        other => {
            return Err(
                Problem::new(Code::RecordMalformed, "a record's fields are a JSON object")
                    .found(other.to_string())
                    .allowed("{…}")
                    .hint("write the fields as {\"field\": value, …}"),
            );
        }
    }
    for assignment in set {
        let (field, value) = assignment.split_once('=').ok_or_else(|| {
            Problem::new(Code::Usage, "a field is set as field=value")
                .field("set")
                .found(assignment)
                .allowed("field=value")
                .hint("for instance --set capacity=30")
        })?;
        set_field(kind, &mut draft, field, value)?;
    }
    if let Some(readers) = readers {
        draft.readers = read_readers(node, readers)?;
    }
    let receipts = published(node, vec![draft])?;
    let what = match &thing {
        Some(_) => "record.supersede",
        None => "record.create",
    };
    note(node, by, what, receipts[0].id, Some(receipts[0].version));
    Ok(receipt(&receipts[0]))
}

/// Publishes and seals: whoever asks next, in another process, finds what was just answered.
pub(super) fn published(node: &Node, drafts: Vec<Draft>) -> Result<Vec<Receipt>, Problem> {
    let receipts = node.ingest().publish(drafts)?;
    node.ingest().seal()?;
    Ok(receipts)
}

fn set_field(kind: &Kind, draft: &mut Draft, field: &str, value: &str) -> Result<(), Problem> {
    let name = field.split('.').next().unwrap_or(field);
    if kind.field(name).is_none() && kind.extra.iter().any(|extra| extra.name == name) {
        return erikti_protocol::field::set_text(kind.extra, &mut draft.extra, field, value)
            .map_err(Problem::from);
    }
    if kind.field(name).is_none() {
        return Err(unknown_field(kind, name));
    }
    kind.set_text(&mut draft.subject, field, value)
        .map_err(Problem::from)
}

fn is_field(kind: &Kind, name: &str) -> bool {
    // Members with a prefix are JSON-LD of other vocabularies: their authors know what they do.
    kind.field(name).is_some() || name.contains(':') || ["id", "type"].contains(&name)
}

fn unknown_field(kind: &Kind, name: &str) -> Problem {
    let names: Vec<&str> = kind
        .fields
        .iter()
        .chain(kind.extra)
        .map(|field| field.name)
        .collect();
    let problem = Problem::new(
        Code::RecordMalformed,
        format!("`{name}` is no field of `{}`", kind.name),
    )
    .field(name)
    .found(name)
    .allowed(names.join(", "));
    match crate::nearest::nearest(name, names.iter().copied()) {
        Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
        None => problem,
    }
}

/// Members of the kind's standard that stand beside the subject are taken out of it.
fn split(kind: &Kind, members: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    members.into_iter().partition(|(name, _)| {
        kind.field(name).is_some() || !kind.extra.iter().any(|extra| extra.name == *name)
    })
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

/// A draft of a new thing, for the kind's usual readers.
pub fn new_draft(node: &Node, kind: &Kind, subject: Map<String, Value>) -> Result<Draft, Problem> {
    let readers = match kind.readers_default {
        ReadersDefault::Public => Readers::Public,
        ReadersDefault::Network => Readers::Network,
        ReadersDefault::Own | ReadersDefault::Addressee => {
            Readers::Listed(vec![node.organisation()])
        }
    };
    Ok(Draft {
        kind: kind.name.to_owned(),
        id: clock::record_id(),
        version: 1,
        valid_from: clock::now(),
        readers,
        subject,
        extra: Map::new(),
    })
}

fn supersede(node: &Node, thing: &Thing, kind: &Kind) -> Result<Draft, Problem> {
    let newest = thing.versions.last().map_or(0, |version| version.version);
    let current = thing
        .current()
        .or(thing.versions.last())
        .ok_or_else(|| Problem::new(Code::RecordUnknown, "the record has no version"))?;
    let record = thing.record(node, current)?;
    if record.kind() != kind.name {
        return Err(
            Problem::new(Code::RecordMalformed, "a thing keeps its kind")
                .field("kind")
                .found(kind.name)
                .allowed(record.kind()),
        );
    }
    let mut draft = new_draft(
        node,
        kind,
        record.subject().as_object().cloned().unwrap_or_default(),
    )?;
    draft.readers = record.readers();
    for extra in kind.extra {
        if let Some(value) = record.value().get(extra.name) {
            draft.extra.insert(extra.name.to_owned(), value.clone());
        }
    }
    draft.id = thing.id;
    draft.version = newest + 1;
    Ok(draft)
}

fn own(node: &Node, id: &str) -> Result<Thing, Problem> {
    let thing = Thing::find(node, Reader::Staff, id)?;
    if thing.organisation != node.organisation() {
        return Err(Problem::new(
            Code::RecordNotOwn,
            format!("{id} belongs to {}", thing.organisation),
        )
        .hint(format!(
            "ask {}: only who issued a record can change or erase it",
            node.name_of(&thing.organisation)
        )));
    }
    Ok(thing)
}

fn read_readers(node: &Node, text: &str) -> Result<Readers, Problem> {
    match text {
        "public" => Ok(Readers::Public),
        "network" => Ok(Readers::Network),
        list => {
            let readers = list
                .split(',')
                .map(|part| super::organisations::find(node, part.trim()))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(Readers::Listed(readers))
        }
    }
}

/// Publishes the next version of a record of this organisation, with this content and no other. `fits` looks at the
/// state that is there now, and refuses when the change was made to another one.
///
/// Errors   what `fits` says, those of [`create`]
pub fn replace(
    node: &Node,
    by: &Actor,
    id: &str,
    subject: Value,
    readers: Option<&str>,
    fits: impl Fn(&Hash) -> Result<(), Problem>,
) -> Result<Value, Problem> {
    let thing = own(node, id)?;
    let version = thing.current().or(thing.versions.last());
    let version =
        version.ok_or_else(|| Problem::new(Code::RecordUnknown, "the record has no version"))?;
    let record = thing.record(node, version)?;
    fits(&record.digest())?;
    let written = create(node, by, record.kind(), subject, &[], Some(id), readers);
    match written {
        // Somebody was faster, between the look and the change.
        Err(problem) if problem.code == Code::RecordConflict => {
            let thing = own(node, id)?;
            let current = thing.current().or(thing.versions.last());
            if let Some(current) = current {
                fits(&thing.record(node, current)?.digest())?;
            }
            Err(problem)
        }
        written => written,
    }
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

/// A receipt as JSON.
pub fn receipt(receipt: &Receipt) -> Value {
    json!({"id": receipt.id, "version": receipt.version, "origin": receipt.origin, "index": receipt.index, "digest": receipt.digest})
}

/// Erases a record of this organisation: every version, here and at every holder.
pub fn erase(node: &Node, by: &Actor, id: &str, reason: &str) -> Result<Value, Problem> {
    let thing = own(node, id)?;
    let erased = node.ingest().erase(&thing.id, &places(&thing), reason)?;
    node.ingest().seal()?;
    note(node, by, "record.erase", thing.id, None);
    Ok(json!({"id": thing.id, "erased": erased.iter().map(receipt).collect::<Vec<_>>()}))
}

fn places(thing: &Thing) -> Vec<(erikti_protocol::id::Origin, u64)> {
    thing
        .versions
        .iter()
        .map(|Version { origin, index, .. }| (origin.clone(), *index))
        .collect()
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
