//! Realtime Paged Data Exchange: pages of items that say what became of them, read from others and written for them.
//!
//! Shape    page `{next, items: [{state: updated|deleted, kind, id, modified, data}], license}`; the last page has no items
//!          and is its own `next`; a file holds one page, a list of pages, or a page a line
//! Limits   4 MiB a page from elsewhere; items of other kinds than activities and scheduled sessions are listed as ignored
//! Source   OpenActive Realtime Paged Data Exchange 1.0, ordered by change number
//!
//! What an item is called here follows from the publisher (scheme, host and port of the page's address), the item's kind
//! and its id, so that a later page, and a later import, land on the same things.

mod read;
mod write;

use erikti_protocol::id::RecordId;
use erikti_protocol::kind::{Kind, opportunity, session};
use serde_json::{Map, Value};

pub use read::{PAGE_BYTES_MAX, Page, page, read};
pub use write::{deleted, updated};

/// Under which name an item's data carries our own fields, all of them: other nodes of this kind lose nothing.
const SUBJECT: &str = "erikti:subject";

/// What items are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feed {
    /// Opportunities, as activities of the Volunteering Data Standard.
    Opportunities,
    /// Sessions, as OpenActive scheduled sessions.
    Sessions,
}

impl Feed {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Opportunities, Self::Sessions];

    /// The kind of records in it.
    pub fn kind(self) -> &'static Kind {
        match self {
            Self::Opportunities => &opportunity::KIND,
            Self::Sessions => &session::KIND,
        }
    }

    /// What its items say they are.
    pub const fn item_kind(self) -> &'static str {
        match self {
            Self::Opportunities => "Activity",
            Self::Sessions => "ScheduledSession",
        }
    }

    /// Its address on a node.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Opportunities => "/rpde/opportunities",
            Self::Sessions => "/rpde/sessions",
        }
    }

    /// The feed that an item belongs to. Publishers write what is around an item after a dot.
    fn of_item(kind: &str) -> Option<Self> {
        match kind.split('.').next().unwrap_or(kind) {
            "Activity" | "Opportunity" | "VolunteerOpportunity" => Some(Self::Opportunities),
            "ScheduledSession" => Some(Self::Sessions),
            _ => None,
        }
    }
}

/// An item that its publisher took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// Where it stands, from 1.
    pub row: usize,
    /// The record's id.
    pub id: RecordId,
    /// The feed it was in.
    pub feed: Feed,
}

/// A moment's words for the states of a session, both ways.
const EVENT_STATES: [(&str, &str); 5] = [
    ("scheduled", "https://schema.org/EventScheduled"),
    ("rescheduled", "https://schema.org/EventRescheduled"),
    ("postponed", "https://schema.org/EventPostponed"),
    ("cancelled", "https://schema.org/EventCancelled"),
    // The vocabulary has no word for what has taken place.
    ("completed", "https://schema.org/EventScheduled"),
];
const ATTENDANCE_MODES: [(&str, &str); 3] = [
    ("in_person", "https://schema.org/OfflineEventAttendanceMode"),
    ("remote", "https://schema.org/OnlineEventAttendanceMode"),
    ("mixed", "https://schema.org/MixedEventAttendanceMode"),
];

fn member<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut names = path.split('.');
    let mut value = object.get(names.next()?)?;
    for name in names {
        value = value.get(name)?;
    }
    Some(value)
}
