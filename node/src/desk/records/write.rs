//! Making records, changing them, erasing them.

use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::kind::{Kind, ReadersDefault};
use erikti_protocol::log::Class;
use erikti_protocol::record::{Draft, Readers};
use serde_json::{Map, Value, json};

use super::kind_of;
use crate::clock;
use crate::deeds::Actor;
use crate::desk::note;
use crate::desk::reader::Reader;
use crate::desk::thing::{Thing, Version};
use crate::ingest::Receipt;
use crate::node::Node;
use crate::problem::{Code, Problem};

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
    let kind = writable(kind_name)?;
    let thing = id.map(|id| own(node, id)).transpose()?;
    write(node, by, kind, subject, set, thing.as_ref(), readers)
}

/// A kind whose records are made here.
fn writable(name: &str) -> Result<&'static Kind, Problem> {
    let kind = kind_of(name)?;
    if kind.class == Class::Control {
        return Err(Problem::new(
            Code::NotAllowed,
            format!("`{}` records are made by commands of their own", kind.name),
        )
        .field("kind")
        .found(kind.name)
        .hint("use: erikti org accredit, erikti org revoke, erikti erase"));
    }
    Ok(kind)
}

/// Publishes a new thing, or the version after the newest of `thing`: as it was when it was looked at, so that whoever
/// was faster since then is noticed.
fn write(
    node: &Node,
    by: &Actor,
    kind: &Kind,
    subject: Value,
    set: &[String],
    thing: Option<&Thing>,
    readers: Option<&str>,
) -> Result<Value, Problem> {
    let mut draft = match thing {
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
    let what = match thing {
        Some(_) => "record.supersede",
        None => "record.create",
    };
    note(node, by, what, receipts[0].id, Some(receipts[0].version));
    Ok(receipt(&receipts[0]))
}

/// Publishes and seals: whoever asks next, in another process, finds what was just answered.
pub(in crate::desk) fn published(node: &Node, drafts: Vec<Draft>) -> Result<Vec<Receipt>, Problem> {
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
                .map(|part| crate::desk::organisations::find(node, part.trim()))
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
    let kind = writable(record.kind())?;
    match write(node, by, kind, subject, &[], Some(&thing), readers) {
        // Somebody was faster, between the look and the change.
        Err(problem) if problem.code == Code::RecordConflict => {
            node.ingest().seal()?;
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

fn places(thing: &Thing) -> Vec<(Origin, u64)> {
    thing
        .versions
        .iter()
        .map(|Version { origin, index, .. }| (origin.clone(), *index))
        .collect()
}
