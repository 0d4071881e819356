//! Logs, as JSON and as C2SP tlog-tiles; the exchange; the keys that sign the node's own.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;

use super::operations::{BYTES, JSON, Operation, Parameter, Part, Reply, TEXT, give};
use super::{Answer, answer};
use crate::desk::{identity, logs, tiles};
use crate::front::{Caller, blocking};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// The path's log.
const LOG: Parameter = Parameter::path(
    "log",
    "The log, by the node key in its name.",
    || json!({"type": "string", "pattern": crate::desk::kinds::KEY}),
);
/// A full tile never changes: a year, which is as long as caches look ahead.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A checkpoint, a partial tile: what is asked for again soon. A second keeps a crowd off the disk.
const SOON: &str = "public, max-age=1";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "GET",
        "/v1/logs",
        "listLogs",
        Part::Logs,
        "Lists every log kept here.",
        || get(list),
    )
    .answers(&[Reply::json("LogList", "The logs; for the organisation's own people also what is held of each.")])
    .gives(&[give("showCheckpoint", "query.origin", "$response.body#/logs/0/origin")]),
    Operation::new(
        "GET",
        "/v1/checkpoint",
        "showCheckpoint",
        Part::Logs,
        "The newest checkpoint of a log: how long it is, its root, and the note that signs both.",
        || get(checkpoint),
    )
    .takes(&[Parameter::query("origin", "The log's name; this node's own unless given.", || {
        json!({"type": "string", "pattern": crate::desk::kinds::ORIGIN})
    })])
    .answers(&[Reply::json("Checkpoint", "The checkpoint.")])
    .refuses(&[Code::LogUnknown])
    .gives(&[
        give("logCheckpoint", "path.log", "$response.body#/key"),
        give("logTile", "path.log", "$response.body#/key"),
    ]),
    Operation::new(
        "GET",
        "/v1/sync",
        "showSync",
        Part::Peers,
        "How the exchange with each partner goes.",
        || get(sync),
    )
    .answers(&[Reply::json("Sync", "Lag, last contact and refusals of each partner.")]),
    Operation::new(
        "GET",
        "/logs/{log}/checkpoint",
        "logCheckpoint",
        Part::Logs,
        "C2SP tlog-tiles: the newest checkpoint as a signed note.",
        || get(tiled_checkpoint),
    )
    .takes(&[LOG])
    .answers(&[Reply::media(TEXT, "The note.")])
    .refuses(&[Code::LogUnknown]),
    Operation::new(
        "GET",
        "/logs/{log}/tile/{*path}",
        "logTile",
        Part::Logs,
        "C2SP tlog-tiles: a tile of hashes, or with `entries/` of entries, 33 bytes each: class and digest of a record.",
        || get(tile),
    )
    .takes(&[
        LOG,
        Parameter::path("path", "`<level>/<index>[.p/<width>]` or `entries/<index>[.p/<width>]`.", || {
            json!({"type": "string", "maxLength": 64})
        })
        .example("0/000.p/1"),
    ])
    .answers(&[Reply::media(BYTES, "The tile; a full one never changes.").headers(&[(
        "Cache-Control",
        "For a full tile a year and `immutable`.",
    )])])
    .refuses(&[Code::LogUnknown]),
    Operation::new(
        "GET",
        "/.well-known/did.json",
        "showIdentity",
        Part::Logs,
        "The organisation's and the node's keys as the DID document of the node's address (did:web).",
        || get(did),
    )
    .answers(&[Reply::json("DidDocument", "The document.")])
    .refuses(&[Code::AddressUnknown]),
];

async fn list(State(node): State<Node>, caller: Caller) -> Answer {
    answer(&node, move |node| logs::list(node, caller.reader())).await
}

async fn checkpoint(
    State(node): State<Node>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    answer(&node, move |node| {
        logs::checkpoint(node, query.get("origin").map(String::as_str))
    })
    .await
}

async fn sync(State(node): State<Node>) -> Answer {
    answer(&node, logs::sync).await
}

async fn tiled_checkpoint(
    State(node): State<Node>,
    Path(log): Path<String>,
) -> Result<Response, Problem> {
    let note = blocking(&node, move |node| tiles::checkpoint(node, &log)).await?;
    let headers = [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, SOON)];
    Ok((headers, note).into_response())
}

async fn tile(
    State(node): State<Node>,
    Path((log, path)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let file = blocking(&node, move |node| tiles::tile(node, &log, &path)).await?;
    let keep = if file.full { FOR_EVER } else { SOON };
    let headers = [(header::CONTENT_TYPE, BYTES), (header::CACHE_CONTROL, keep)];
    Ok((headers, file.bytes).into_response())
}

async fn did(State(node): State<Node>) -> Result<Response, Problem> {
    let document = blocking(&node, identity::document).await?;
    // What DID Core calls it is what a static file is served as, too: application/json is what did:web asks for.
    Ok(([(header::CONTENT_TYPE, JSON)], document.to_string()).into_response())
}
