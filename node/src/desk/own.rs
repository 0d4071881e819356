//! This organisation's own records of every kind, as its people look through them.

use erikti_protocol::id::RecordId;
use erikti_protocol::kind;
use erikti_protocol::log::Class;
use erikti_protocol::record::{Readers, Record};
use erikti_protocol::time::Timestamp;
use serde_json::Value;

use super::form::list::title_in;
use super::reader::Reader;
use super::records;
use super::thing::{Thing, record_at};
use crate::ingest::index_problem;
use crate::node::Node;
use crate::problem::Problem;
use crate::store::index::{PageCursor, Term};
use crate::text::Language;

/// Records on one page.
pub const PAGE_RECORDS: usize = 50;
/// Places looked at for one page, at most: what is filtered by words is read. A page that ends here says where to go on.
const PLACES_MAX: usize = 4_000;
/// Places asked of the index at once.
const STEP: usize = 200;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this kind only.
    pub kind: Option<String>,
    /// With this status only.
    pub status: Option<String>,
    /// With these words in its title or id.
    pub text: String,
    /// Where the page begins.
    pub cursor: Option<PageCursor>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Own {
    /// The thing.
    pub id: RecordId,
    /// Its kind's name.
    pub kind: String,
    /// What a person would call it.
    pub title: String,
    /// Its status, when its kind has one.
    pub status: Option<String>,
    /// Its version.
    pub version: u64,
    /// When that was made.
    pub created: Timestamp,
    /// Who may read it.
    pub readers: Readers,
    /// What its kind finds wrong with it.
    pub malformed: Option<String>,
    /// Whether two records claim its newest version.
    pub conflict: bool,
    /// What it says.
    pub subject: Value,
}

/// A page of them, newest first.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The records.
    pub records: Vec<Own>,
    /// Where to go on.
    pub next: Option<PageCursor>,
}

/// Lists this organisation's current records; control records are listed elsewhere.
///
/// Errors   `kind.unknown`; the store's and the index's
pub fn list(node: &Node, filter: &Filter, language: Language) -> Result<Page, Problem> {
    let mut query = Reader::Staff.query_of(node, &node.organisation());
    if let Some(name) = &filter.kind {
        let kind = records::kind_of(name)?;
        query = query.with(Term::kind(kind.name));
        if let Some(status) = &filter.status
            && kind.field("status").is_some_and(|field| field.indexed)
        {
            query = query.with(Term::field(kind.name, "status", status));
        }
    }
    let words = filter.text.trim().to_lowercase();
    let mut page = Page::default();
    let mut cursor = filter.cursor;
    let mut looked_at = 0;
    loop {
        let wanted = (PAGE_RECORDS - page.records.len()).min(STEP);
        let found = node
            .ingest()
            .index()
            .list(&query, cursor, wanted)
            .map_err(index_problem)?;
        looked_at += found.places.len().max(1);
        cursor = found.next;
        for place in found.places {
            let Some((organisation, record)) = record_at(node, Reader::Staff, &place)? else {
                continue;
            };
            let is_control =
                kind::by_name(record.kind()).is_some_and(|kind| kind.class == Class::Control);
            if is_control {
                continue;
            }
            let things = Thing::all(node, Reader::Staff, &record.id())?;
            let Some(thing) = things.get(&organisation) else {
                continue;
            };
            let current = thing.current().or(thing.versions.last());
            if !current.is_some_and(|current| current.stands_at(&place)) {
                continue;
            }
            let own = row(&record, thing.in_conflict(), language);
            let has_status = filter
                .status
                .as_ref()
                .is_none_or(|status| own.status.as_ref() == Some(status));
            let has_words = words.is_empty()
                || own.title.to_lowercase().contains(&words)
                || own.id.to_string().contains(&words);
            if has_status && has_words {
                page.records.push(own);
            }
        }
        if cursor.is_none() || page.records.len() >= PAGE_RECORDS || looked_at >= PLACES_MAX {
            page.next = cursor;
            return Ok(page);
        }
    }
}

/// What one of this organisation's things is called now; `None` when it is not there, or erased.
pub fn title(node: &Node, id: &RecordId, language: Language) -> Option<String> {
    let things = Thing::all(node, Reader::Staff, id).ok()?;
    let thing = things.get(&node.organisation())?;
    let record = thing
        .record(node, thing.current().or(thing.versions.last())?)
        .ok()?;
    let named = title_in(&record.subject(), language);
    Some(named.unwrap_or_else(|| untitled(record.kind(), language)))
}

/// What a record without a title goes by: what its kind is called.
fn untitled(name: &str, language: Language) -> String {
    kind::by_name(name).map_or_else(
        || name.to_owned(),
        |kind| kind.label.of(language.tag()).to_owned(),
    )
}

fn row(record: &Record, conflict: bool, language: Language) -> Own {
    let subject = record.subject();
    let status = subject.get("status").and_then(Value::as_str);
    let id = record.id();
    Own {
        id,
        kind: record.kind().to_owned(),
        title: title_in(&subject, language).unwrap_or_else(|| untitled(record.kind(), language)),
        status: status.map(str::to_owned),
        version: record.version(),
        created: record.created(),
        readers: record.readers(),
        malformed: records::malformed(record),
        conflict,
        subject,
    }
}
