//! The node's own state and its upkeep.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::routing::{get, post};
use serde_json::json;

use super::operations::{Operation, Parameter, Part, Reply};
use super::{Answer, Json, answer};
use crate::desk::{deeds, health, upkeep};
use crate::front::Caller;
use crate::node::Node;
use crate::problem::Code;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "GET",
        "/livez",
        "live",
        Part::Node,
        "Whether the process answers at all.",
        || get(live),
    )
    .answers(&[Reply::json("Live", "It does.")]),
    Operation::new(
        "GET",
        "/readyz",
        "ready",
        Part::Node,
        "Whether the node can work: store and index can be read, the doors are open, nothing is being made anew.",
        || get(ready),
    )
    .answers(&[Reply::json("Ready", "It can.")])
    .refuses(&[Code::NodeStopped, Code::Busy, Code::StoreDamaged]),
    Operation::new(
        "GET",
        "/health",
        "health",
        Part::Node,
        "How the node is: in a word for everybody, in full for the organisation's own people.",
        || get(show_health),
    )
    .answers(&[Reply::json("Health", "How it is.")]),
    Operation::new(
        "GET",
        "/v1/status",
        "showStatus",
        Part::Node,
        "The node in a few lines.",
        || get(status),
    )
    .answers(&[Reply::json("Status", "Who it is, and what it does.")]),
    Operation::new(
        "GET",
        "/v1/doctor",
        "showDoctor",
        Part::Node,
        "First checks, each with the command that mends it.",
        || get(doctor),
    )
    .answers(&[Reply::json("Checks", "What is well, and what is not.")]),
    Operation::new(
        "GET",
        "/v1/deeds",
        "listDeeds",
        Part::Node,
        "Who here did what, the newest first.",
        || get(list_deeds),
    )
    .takes(&[
        Parameter::query("to", "Only to this: a record's id, an organisation, an account.", || {
            json!({"type": "string", "maxLength": 256})
        }),
        Parameter::query("by", "Only of this account.", || {
            json!({"type": "string", "maxLength": 256})
        }),
    ])
    .answers(&[Reply::json("DeedList", "The newest 500.")]),
    Operation::new(
        "POST",
        "/v1/store/verify",
        "verifyStore",
        Part::Node,
        "Reads everything back: frames, digests, roots, proofs, index.",
        || post(verify),
    )
    .answers(&[Reply::json("StoreVerified", "All is as it was written.")])
    .refuses(&[Code::StoreDamaged]),
    Operation::new(
        "POST",
        "/v1/store/rebuild",
        "rebuildIndex",
        Part::Node,
        "Makes the index anew from the journal.",
        || post(rebuild),
    )
    .answers(&[Reply::json("Rebuilt", "How much it was, and how long it took.")]),
];

async fn live() -> Answer {
    Ok(Json::new(json!({"live": true})))
}

async fn ready(State(node): State<Node>) -> Answer {
    answer(&node, health::ready).await
}

async fn show_health(State(node): State<Node>, caller: Caller) -> Answer {
    answer(&node, move |node| health::health(node, caller.reader())).await
}

async fn status(State(node): State<Node>) -> Answer {
    answer(&node, upkeep::status).await
}

async fn doctor(State(node): State<Node>) -> Answer {
    answer(&node, upkeep::doctor).await
}

async fn list_deeds(
    State(node): State<Node>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    answer(&node, move |node| {
        let named = |name: &str| query.get(name).map(String::as_str);
        deeds::list(node, named("to"), named("by"))
    })
    .await
}

async fn verify(State(node): State<Node>) -> Answer {
    answer(&node, upkeep::verify).await
}

async fn rebuild(State(node): State<Node>, caller: Caller) -> Answer {
    answer(&node, move |node| upkeep::rebuild(node, &caller.actor())).await
}
