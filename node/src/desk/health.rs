//! How the node is: for whoever watches it, and, in a word, for everybody.

use serde_json::{Value, json};

use super::reader::Reader;
use super::upkeep::FREE_MIB_MIN;
use crate::clock;
use crate::ingest::{index_problem, store_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::folder::free_bytes;

/// Bytes in a mebibyte.
const MIB: u64 = 1024 * 1024;
/// Seconds that the clock may seem to go back: between two machines that keep time by themselves.
const CLOCK_SLACK_SECONDS: i64 = 300;

/// Whether the node can answer: its store and index can be read, its doors are open, and nothing is being made anew.
///
/// Errors   `node.stopped`, `busy` while the index is made anew, what the store and the index say
pub fn ready(node: &Node) -> Result<Value, Problem> {
    let origin = node.origin();
    node.ingest().record(origin, 0).map_err(store_problem)?;
    let query = Reader::Everybody.query();
    node.ingest()
        .index()
        .list(&query, None, 1)
        .map_err(index_problem)?;
    if !node.runs() {
        return Err(Problem::new(
            Code::NodeStopped,
            "the doors are not open yet",
        ));
    }
    if node.ingest().index().complete_up_to(origin).size < node.ingest().visible(origin) {
        return Err(
            Problem::new(Code::Busy, "the index is being made anew").hint("ask again in a while")
        );
    }
    Ok(json!({"ready": true}))
}

/// How the node is. Strangers are told whether, the organisation's own people what.
///
/// Errors   what the store says
pub fn health(node: &Node, reader: Reader) -> Result<Value, Problem> {
    let origin = node.origin();
    let frontier = node
        .ingest()
        .store()
        .frontier(origin)
        .map_err(store_problem)?;
    let free = free_bytes(node.data()).map_err(store_problem)? / MIB;
    let now = clock::now();
    let founded = node.ingest().record(origin, 0).map_err(store_problem)?;
    let clock_ok = founded.is_none_or(|record| {
        record.created().seconds() <= now.seconds().saturating_add(CLOCK_SLACK_SECONDS)
    });
    let sealed = node.ingest().visible(origin);
    let partners = node.sync_status();
    let stale = partners.iter().filter(|partner| partner.stale).count();
    let frozen = node.ingest().store().logs();
    let frozen = frozen
        .iter()
        .filter(|origin| node.ingest().is_frozen(origin))
        .count();
    let halted = node.ingest().halted();
    let witnessed = node
        .ingest()
        .store()
        .cosignatures(origin)
        .map_err(store_problem)?
        .is_some_and(|lines| !lines.is_empty());
    let ready = ready(node).err().map(|problem| problem.detail.clone());
    let ok = ready.is_none()
        && halted.is_none()
        && free >= FREE_MIB_MIN
        && clock_ok
        && stale == 0
        && frozen == 0;
    let status = if ok { "ok" } else { "degraded" };
    if reader == Reader::Everybody {
        return Ok(json!({"status": status}));
    }
    Ok(json!({
        "status": status, "version": env!("CARGO_PKG_VERSION"), "running": node.runs(), "not_ready": ready,
        "store": {"ok": halted.is_none(), "halted": halted, "notes": node.opening_notes()},
        "disk": {"ok": free >= FREE_MIB_MIN, "free_mib": free},
        "clock": {"ok": clock_ok, "now": now},
        "peers": {
            "ok": stale == 0 && frozen == 0, "partners": partners.len(),
            "connected": partners.iter().filter(|partner| partner.connected).count(), "stale": stale, "frozen_logs": frozen,
        },
        "head": {"origin": origin, "durable": frontier.size, "sealed": sealed, "witnessed": witnessed},
    }))
}
