//! Pages of others into rows.

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::field::FieldFault;
use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::{json, kind::Kind};
use serde_json::{Map, Value, json};

use super::{ATTENDANCE_MODES, EVENT_STATES, Feed, SUBJECT, Withdrawn, member};
use crate::formats::cell::{clock_in, clock_time};
use crate::formats::{
    Collector, FILE_BYTES_MAX, FormatFault, Import, ImportedThing, Rejection, shown, text, vds,
};

/// The largest page from elsewhere: a thousand items of 4 KiB.
pub const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Objects within objects: page, items, item, data, place, address, value, and room for as many again.
const DEPTH_MAX: usize = 32;
/// Kinds of items that are listed as ignored, at most.
const IGNORED_MAX: usize = 32;
/// The name of a source whose pages do not say where they are from.
const SOURCE_NAME: &str = "RPDE";

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The address of the page after it.
    pub next: String,
    /// Its items.
    pub items: Vec<Value>,
    /// The licence of what it says.
    pub license: Option<String>,
}

impl Page {
    /// Whether there is nothing after it yet: no items, and it names itself.
    pub fn is_last(&self, own: &str) -> bool {
        self.items.is_empty() || self.next == own
    }
}

/// Reads one page.
///
/// Errors   what is no page
pub fn page(bytes: &[u8]) -> Result<Page, FormatFault> {
    let value = json::parse_within(text(bytes)?.as_bytes(), DEPTH_MAX, PAGE_BYTES_MAX)?;
    page_of(value)
}

fn page_of(mut value: Value) -> Result<Page, FormatFault> {
    let found = shown(&value);
    let license = value.get("license").and_then(Value::as_str);
    let license = license.map(str::to_owned);
    let next = value.get("next").and_then(Value::as_str);
    let next = next.unwrap_or_default().to_owned();
    match value.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => Ok(Page {
            next,
            items,
            license,
        }),
        _ => Err(FormatFault::NotRpde { found }),
    }
}

/// Reads a file of pages: what is there, and what was taken back. Of several items with one id the last counts.
///
/// Errors   the whole file is refused when it is too large, not UTF-8, not JSON, or holds no page; whatever is wrong
///          with one item is in [`Import::rejected`]
pub fn read(bytes: &[u8], organisation: &OrgId) -> Result<(Import, Vec<Withdrawn>), FormatFault> {
    let text = text(bytes)?;
    let pages = match json::parse_within(text.as_bytes(), DEPTH_MAX, FILE_BYTES_MAX) {
        Ok(Value::Array(pages)) => pages,
        Ok(page) => vec![page],
        // Not one value: a page a line, as programs that follow a feed write them down.
        Err(fault) => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let pages =
                lines.map(|line| json::parse_within(line.as_bytes(), DEPTH_MAX, PAGE_BYTES_MAX));
            let pages: Result<Vec<Value>, _> = pages.collect();
            pages.ok().filter(|pages| pages.len() > 1).ok_or(fault)?
        }
    };
    let pages: Result<Vec<Page>, _> = pages.into_iter().map(page_of).collect();
    Ok(Reader::new(organisation).pages(&pages?))
}

/// Scheme, host and port of an address.
fn authority(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then(|| &address[..scheme.len() + 3 + host.len()])
}

struct Reader<'a> {
    collector: Collector<'a>,
    withdrawn: Vec<Withdrawn>,
    ignored: BTreeSet<String>,
    /// Scheme, host and port of whoever published.
    source: String,
    license: Option<String>,
    /// What items of opportunities call themselves, when that is not their id.
    aliases: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    fn new(organisation: &'a OrgId) -> Self {
        Self {
            collector: Collector::new(organisation),
            withdrawn: Vec::new(),
            ignored: BTreeSet::new(),
            source: SOURCE_NAME.to_owned(),
            license: None,
            aliases: BTreeMap::new(),
        }
    }

    fn pages(mut self, pages: &[Page]) -> (Import, Vec<Withdrawn>) {
        let items = || pages.iter().flat_map(|page| &page.items);
        let mut sources = pages.iter().filter_map(|page| authority(&page.next));
        if let Some(source) = sources.next_back() {
            self.source = source.to_owned();
        }
        self.license = pages.iter().find_map(|page| page.license.clone());
        let mut last = BTreeMap::new();
        for (row, item) in (1..).zip(items()) {
            let kind = item.get("kind").and_then(Value::as_str).unwrap_or_default();
            let (feed, id) = (Feed::of_item(kind), id_of(item));
            if let (Some(feed), Some(id)) = (feed, &id) {
                last.insert((feed, id.clone()), row);
                if feed == Feed::Opportunities {
                    let names = ["id", "@id"].map(|name| item.get("data")?.get(name)?.as_str());
                    for name in names.into_iter().flatten() {
                        self.aliases.insert(name.to_owned(), id.clone());
                    }
                }
            }
        }
        // Opportunities first, so that a rejected one is known to its sessions' readers by its absence.
        for wanted in [Some(Feed::Opportunities), Some(Feed::Sessions), None] {
            for (row, item) in (1..).zip(items()) {
                let kind = item.get("kind").and_then(Value::as_str).unwrap_or_default();
                if Feed::of_item(kind) == wanted {
                    self.item(row, item, wanted, &last);
                }
            }
        }
        self.collector.import.things.sort_by_key(|thing| thing.row);
        let mut import = self.collector.import;
        import.ignored_columns = self.ignored.into_iter().collect();
        (import, self.withdrawn)
    }

    fn item(
        &mut self,
        row: usize,
        item: &Value,
        feed: Option<Feed>,
        last: &BTreeMap<(Feed, String), usize>,
    ) {
        let Some(feed) = feed else {
            if self.ignored.len() < IGNORED_MAX {
                let kind = item.get("kind").map_or_else(|| "nothing".into(), shown);
                self.ignored.insert(format!("kind {kind}"));
            }
            return;
        };
        let reject =
            |field: &str, found: &str, reason: &str| Err(Rejection::new(row, field, found, reason));
        let Some(id) = id_of(item) else {
            let outcome = reject("id", "nothing", "expected the item's id");
            self.collector.row(outcome);
            return;
        };
        if last.get(&(feed, id.clone())) != Some(&row) {
            return;
        }
        let outcome = match (item.get("state").and_then(Value::as_str), item.get("data")) {
            (Some("deleted"), _) => {
                self.collector.import.read += 1;
                self.withdrawn.push(Withdrawn {
                    row,
                    id: self.record_id(feed, &id),
                    feed,
                });
                return;
            }
            (Some("updated"), Some(Value::Object(data))) => self
                .thing(row, feed, &id, data)
                .map_err(|fault| Rejection::of(row, fault)),
            (Some("updated"), _) => reject("data", "nothing", "expected what the item says"),
            (state, _) => reject(
                "state",
                state.unwrap_or("nothing"),
                "expected updated or deleted",
            ),
        };
        self.collector.row(outcome);
    }

    fn record_id(&self, feed: Feed, id: &str) -> RecordId {
        self.collector.id(&self.source, &source_id(feed, id))
    }

    fn thing(
        &self,
        row: usize,
        feed: Feed,
        id: &str,
        data: &Map<String, Value>,
    ) -> Result<ImportedThing, FieldFault> {
        let kind = feed.kind();
        let mut subject = match (data.get(SUBJECT), feed) {
            (Some(Value::Object(subject)), _) => subject.clone(),
            (_, Feed::Opportunities) => self.activity(row, id, data)?,
            (_, Feed::Sessions) => session(kind, data)?,
        };
        if feed == Feed::Sessions {
            let opportunity = self.opportunity(&subject, data)?;
            subject.insert("opportunity".to_owned(), json!(opportunity));
        }
        self.provenance(kind, id, &mut subject)?;
        let source_id = source_id(feed, id);
        self.collector
            .thing(row, kind, &self.source, &source_id, subject)
    }

    /// Where it is from, unless it says that it is from somewhere else.
    fn provenance(
        &self,
        kind: &Kind,
        id: &str,
        subject: &mut Map<String, Value>,
    ) -> Result<(), FieldFault> {
        subject.remove("id");
        if subject.contains_key("source") {
            return Ok(());
        }
        let host = self.source.split("://").last().unwrap_or(&self.source);
        kind.set_text(subject, "source.name", host)?;
        kind.set_text(subject, "source.id", id)?;
        match &self.license {
            Some(license) => kind.set_text(subject, "source.license", license),
            None => Ok(()),
        }
    }

    /// The opportunity of a session: the one that the same publisher calls so.
    fn opportunity(
        &self,
        subject: &Map<String, Value>,
        data: &Map<String, Value>,
    ) -> Result<RecordId, FieldFault> {
        let around = data.get("superEvent");
        let named = around.and_then(|around| match around {
            Value::Object(around) => around.get("@id").or_else(|| around.get("id")),
            other => Some(other),
        });
        let named = named.or_else(|| subject.get("opportunity"));
        let named = named.and_then(Value::as_str).ok_or_else(|| {
            FieldFault::missing("superEvent", "the activity that the session belongs to")
        })?;
        let id = self.aliases.get(named).map_or(named, String::as_str);
        Ok(self.record_id(Feed::Opportunities, id))
    }

    /// An activity that another program wrote, by the standard's own importer.
    fn activity(
        &self,
        row: usize,
        id: &str,
        data: &Map<String, Value>,
    ) -> Result<Map<String, Value>, FieldFault> {
        let mut data = data.clone();
        data.insert("id".to_owned(), json!(id));
        // Sessions have a feed of their own.
        data.remove("session");
        let context = data.remove("@context");
        let language = context
            .as_ref()
            .and_then(|context| context.get("@language"));
        let mut around =
            json!({"@context": {"@base": format!("{}/", self.source)}, "@graph": [data]});
        if let Some(language) = language {
            around["@context"]["@language"] = language.clone();
        }
        let read = vds::read(around.to_string().as_bytes(), self.collector.organisation);
        let mut import = read.map_err(|fault| {
            FieldFault::text(
                "data",
                id,
                format!("an activity that can be read ({fault})"),
            )
        })?;
        if let Some(rejection) = import.rejected.pop() {
            return Err(FieldFault::text(
                &rejection.field,
                &rejection.found,
                rejection.reason,
            ));
        }
        let mut things = import.things.into_iter();
        let thing = things.next().ok_or_else(|| {
            FieldFault::text("data", &format!("item {row}"), "an activity".to_owned())
        })?;
        let mut subject = thing.subject;
        subject.remove("source");
        Ok(subject)
    }
}

/// What an item is called: publishers use texts and numbers.
fn id_of(item: &Value) -> Option<String> {
    let id = item.get("id").or_else(|| item.get("@id"))?;
    match id {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn source_id(feed: Feed, id: &str) -> String {
    format!("{}/{id}", feed.kind().name)
}

/// A scheduled session that another program wrote.
fn session(kind: &Kind, data: &Map<String, Value>) -> Result<Map<String, Value>, FieldFault> {
    let mut subject = Map::new();
    let text = |path: &str| match member(data, path)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    for (field, path) in [
        ("name", "name"),
        ("note", "description"),
        ("applyLink", "url"),
        ("capacity", "maximumAttendeeCapacity"),
        ("remaining", "remainingAttendeeCapacity"),
        ("timeZone", "scheduleTimezone"),
        ("place.name", "location.name"),
        ("place.address", "location.address.streetAddress"),
        ("place.locality", "location.address.addressLocality"),
        ("place.area", "location.address.addressRegion"),
        ("place.postalCode", "location.address.postalCode"),
        ("place.country", "location.address.addressCountry"),
        ("place.latitude", "location.geo.latitude"),
        ("place.longitude", "location.geo.longitude"),
    ] {
        if let Some(text) = text(path) {
            kind.set_text(&mut subject, field, &text)?;
        }
    }
    for (field, path) in [
        ("start", "startDate"),
        ("end", "endDate"),
        ("previousStart", "previousStartDate"),
    ] {
        let Some(text) = text(path) else {
            continue;
        };
        // Who names the zone may write the time in any other, most of all in UTC.
        let named = subject.get("timeZone").and_then(Value::as_str);
        let (clock, zone) = match named.and_then(|zone| clock_in(&text, zone)) {
            Some(clock) => (clock, None),
            None => clock_time(&text)
                .map_err(|wanted| FieldFault::text(path, &text, wanted.to_string()))?,
        };
        kind.set_text(&mut subject, field, &clock)?;
        if let Some(zone) = zone.filter(|_| !subject.contains_key("timeZone")) {
            kind.set_text(&mut subject, "timeZone", &zone)?;
        }
    }
    let word = |path: &str, words: &[(&'static str, &str)]| {
        let found = text(path)?;
        let found = found.rsplit('/').next().unwrap_or(&found).to_owned();
        let fits = |(_, word): &&(&str, &str)| word.ends_with(&format!("/{found}"));
        words.iter().find(fits).map(|(ours, _)| *ours)
    };
    for (field, word) in [
        ("status", word("eventStatus", &EVENT_STATES)),
        ("attendance", word("eventAttendanceMode", &ATTENDANCE_MODES)),
    ] {
        if let Some(word) = word {
            kind.set_text(&mut subject, field, word)?;
        }
    }
    Ok(subject)
}
