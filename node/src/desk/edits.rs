//! Changes that people make to their own records: what they began with is known, so nobody's change is lost.

use std::sync::{Mutex, PoisonError};

use erikti_protocol::field::Shape;
use erikti_protocol::id::RecordId;
use erikti_protocol::kind::Kind;
use erikti_protocol::log::Class;
use erikti_protocol::record::{Draft, Readers, Record};
use serde_json::{Map, Value};

use super::form::read::Said;
use super::reader::Reader;
use super::thing::Thing;
use super::{note, records};
use crate::deeds::Actor;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// One after the other: of two submissions of one form the second must see what the first one wrote.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A record as somebody begins to change it.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its kind.
    pub kind: &'static Kind,
    /// The thing.
    pub id: RecordId,
    /// The version; 0 for a new thing.
    pub version: u64,
    /// What it says.
    pub said: Said,
    /// Who may read it.
    pub readers: Readers,
}

/// What became of a change.
#[derive(Clone, Debug)]
pub enum Saved {
    /// It is this version now, or was already.
    Done {
        /// The version.
        version: u64,
    },
    /// Somebody else was faster: nothing was written, and this is what stands.
    Changed(Box<Begun>),
}

/// A kind whose records people make with forms.
///
/// Errors   `kind.unknown`, `not_allowed` for control records
pub fn kind_of(name: &str) -> Result<&'static Kind, Problem> {
    let kind = records::kind_of(name)?;
    if kind.class == Class::Control {
        return Err(Problem::new(
            Code::NotAllowed,
            format!("`{}` records have pages of their own", kind.name),
        ));
    }
    Ok(kind)
}

/// A thing that does not exist yet, with what is known of it already.
///
/// Errors   those of drafting
pub fn begin_new(node: &Node, kind: &'static Kind, id: RecordId) -> Result<Begun, Problem> {
    let mut subject = Map::new();
    // An organisation speaks of itself unless it says otherwise.
    if kind.name == "organisation" {
        subject.insert("id".to_owned(), node.organisation().to_string().into());
    }
    for (path, text) in kind.defaults {
        if !path.contains('.') {
            subject.insert((*path).to_owned(), (*text).into());
        }
    }
    if let Some(field) = kind.field("place")
        && matches!(field.shape, Shape::Object(_))
    {
        let country = node.settings().country.clone();
        subject.insert("place".to_owned(), serde_json::json!({"country": country}));
    }
    let draft = records::new_draft(node, kind, Map::new())?;
    Ok(Begun {
        kind,
        id,
        version: 0,
        said: Said {
            subject,
            extra: Map::new(),
        },
        readers: draft.readers,
    })
}

/// One of this organisation's things: the version asked for, else the one that counts (in a conflict, the newest).
///
/// Errors   `record.unknown`, `record.erased`, `record.not_own`
pub fn begin(node: &Node, id: &str, version: Option<u64>) -> Result<Begun, Problem> {
    let thing = own(node, id)?;
    let place = match version {
        Some(version) => thing
            .versions
            .iter()
            .rfind(|place| place.version == version),
        None => thing.current().or(thing.versions.last()),
    };
    let place = place.ok_or_else(|| {
        Problem::new(
            Code::RecordUnknown,
            format!("{id} has no such version here"),
        )
    })?;
    begun(&thing.record(node, place)?)
}

/// The newest version of one of this organisation's things.
///
/// Errors   as [`begin`]
pub fn newest(node: &Node, id: &str) -> Result<u64, Problem> {
    Ok(own(node, id)?
        .versions
        .last()
        .map_or(0, |place| place.version))
}

fn own(node: &Node, id: &str) -> Result<Thing, Problem> {
    let thing = Thing::find(node, Reader::Staff, id)?;
    if thing.organisation == node.organisation() {
        return Ok(thing);
    }
    Err(Problem::new(
        Code::RecordNotOwn,
        format!("{id} belongs to {}", node.name_of(&thing.organisation)),
    )
    .hint("only who issued a record can change or erase it"))
}

fn begun(record: &Record) -> Result<Begun, Problem> {
    let kind = kind_of(record.kind())?;
    let value = record.value();
    let extra = kind.extra.iter().filter_map(|field| {
        let value = value.get(field.name)?;
        Some((field.name.to_owned(), value.clone()))
    });
    Ok(Begun {
        kind,
        id: record.id(),
        version: record.version(),
        said: Said {
            subject: record.subject().as_object().cloned().unwrap_or_default(),
            extra: extra.collect(),
        },
        readers: record.readers(),
    })
}

/// Publishes what a form says, when its record is still the one that the form began with.
///
/// Errors   `record.malformed`; `record.erased` when the id is closed; `not_allowed` when readers would narrow
pub fn save(
    node: &Node,
    by: &Actor,
    begun_with: &Begun,
    said: &Said,
    readers: Readers,
) -> Result<Saved, Problem> {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (kind, id) = (begun_with.kind, begun_with.id);
    let organisation = node.organisation();
    if node.ingest().ledger().closed(&organisation, &id) {
        return Err(
            Problem::new(Code::RecordErased, format!("{id} was erased meanwhile"))
                .hint("copy what you wrote into a new record"),
        );
    }
    let thing = Thing::all(node, Reader::Staff, &id)?.remove(&organisation);
    let standing = match &thing {
        Some(thing) => thing.current().or(thing.versions.last()),
        None => None,
    };
    let standing = match (&thing, standing) {
        (Some(thing), Some(place)) => Some(begun(&thing.record(node, place)?)?),
        _ => None,
    };
    let newest = thing
        .as_ref()
        .and_then(|thing| thing.versions.last())
        .map_or(0, |place| place.version);
    if let Some(standing) = standing {
        // A form that was submitted twice, or two people who wrote the same.
        if standing.said == *said && standing.readers == readers && standing.version == newest {
            return Ok(Saved::Done { version: newest });
        }
        if newest != begun_with.version {
            return Ok(Saved::Changed(Box::new(Begun {
                version: newest,
                ..standing
            })));
        }
        if !may_follow(&standing.readers, &readers) {
            return Err(Problem::new(
                Code::NotAllowed,
                "who could read a record can read its later versions too",
            )
            .field("readers")
            .hint("erase it and make a new one for fewer readers"));
        }
    }
    let version = newest + 1;
    let draft = Draft {
        id,
        version,
        readers,
        extra: said.extra.clone(),
        ..records::new_draft(node, kind, said.subject.clone())?
    };
    records::published(node, vec![draft])?;
    let what = if version == 1 {
        "record.create"
    } else {
        "record.supersede"
    };
    note(node, by, what, id, Some(version));
    Ok(Saved::Done { version })
}

/// Whether a record for `before` may have a later version for `after`: nobody is shut out again.
pub fn may_follow(before: &Readers, after: &Readers) -> bool {
    match (before, after) {
        (_, Readers::Public) | (Readers::Network, Readers::Network) => true,
        (Readers::Listed(before), Readers::Listed(after)) => {
            before.iter().all(|reader| after.contains(reader))
        }
        (Readers::Listed(_), Readers::Network) => true,
        _ => false,
    }
}

/// Makes an earlier version the newest one again.
///
/// Errors   as [`save`]
pub fn revert(node: &Node, by: &Actor, id: &str, to: u64, began: u64) -> Result<Saved, Problem> {
    let earlier = begin(node, id, Some(to))?;
    let mut current = begin(node, id, None)?;
    let readers = current.readers.clone();
    current.version = began;
    save(node, by, &current, &earlier.said, readers)
}

/// The status that takes a thing of this kind off the lists, if the kind has one.
pub fn status_that(kind: &Kind, wanted: &[&'static str]) -> Option<&'static str> {
    let (Shape::OneOf(choices) | Shape::Suggested(choices)) = kind.field("status")?.shape else {
        return None;
    };
    let has = |wanted: &&&str| choices.iter().any(|choice| choice.value == **wanted);
    wanted.iter().find(has).copied()
}

/// Statuses that end a thing whose work was not called off, in order of preference.
pub const ENDS: [&str; 2] = ["closed", "cancelled"];

/// Closes a thing: its status says that nobody is wanted any more.
///
/// Errors   `not_allowed` when its kind has no such status; those of [`save`]
pub fn close(node: &Node, by: &Actor, id: &str) -> Result<(u64, u64), Problem> {
    let begun = begin(node, id, None)?;
    let status = status_that(begun.kind, &ENDS).ok_or_else(|| {
        Problem::new(Code::NotAllowed, "such a record is not closed but erased")
            .found(begun.kind.name)
    })?;
    let mut said = begun.said.clone();
    said.subject
        .insert("status".to_owned(), Value::from(status));
    let newest = newest(node, id)?;
    let begun = Begun {
        version: newest,
        ..begun
    };
    match save(node, by, &begun, &said, begun.readers.clone())? {
        Saved::Done { version } => Ok((begun.version, version)),
        Saved::Changed(_) => Err(Problem::new(
            Code::RecordConflict,
            format!("{id} has changed meanwhile"),
        )
        .hint("look at it, then close it again")),
    }
}
