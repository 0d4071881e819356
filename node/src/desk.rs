//! What people and programs ask of a node, each question one function: from words to JSON.
//!
//! No door in here: the router calls these, whichever socket it serves.

pub mod accounts;
pub mod belonging;
pub mod changes;
pub mod countries;
pub mod deeds;
pub mod edits;
pub mod feeds;
pub mod following;
pub mod form;
pub mod health;
pub mod history;
pub mod hooks;
pub mod identity;
pub mod imports;
pub mod kinds;
pub mod logs;
pub mod opportunities;
pub mod organisations;
pub mod own;
pub mod peers;
pub mod proving;
pub mod reader;
pub mod records;
pub mod sessions;
pub mod thing;
pub mod tiles;
pub mod today;
pub mod upkeep;
pub mod verify;

use crate::deeds::Actor;
use crate::node::Node;

/// Notes what somebody did. What is done is done: when it cannot be noted, the operator is told and the answer stays.
pub(crate) fn note(node: &Node, by: &Actor, what: &str, to: impl ToString, version: Option<u64>) {
    if let Err(problem) = node.deeds().note(by, what, to, version) {
        tracing::error!(%problem, what, "what somebody did could not be noted");
    }
}
