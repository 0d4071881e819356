//! Organisations: list, show, trust, accredit, revoke.

use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::{Answer, answer, read};
use crate::desk::organisations;
use crate::front::Caller;
use crate::node::Node;

pub(super) async fn list(State(node): State<Node>, caller: Caller) -> Answer {
    answer(&node, move |node| {
        organisations::list(node, caller.reader())
    })
    .await
}

pub(super) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    answer(&node, move |node| {
        organisations::show(node, caller.reader(), &id)
    })
    .await
}

pub(super) async fn trust(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    answer(&node, move |node| {
        organisations::trust(node, &caller.actor(), &id)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accredit {
    roles: Vec<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    until: Option<String>,
}

pub(super) async fn accredit(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let accredit: Accredit = read(&body)?;
    answer(&node, move |node| {
        organisations::accredit(
            node,
            &caller.actor(),
            &id,
            &accredit.roles,
            accredit.from.as_deref(),
            accredit.until.as_deref(),
        )
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    #[serde(default)]
    log_size: Option<u64>,
}

pub(super) async fn revoke(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let revoke: Revoke = read(&body)?;
    answer(&node, move |node| {
        organisations::revoke(node, &caller.actor(), &id, revoke.log_size)
    })
    .await
}
