//! What needs a coordinator today.

use erikti_protocol::kind;
use erikti_protocol::time::{Date, Timestamp};
use serde_json::Value;

use super::history;
use super::imports::batch::{self, Batch, State};
use super::own::{self, Filter, Own};
use super::reader::Reader;
use super::records;
use super::thing::record_at;
use crate::clock;
use crate::door::PartnerStatus;
use crate::ingest::index_problem;
use crate::node::Node;
use crate::problem::Problem;
use crate::store::index::Term;
use crate::text::Language;

/// Days ahead that count as soon.
const SOON_DAYS: i64 = 14;
/// Own records that are looked at, in pages of [`own::PAGE_RECORDS`]: what an office of ten keeps going.
const PAGES_MAX: usize = 20;
/// Things listed under one heading; more are counted.
pub const LIST_MAX: usize = 10;
/// Days back for imports, and for what partners published when nobody said since when.
const RECENT_DAYS: i64 = 7;
/// Erasures that are looked at, newest first.
const ERASURES_MAX: usize = 50;
const DAY_S: i64 = 24 * 60 * 60;

/// What needs somebody, by heading; what is empty is not shown.
#[derive(Clone, Debug, Default)]
pub struct Today {
    /// Open opportunities that end soon, or have ended, with the day.
    pub ending: Vec<(Own, Date)>,
    /// Opportunities that somebody wanted to look at again, with the day.
    pub review: Vec<(Own, Date)>,
    /// Records that their kind finds fault with, or that two people changed at once.
    pub faulty: Vec<Own>,
    /// Imports that were interrupted, refused rows, or wait for a word.
    pub imports: Vec<Batch>,
    /// Partners that have been silent too long, or refuse.
    pub silent: Vec<PartnerStatus>,
    /// Erased records that somebody has not confirmed: id, and how many are silent.
    pub erasures: Vec<(String, usize)>,
    /// What partners published: id, title, organisation.
    pub fresh: Vec<(String, String, String)>,
    /// How many there are of those.
    pub fresh_count: usize,
}

impl Today {
    /// Whether nothing needs anybody.
    pub fn is_quiet(&self) -> bool {
        self.ending.is_empty()
            && self.review.is_empty()
            && self.faulty.is_empty()
            && self.imports.is_empty()
            && self.silent.is_empty()
            && self.erasures.is_empty()
    }
}

/// Looks at everything that may need somebody; `seen` is when the reader last said that it is seen.
///
/// Errors   the store's and the index's
pub fn look(node: &Node, seen: Option<Timestamp>, language: Language) -> Result<Today, Problem> {
    let now = clock::now();
    let mut today = Today::default();
    let mut filter = Filter::default();
    for _ in 0..PAGES_MAX {
        let page = own::list(node, &filter, language)?;
        for record in page.records {
            sort(&mut today, record, now.date());
        }
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            break;
        }
    }
    let recent = now.plus_seconds(-RECENT_DAYS * DAY_S);
    today.ending.sort_by_key(|(_, day)| day.days());
    today.review.sort_by_key(|(_, day)| day.days());
    today.imports = batch::all(node)?
        .into_iter()
        .filter(|batch| {
            batch.interrupted(node)
                || batch.state == State::Staged && !batch.name.is_empty()
                || batch.rejected_count > 0
                    && batch.state == State::Done
                    && batch.at.seconds() > recent.seconds()
        })
        .take(LIST_MAX)
        .collect();
    today.silent = node
        .sync_status()
        .into_iter()
        .filter(|partner| partner.stale || !partner.refusals.is_empty())
        .collect();
    today.erasures = erasures(node)?;
    fresh(node, &mut today, seen.unwrap_or(recent), language)?;
    Ok(today)
}

fn sort(today: &mut Today, record: Own, now: Date) {
    if record.malformed.is_some() || record.conflict {
        today.faulty.push(record);
        return;
    }
    let wanted = matches!(record.status.as_deref(), Some("open" | "paused" | "full"));
    if record.kind != kind::opportunity::KIND.name || !wanted {
        return;
    }
    let day = |name: &str| {
        let text = record.subject.get(name).and_then(Value::as_str)?;
        Date::parse(text.get(..10)?)
    };
    let soon = |day: &Date| day.days() - now.days() <= SOON_DAYS;
    let ends = day("endDate").or_else(|| day("publishEnd")).filter(soon);
    let review = day("reviewDue").filter(soon);
    match (ends, review) {
        (Some(day), _) => today.ending.push((record, day)),
        (None, Some(day)) => today.review.push((record, day)),
        (None, None) => {}
    }
}

/// Own erasures that not everybody has confirmed.
fn erasures(node: &Node) -> Result<Vec<(String, usize)>, Problem> {
    let query = Reader::Staff
        .query_of(node, &node.organisation())
        .with(Term::kind(kind::erasure::KIND.name));
    let page = node
        .ingest()
        .index()
        .list(&query, None, ERASURES_MAX)
        .map_err(index_problem)?;
    let mut open: Vec<(String, usize)> = Vec::new();
    for place in page.places {
        let Some((_, record)) = record_at(node, Reader::Staff, &place)? else {
            continue;
        };
        let subject = record.subject();
        let Some(id) = subject["id"].as_str() else {
            continue;
        };
        if open.iter().any(|(known, _)| known == id) {
            continue;
        }
        let past = history::history(node, Reader::Staff, id)?;
        let silent = past["erasures"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|erasure| erasure["unanswered"].as_array())
            .map(Vec::len)
            .max()
            .unwrap_or(0);
        if silent > 0 {
            open.push((id.to_owned(), silent));
        }
    }
    Ok(open)
}

/// What others published since a moment, newest first.
fn fresh(
    node: &Node,
    today: &mut Today,
    since: Timestamp,
    language: Language,
) -> Result<(), Problem> {
    let query = Reader::Staff
        .query()
        .with(Term::kind(kind::opportunity::KIND.name));
    let page = node
        .ingest()
        .index()
        .list(&query, None, 200)
        .map_err(index_problem)?;
    for place in page.places {
        let Some((organisation, record)) = record_at(node, Reader::Staff, &place)? else {
            continue;
        };
        if organisation == node.organisation()
            || record.version() > 1
            || record.created().seconds() <= since.seconds()
        {
            continue;
        }
        today.fresh_count += 1;
        if today.fresh.len() < LIST_MAX {
            let title = super::form::list::title_in(&record.subject(), language)
                .or_else(|| records::title(&record.subject()))
                .unwrap_or_default();
            today
                .fresh
                .push((record.id().to_string(), title, node.name_of(&organisation)));
        }
    }
    Ok(())
}
