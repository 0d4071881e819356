//! Partners and invitations.

use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::{Answer, Json, answer, blocking, read};
use crate::desk::peers;
use crate::front::Caller;
use crate::node::Node;

pub(super) async fn list(State(node): State<Node>) -> Answer {
    answer(&node, peers::list).await
}

pub(super) async fn show(State(node): State<Node>, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| peers::show(node, &id)).await
}

pub(super) async fn block(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    answer(&node, move |node| peers::block(node, &caller.actor(), &id)).await
}

pub(super) async fn remove(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    answer(&node, move |node| peers::remove(node, &caller.actor(), &id)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invite {
    role: String,
    valid_hours: u32,
}

pub(super) async fn invite(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let invite: Invite = read(&body)?;
    answer(&node, move |node| {
        peers::invite(node, &caller.actor(), &invite.role, invite.valid_hours)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accept {
    link: String,
}

pub(super) async fn accept(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let accept: Accept = read(&body)?;
    let invitation = blocking(&node, move |node| {
        peers::read_invitation(node, &accept.link)
    })
    .await?;
    peers::join(&node, &caller.actor(), invitation)
        .await
        .map(Json)
}
