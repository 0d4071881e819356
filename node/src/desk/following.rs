//! Following feeds of other publishers: page after page, from where the last time ended.

use std::fs;
use std::path::PathBuf;

use erikti_protocol::hash::Hash;
use erikti_protocol::json::parse_within;
use erikti_protocol::kind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::imports;
use super::reader::Reader;
use super::thing::Thing;
use crate::deeds::Actor;
use crate::fetch::{Fetcher, Reach};
use crate::files;
use crate::formats::rpde::{self, PAGE_BYTES_MAX, Withdrawn};
use crate::formats::{Import, ImportedThing};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Pages that are read at once, at most: half a million items. The next time goes on after them.
const PAGES_MAX: usize = 1_000;
/// Bytes of a cursor's file, at most: two addresses.
const CURSOR_BYTES_MAX: usize = 8 * 1024;
/// Rejections that are told, at most; all are counted.
const REJECTIONS_MAX: usize = 10_000;

/// Reads pages of a feed: items that their publisher took back become versions that say so.
///
/// Errors   `import.invalid`
pub fn read(node: &Node, bytes: &[u8]) -> Result<Import, Problem> {
    let (mut import, withdrawn) = rpde::read(bytes, &node.organisation()).map_err(|fault| {
        Problem::new(Code::ImportInvalid, fault.to_string())
            .hint("is it the right file, and --format what it is?")
    })?;
    for withdrawn in withdrawn {
        if let Some(thing) = cancelled(node, &withdrawn)? {
            import.things.push(thing);
        }
    }
    import.things.sort_by_key(|thing| thing.row);
    Ok(import)
}

/// A thing as it is once it was taken back, or `None` when there is none here.
fn cancelled(node: &Node, withdrawn: &Withdrawn) -> Result<Option<ImportedThing>, Problem> {
    let things = Thing::all(node, Reader::Staff, &withdrawn.id)?.remove(&node.organisation());
    let Some((thing, version)) = things
        .as_ref()
        .and_then(|thing| Some((thing, thing.current()?)))
    else {
        return Ok(None);
    };
    let record = thing.record(node, version)?;
    let kind = kind::by_name(record.kind());
    let (Some(kind), Some(subject)) = (kind, record.subject().as_object().cloned()) else {
        return Ok(None);
    };
    let mut subject = subject;
    subject.insert("status".to_owned(), json!("cancelled"));
    Ok(Some(ImportedThing {
        row: withdrawn.row,
        id: withdrawn.id,
        kind: kind.name,
        source: String::new(),
        source_id: withdrawn.id.to_string(),
        subject,
    }))
}

/// How far a feed was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    /// The feed's address, as it was typed.
    feed: String,
    /// The page to read next.
    next: String,
}

impl Cursor {
    fn path(node: &Node, feed: &str) -> PathBuf {
        let digest = Hash::of(feed.as_bytes()).to_string();
        node.data()
            .join("imports")
            .join(format!("rpde-{}.json", &digest[..32]))
    }

    /// Where the last time ended; the beginning when it is not known.
    fn open(node: &Node, feed: &str) -> Self {
        let bytes = fs::read(Self::path(node, feed)).unwrap_or_default();
        let cursor = parse_within(&bytes, 2, CURSOR_BYTES_MAX).ok();
        let cursor: Option<Self> = cursor.and_then(|value| serde_json::from_value(value).ok());
        cursor
            .filter(|cursor| cursor.feed == feed)
            .unwrap_or_else(|| Self {
                feed: feed.to_owned(),
                next: feed.to_owned(),
            })
    }

    /// Written without a sync: who forgets how far it was reads a page again, and lands on the same things.
    fn keep(&self, node: &Node) -> Result<(), Problem> {
        let path = Self::path(node, &self.feed);
        files::make_folder(path.parent().unwrap_or(&path))?;
        let bytes = serde_json::to_vec(self)
            .map_err(|e| Problem::internal("a cursor cannot be written", e))?;
        Ok(files::replace_unsynced(&path, &bytes)?)
    }
}

/// Reads what is new in a feed, and imports it.
///
/// Errors   `import.unreachable`, `import.invalid`; what was imported before stays, and the next time goes on after it
pub fn follow(
    node: &Node,
    by: &Actor,
    address: &str,
    loopback: bool,
    dry_run: bool,
) -> Result<Value, Problem> {
    let reach = match loopback {
        true => Reach::Loopback,
        false => Reach::Internet,
    };
    follow_with(node, by, address, &Fetcher::new(reach), dry_run)
}

/// As [`follow`], with a fetcher of the caller's.
///
/// Errors   those of [`follow`]
pub fn follow_with(
    node: &Node,
    by: &Actor,
    address: &str,
    fetcher: &Fetcher,
    dry_run: bool,
) -> Result<Value, Problem> {
    let mut cursor = Cursor::open(node, address);
    let mut total = Total::default();
    let mut more = true;
    for _ in 0..PAGES_MAX {
        let bytes = fetcher
            .get(&cursor.next, PAGE_BYTES_MAX as u64)
            .map_err(|fault| unreachable(&cursor.next, &fault))?;
        let mut page = rpde::page(&bytes).map_err(|fault| {
            Problem::new(Code::ImportInvalid, fault.to_string())
                .found(&*cursor.next)
                .hint("does the address lead to a feed of RPDE?")
        })?;
        page.next = whole(&cursor.next, &page.next)?;
        if page.is_last(&cursor.next) && page.items.is_empty() {
            more = false;
            break;
        }
        let text = json!({"next": page.next, "items": page.items, "license": page.license});
        let rows = page.items.len();
        let answer = imports::run(node, by, "rpde", text.to_string().as_bytes(), None, dry_run)?;
        total.add(&answer, rows);
        if page.next == cursor.next {
            more = false;
            break;
        }
        cursor.next = page.next;
        if !dry_run {
            cursor.keep(node)?;
        }
    }
    Ok(total.answer(&cursor.next, more, dry_run))
}

fn unreachable(address: &str, fault: &dyn std::fmt::Display) -> Problem {
    Problem::new(Code::ImportUnreachable, fault.to_string())
        .field("address")
        .found(address)
        .hint("only https:// addresses that everybody can reach are read")
}

/// An address of the same publisher in full: a page may not send its readers elsewhere.
fn whole(page: &str, next: &str) -> Result<String, Problem> {
    let end = page.find("://").map_or(0, |at| at + 3);
    let host_end = page[end..].find(['/', '?', '#']);
    let publisher = &page[..host_end.map_or(page.len(), |at| end + at)];
    let elsewhere = || {
        Problem::new(
            Code::ImportInvalid,
            "the page's `next` leads to another publisher",
        )
        .field("next")
        .found(next)
        .allowed(format!("{publisher}/…"))
    };
    if next.starts_with('/') && !next.starts_with("//") {
        return Ok(format!("{publisher}{next}"));
    }
    let rest = next.strip_prefix(publisher).ok_or_else(elsewhere)?;
    match rest.starts_with(['/', '?']) {
        true => Ok(next.to_owned()),
        false => Err(elsewhere()),
    }
}

/// What several pages came to.
#[derive(Default)]
struct Total {
    rows: usize,
    counts: [u64; 4],
    rejected: Vec<Value>,
    ignored: std::collections::BTreeSet<String>,
}

impl Total {
    const NAMES: [&str; 4] = ["read", "created", "updated", "unchanged"];

    fn add(&mut self, answer: &Value, rows: usize) {
        for (count, name) in self.counts.iter_mut().zip(Self::NAMES) {
            *count += answer[name].as_u64().unwrap_or(0);
        }
        for rejected in answer["rejected"].as_array().into_iter().flatten() {
            let mut rejected = rejected.clone();
            let row = rejected["row"].as_u64().unwrap_or(0) + self.rows as u64;
            rejected["row"] = json!(row);
            if self.rejected.len() < REJECTIONS_MAX {
                self.rejected.push(rejected);
            }
        }
        let ignored = answer["ignored_columns"].as_array().into_iter().flatten();
        self.ignored
            .extend(ignored.filter_map(Value::as_str).map(str::to_owned));
        self.rows += rows;
    }

    fn answer(self, next: &str, more: bool, dry_run: bool) -> Value {
        let [read, created, updated, unchanged] = self.counts;
        json!({
            "read": read, "created": created, "updated": updated, "unchanged": unchanged, "rejected": self.rejected,
            "ignored_columns": self.ignored, "dry_run": dry_run, "next": next, "more": more,
        })
    }
}

/// Whether what was given is an address rather than a file's text.
pub fn is_address(text: &str) -> bool {
    let is_short = text.len() <= CURSOR_BYTES_MAX && !text.contains(['\n', '{']);
    is_short && (text.starts_with("https://") || text.starts_with("http://"))
}
