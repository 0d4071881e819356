//! The node's own state and its upkeep.

use axum::extract::State;

use super::{Answer, answer};
use crate::desk::upkeep;
use crate::front::Caller;
use crate::node::Node;

pub(super) async fn status(State(node): State<Node>) -> Answer {
    answer(&node, upkeep::status).await
}

pub(super) async fn doctor(State(node): State<Node>) -> Answer {
    answer(&node, upkeep::doctor).await
}

pub(super) async fn verify(State(node): State<Node>) -> Answer {
    answer(&node, upkeep::verify).await
}

pub(super) async fn rebuild(State(node): State<Node>, caller: Caller) -> Answer {
    answer(&node, move |node| upkeep::rebuild(node, &caller.actor())).await
}
