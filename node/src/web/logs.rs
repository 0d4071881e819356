//! Logs: what each organisation has written, entry by entry, and how other programs read it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use erikti_protocol::id::Origin;
use erikti_protocol::kind;
use erikti_protocol::log::Class;

use super::page::{Page, filled};
use super::shown::{self, Words};
use crate::desk::tiles;
use crate::front::blocking;
use crate::ingest::store_problem;
use crate::node::Node;
use crate::problem::Problem;
use crate::store::Status;

/// Entries on one page.
const PAGE_ENTRIES: u64 = 50;

/// One log of the list.
struct Row {
    to: String,
    origin: String,
    organisation: String,
    size: u64,
    frozen: bool,
    own: bool,
}

#[derive(Template)]
#[template(path = "logs.html")]
struct Logs {
    p: Page,
    rows: Vec<Row>,
}

/// The list.
pub(super) async fn list(p: Page, State(node): State<Node>) -> Result<Response, Problem> {
    blocking(&node, move |node| {
        let mut rows = Vec::new();
        for origin in node.ingest().store().logs() {
            let checkpoint = node.ingest().checkpoint(&origin)?;
            rows.push(Row {
                to: shown::log_address(&origin),
                organisation: node.log_name(&origin),
                size: checkpoint.map_or(0, |signed| signed.checkpoint().size),
                frozen: node.ingest().is_frozen(&origin),
                own: origin == *node.origin(),
                origin: origin.to_string(),
            });
        }
        rows.sort_by_cached_key(|row| (!row.own, row.organisation.to_lowercase()));
        filled(&Logs { p, rows })
    })
    .await
}

/// One entry.
struct Entry {
    index: u64,
    control: bool,
    kind: Option<String>,
    title: Option<Words>,
    at: String,
    to: Option<String>,
    state: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "log.html")]
struct Log {
    p: Page,
    origin: String,
    tiles: String,
    organisation: String,
    organisation_to: Option<String>,
    frozen: bool,
    size: u64,
    checkpoint: String,
    entries: Vec<Entry>,
    older: Option<String>,
    newer: Option<String>,
}

/// One of them: its newest entries, or those from the one asked for downwards.
pub(super) async fn show(
    p: Page,
    State(node): State<Node>,
    Path(key): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    blocking(&node, move |node| {
        let from = query.get("from").and_then(|from| from.parse().ok());
        page(p, node, &key, from)
    })
    .await
}

fn page(p: Page, node: &Node, key: &str, from: Option<u64>) -> Result<Response, Problem> {
    let origin = tiles::log(node, key)?;
    let signed = node.ingest().checkpoint(&origin)?;
    // What no checkpoint covers yet is not visible to anybody.
    let size = node.ingest().visible(&origin);
    let first = from.unwrap_or(u64::MAX).min(size.saturating_sub(1));
    let last = first.saturating_sub(PAGE_ENTRIES - 1);
    let here = shown::log_address(&origin);
    let mut entries = Vec::new();
    if size > 0 {
        for index in (last..=first).rev() {
            entries.push(entry(&p, node, &origin, index)?);
        }
    }
    let organisation = node.ingest().ledger().organisation(&origin);
    filled(&Log {
        older: (last > 0).then(|| format!("{here}?from={}", last - 1)),
        newer: (first + 1 < size).then(|| {
            let newer = first.saturating_add(PAGE_ENTRIES).min(size - 1);
            format!("{here}?from={newer}")
        }),
        tiles: shown::log_address(&origin),
        organisation: node.log_name(&origin),
        organisation_to: organisation
            .map(|organisation| shown::organisation_address(&organisation)),
        frozen: node.ingest().is_frozen(&origin),
        size: signed.as_ref().map_or(0, |signed| signed.checkpoint().size),
        checkpoint: signed.map_or_else(String::new, |signed| signed.note().to_string()),
        origin: origin.to_string(),
        entries,
        p,
    })
}

fn entry(p: &Page, node: &Node, origin: &Origin, index: u64) -> Result<Entry, Problem> {
    let reader = p.caller.reader();
    let record = node
        .ingest()
        .record(origin, index)
        .map_err(store_problem)?
        .filter(|record| reader.may_read(record) && node.ingest().counts(origin, index));
    let Some(record) = record else {
        let status = node.ingest().status(origin, index).map_err(store_problem)?;
        // What is not held and what is not for this reader are one answer.
        let state = match status {
            Status::Erased { .. } => "entry-erased",
            _ => "entry-not-public",
        };
        return Ok(Entry {
            index,
            control: false,
            kind: None,
            title: None,
            at: String::new(),
            to: None,
            state: Some(state),
        });
    };
    let name = record.kind().to_owned();
    let subject = record.subject();
    let title = ["title", "name"]
        .iter()
        .find_map(|member| Words::of(subject.get(*member)?, p.language));
    Ok(Entry {
        index,
        control: record.class() == Class::Control,
        kind: Some(kind::by_name(&name).map_or(name, |kind| p.words(kind.label).to_owned())),
        title,
        at: p.moment(&record.created().to_string()),
        to: Some(shown::record_address(&record.id())),
        state: None,
    })
}
