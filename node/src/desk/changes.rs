//! What a change of an entry means for a thing, in the eyes of a reader: what events, webhooks and feeds tell.

use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::kind;
use erikti_protocol::log::Class;
use erikti_protocol::record::{ReadersClass, Record};
use erikti_protocol::time::Timestamp;
use serde_json::{Value, json};

use super::reader::Reader;
use super::records::malformed;
use super::thing::Thing;
use crate::feed::{Change, KindTag, What};
use crate::ingest::store_problem;
use crate::node::Node;
use crate::problem::Problem;
use crate::store::{Frame, Status};

/// What became of a thing.
#[derive(Clone, Debug)]
pub struct Told {
    /// The change's number.
    pub number: u64,
    /// When this node noticed.
    pub at: Timestamp,
    /// The thing.
    pub id: RecordId,
    /// Whose it is.
    pub organisation: OrgId,
    /// Of what kind; `None` when the record is gone and nobody noted its kind.
    pub kind: Option<String>,
    /// What is to be shown of it now; `None` when it is gone.
    pub current: Option<Record>,
}

impl Told {
    /// The event as programs get it.
    pub fn event(&self) -> Value {
        let state = match self.current {
            Some(_) => "updated",
            None => "deleted",
        };
        json!({
            "change": self.number, "kind": self.kind.as_deref().unwrap_or("unknown"), "id": self.id,
            "organisation": self.organisation, "state": state,
        })
    }

    /// Whether somebody who asked for one kind, or one organisation, is told.
    pub fn fits(&self, kind: Option<&str>, organisation: Option<&OrgId>) -> bool {
        let is_kind = |wanted| self.kind.as_deref().is_none_or(|kind| kind == wanted);
        kind.is_none_or(is_kind) && organisation.is_none_or(|wanted| *wanted == self.organisation)
    }
}

/// What a change means for its thing, or `None` when there is nothing to tell this reader: it may not read the record,
/// nobody counts it, or a later change tells of the same thing.
///
/// Errors   the store's and the index's
pub fn told(node: &Node, reader: Reader, change: &Change) -> Result<Option<Told>, Problem> {
    let Some(organisation) = node.ingest().ledger().organisation(&change.origin) else {
        return Ok(None);
    };
    let Some((id, kind)) = subject(node, reader, change, &organisation)? else {
        return Ok(None);
    };
    let thing = Thing::all(node, reader, &id)?.remove(&organisation);
    // Versions of an erased thing go one by one: what is left of it for a moment is told to nobody.
    if thing.is_some() && node.ingest().ledger().closed(&organisation, &id) {
        return Ok(None);
    }
    // Of several changes of one thing only the last is told, with what is so now.
    let feed = node.ingest().feed();
    let is_last = |thing: &Thing| {
        let mut versions = thing.versions.iter();
        versions.all(|version| feed.latest(&version.origin, version.index) <= Some(change.number))
    };
    if feed.latest(&change.origin, change.index) > Some(change.number)
        || thing.as_ref().is_some_and(|thing| !is_last(thing))
    {
        return Ok(None);
    }
    let current = match &thing {
        Some(thing) => match thing.current() {
            Some(version) => Some(thing.record(node, version)?),
            None => None,
        },
        None => None,
    };
    let current = current.filter(|record| malformed(record).is_none());
    Ok(Some(Told {
        number: change.number,
        at: change.at,
        id,
        organisation,
        kind: current
            .as_ref()
            .map(|record| record.kind().to_owned())
            .or(kind),
        current,
    }))
}

/// Which thing an entry is of, and of what kind its record is or was, when the reader may know of it.
fn subject(
    node: &Node,
    reader: Reader,
    change: &Change,
    organisation: &OrgId,
) -> Result<Option<(RecordId, Option<String>)>, Problem> {
    let ingest = node.ingest();
    let (origin, index) = (&change.origin, change.index);
    let frames = ingest.store().entries(origin, index..index + 1);
    let frames = frames.map_err(store_problem)?;
    let Some((_, frame)) = frames
        .iter()
        .next()
        .filter(|(_, frame)| is_shown(reader, frame))
    else {
        return Ok(None);
    };
    if let Status::Erased { .. } = frame.status {
        if change.what != What::Gone {
            return Ok(None);
        }
        let erased = ingest.ledger().erased(organisation, &frame.digest);
        let order = match erased {
            Some(erased) => ingest.record(&erased.by_origin, erased.by_index),
            None => Ok(None),
        };
        let order = order.map_err(store_problem)?;
        let id = order.and_then(|order| {
            let subject = order.subject();
            let erasure = kind::erasure::Erasure::from_subject(subject.as_object()?);
            Some(erasure.ok()?.id)
        });
        let kind = change.was.and_then(|was| {
            let mut kinds = kind::all().iter();
            kinds.find(|kind| KindTag::of(kind.name) == was)
        });
        return Ok(id.map(|id| (id, kind.map(|kind| kind.name.to_owned()))));
    }
    // Bad records are kept, and say which thing has lost a version.
    let stored = ingest
        .store()
        .record(origin, index)
        .map_err(store_problem)?;
    let record = stored.and_then(|stored| Record::parse(stored.bytes).ok());
    Ok(record.map(|record| (record.id(), Some(record.kind().to_owned()))))
}

fn is_shown(reader: Reader, frame: &Frame<'_>) -> bool {
    match frame.class {
        Class::Control => true,
        // What was never held names no readers: as it was never shown, nobody need know that it is gone.
        Class::Record => match frame.readers {
            ReadersClass::Control => reader == Reader::Staff,
            readers => reader.may_read_class(readers),
        },
    }
}
