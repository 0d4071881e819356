//! Records: list, show, history, proof, create, erase, export.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::Value;

use super::{Answer, answer, read};
use crate::desk::{history, records};
use crate::front::Caller;
use crate::node::Node;

pub(super) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    answer(&node, move |node| {
        records::list(node, caller.reader(), &query)
    })
    .await
}

pub(super) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    answer(&node, move |node| {
        records::show(
            node,
            caller.reader(),
            &id,
            query.get("version").map(String::as_str),
        )
    })
    .await
}

pub(super) async fn history(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    answer(&node, move |node| {
        history::history(node, caller.reader(), &id)
    })
    .await
}

pub(super) async fn proof(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    answer(&node, move |node| {
        records::proof(node, caller.reader(), &id)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    kind: String,
    #[serde(default)]
    subject: Value,
    #[serde(default)]
    set: Vec<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    readers: Option<String>,
}

pub(super) async fn create(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let create: Create = read(&body)?;
    answer(&node, move |node| {
        records::create(
            node,
            &caller.actor(),
            &create.kind,
            create.subject,
            &create.set,
            create.id.as_deref(),
            create.readers.as_deref(),
        )
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Erase {
    reason: String,
}

pub(super) async fn erase(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let erase: Erase = read(&body)?;
    answer(&node, move |node| {
        records::erase(node, &caller.actor(), &id, &erase.reason)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    ids: Vec<String>,
    #[serde(default)]
    bundle: bool,
}

pub(super) async fn export(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let export: Export = read(&body)?;
    answer(&node, move |node| {
        records::export(node, caller.reader(), &export.ids, export.bundle)
    })
    .await
}
