//! Logs and the exchange.

use std::collections::BTreeMap;

use axum::extract::{Query, State};

use super::{Answer, answer};
use crate::desk::logs;
use crate::front::Caller;
use crate::node::Node;

pub(super) async fn list(State(node): State<Node>, caller: Caller) -> Answer {
    answer(&node, move |node| logs::list(node, caller.reader())).await
}

pub(super) async fn checkpoint(
    State(node): State<Node>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    answer(&node, move |node| {
        logs::checkpoint(node, query.get("origin").map(String::as_str))
    })
    .await
}

pub(super) async fn sync(State(node): State<Node>) -> Answer {
    answer(&node, logs::sync).await
}
