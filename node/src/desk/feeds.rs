//! Pages of the public feeds: what is new and what is gone, in the order of arrival.
//!
//! A feed shows each thing once, at the number of its last change. Which changes are of a feed's kind is kept in memory:
//! 8 bytes each, read from the journal once after a start (a second for some hundred thousand records) and then as they
//! come. Whoever asks meanwhile gets what is known already, and what follows when asking again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use erikti_protocol::codec::Decoder;
use erikti_protocol::id::RecordId;
use erikti_protocol::record::Record;
use erikti_protocol::time::Timestamp;
use serde_json::{Map, Value, json};

use super::changes::{self, Told};
use super::reader::Reader;
use super::thing::Thing;
use crate::clock;
use crate::feed::{Change, KindTag, LIST_MAX, What};
use crate::formats::rpde::{self, Feed};
use crate::ingest::{Ingest, store_problem};
use crate::node::Node;
use crate::problem::Problem;
use crate::store::Status;

/// Items of a page unless asked otherwise.
pub const PAGE_ITEMS: usize = 500;
/// Items of a page, at most.
pub const PAGE_ITEMS_MAX: usize = 1_000;
/// How long a feed says of a thing that it is gone: longer than any follower may be away. After that it is left out.
const DELETED_SECONDS: i64 = 400 * 24 * 60 * 60;
/// Entries that are read from the journal at once: a package.
const READ_ENTRIES: u64 = 256;

/// What of the order of arrival is of each feed's kind.
#[derive(Debug, Default)]
pub struct Numbers {
    known: Mutex<Known>,
    /// A thread looks at what nobody had the time to look at.
    behind: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    /// Changes up to this number were looked at.
    upto: u64,
    numbers: BTreeMap<Feed, Vec<u64>>,
}

/// A page, and whether there is nothing after it.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its items.
    pub items: Vec<Value>,
    /// The number to go on after.
    pub next: u64,
    /// Whether it has as many items as were asked for: then more may follow.
    pub full: bool,
    /// Changes up to this number of the order of arrival have a part in it.
    pub upto: u64,
}

/// The items after a number.
///
/// Errors   the store's and the index's
pub fn page(node: &Node, feed: Feed, after: u64, limit: usize) -> Result<Page, Problem> {
    page_at(node, feed, after, limit, clock::now())
}

/// As [`page`], at a time that the caller names.
///
/// Errors   as [`page`]
pub fn page_at(
    node: &Node,
    feed: Feed,
    after: u64,
    limit: usize,
    now: Timestamp,
) -> Result<Page, Problem> {
    let limit = limit.clamp(1, PAGE_ITEMS_MAX);
    let numbers = node.kept::<Numbers>();
    let mut known = numbers.known();
    if catch_up(node.ingest(), &mut known)? {
        keep_on(node, &numbers);
    }
    let upto = known.upto;
    let all = known.numbers.entry(feed).or_default();
    let from = all.partition_point(|number| *number <= after);
    let oldest = now.seconds() - DELETED_SECONDS;
    let mut items = Vec::new();
    let (mut next, mut at) = (after, from);
    let mut outdated = Vec::new();
    while at < all.len() && items.len() < limit {
        let number = all[at];
        let change = node.ingest().feed().after(number - 1, 1);
        let change = change.first().filter(|change| change.number == number);
        let told = match change {
            Some(change) => changes::told(node, Reader::Everybody, change)?,
            None => None,
        };
        match told.filter(|told| told.fits(Some(feed.kind().name), None)) {
            Some(told) => {
                if let Some(item) = item(node, feed, &told, oldest)? {
                    items.push(item);
                    next = number;
                }
            }
            // A later change tells of the same thing: never asked for again.
            None => outdated.push(at),
        }
        at += 1;
    }
    let full = items.len() >= limit;
    for at in outdated.into_iter().rev() {
        all.remove(at);
    }
    Ok(Page {
        items,
        next,
        full,
        upto,
    })
}

fn item(node: &Node, feed: Feed, told: &Told, oldest: i64) -> Result<Option<Value>, Problem> {
    let subject = told.current.as_ref().map(Record::subject);
    let subject = subject.as_ref().and_then(Value::as_object);
    // The standard has no word for an opportunity that was called off: it is not there any more.
    let called_off = |status: Option<&Value>| {
        feed == Feed::Opportunities && status.and_then(Value::as_str) == Some("cancelled")
    };
    Ok(
        match subject.filter(|subject| !called_off(subject.get("status"))) {
            Some(subject) => {
                let name = node.name_of(&told.organisation);
                let organisation = (&told.organisation, name.as_str());
                let zone = zone_of_opportunity(node, told, subject)?;
                Some(rpde::updated(
                    feed,
                    told.number,
                    &told.id,
                    organisation,
                    subject,
                    zone.as_deref(),
                ))
            }
            None => {
                (told.at.seconds() >= oldest).then(|| rpde::deleted(feed, told.number, &told.id))
            }
        },
    )
}

/// The time zone that a session takes from its opportunity: the one of its schedule.
fn zone_of_opportunity(
    node: &Node,
    told: &Told,
    subject: &Map<String, Value>,
) -> Result<Option<String>, Problem> {
    let opportunity = subject.get("opportunity").and_then(Value::as_str);
    let Some(opportunity) = opportunity.and_then(RecordId::parse) else {
        return Ok(None);
    };
    if subject.contains_key("timeZone") {
        return Ok(None);
    }
    let things = Thing::all(node, Reader::Everybody, &opportunity)?;
    let Some(thing) = things.get(&told.organisation) else {
        return Ok(None);
    };
    let Some(version) = thing.current() else {
        return Ok(None);
    };
    let record = thing.record(node, version)?.subject();
    let zone = record.pointer("/schedule/0/timeZone");
    Ok(zone.and_then(Value::as_str).map(str::to_owned))
}

impl Numbers {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at changes that came since, a bounded number of them; `true` when there are more.
///
/// Limits   [`LIST_MAX`]: some 20 ms
fn catch_up(ingest: &Ingest, known: &mut Known) -> Result<bool, Problem> {
    let changes = ingest.feed().after(known.upto, LIST_MAX);
    let Some(last) = changes.last() else {
        return Ok(false);
    };
    let mut rest = changes.as_slice();
    while let Some(first) = rest.first() {
        let together = rest
            .iter()
            .zip(first.index..)
            .take_while(|(change, index)| {
                change.origin == first.origin
                    && change.index == *index
                    && change.index - first.index < READ_ENTRIES
            });
        let (run, after) = rest.split_at(together.count());
        look(ingest, known, run)?;
        rest = after;
    }
    known.upto = last.number;
    Ok(changes.len() == LIST_MAX)
}

/// Looks at all further changes on a thread: whoever asked first after a start, or after a pull, need not wait for them.
fn keep_on(node: &Node, numbers: &Arc<Numbers>) {
    if numbers.behind.swap(true, Ordering::AcqRel) {
        return;
    }
    // Weak: a node that is closed is not kept open by this.
    let (ingest, looking) = (Arc::downgrade(node.ingest()), Arc::clone(numbers));
    let spawned = std::thread::Builder::new()
        .name("feeds".to_owned())
        .spawn(move || {
            let more = || {
                let ingest = ingest.upgrade()?;
                let caught = catch_up(&ingest, &mut looking.known());
                caught
                    .inspect_err(|problem| tracing::warn!(%problem, "a feed cannot go on"))
                    .ok()
            };
            while more() == Some(true) {}
            looking.behind.store(false, Ordering::Release);
        });
    if let Err(error) = spawned {
        numbers.behind.store(false, Ordering::Release);
        tracing::warn!(%error, "a feed goes on only when it is asked for");
    }
}

/// Looks at changes of entries in a row.
fn look(ingest: &Ingest, known: &mut Known, run: &[Change]) -> Result<(), Problem> {
    let [first, ..] = run else {
        return Ok(());
    };
    let range = first.index..first.index + run.len() as u64;
    let frames = ingest.store().entries(&first.origin, range);
    let frames = frames.map_err(store_problem)?;
    let (mut decoder, mut plain) = (Decoder::new(), Vec::new());
    for (change, (_, frame)) in run.iter().zip(frames.iter()) {
        plain.clear();
        let read = !frame.stored.is_empty() && frame.unpack(&mut decoder, &mut plain);
        let record = read.then(|| Record::view(&plain).ok()).flatten();
        for feed in Feed::ALL {
            let kind = feed.kind().name;
            let is_of_it = match (&record, frame.status) {
                (Some(record), _) => record.kind() == kind,
                (None, Status::Erased { .. }) => {
                    change.what == What::Gone
                        && change.was.is_none_or(|was| was == KindTag::of(kind))
                }
                (None, _) => false,
            };
            if is_of_it {
                known.numbers.entry(feed).or_default().push(change.number);
            }
        }
    }
    Ok(())
}

/// A page as its text, for whoever asked under this address, under a licence.
pub fn text(
    page: &Page,
    license: &str,
    base: &str,
    feed: Feed,
    after: Option<u64>,
    limit: usize,
) -> String {
    // The last page is its own `next`, letter for letter: that is how followers know it.
    let next = match (page.items.is_empty(), after) {
        (true, None) => None,
        (true, Some(after)) => Some(after),
        (false, _) => Some(page.next),
    };
    let mut parts = Vec::new();
    parts.extend(next.map(|next| format!("afterChangeNumber={next}")));
    if limit != PAGE_ITEMS {
        parts.push(format!("limit={limit}"));
    }
    let query = match parts.is_empty() {
        true => String::new(),
        false => format!("?{}", parts.join("&")),
    };
    let next = format!("{base}{}{query}", feed.path());
    json!({"next": next, "items": page.items, "license": license}).to_string()
}
