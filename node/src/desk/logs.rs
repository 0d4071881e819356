//! Logs held here, and the exchange with partners.

use erikti_protocol::id::Origin;
use serde_json::{Value, json};

use super::reader::Reader;
use crate::ingest::store_problem;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Every log held here: what is visible of it and, for the organisation's own people, what is held of its records.
/// How much of a log this node may read is nobody else's business.
pub fn list(node: &Node, reader: Reader) -> Result<Value, Problem> {
    let mut logs = Vec::new();
    for origin in node.ingest().store().logs() {
        let frontier = node
            .ingest()
            .store()
            .frontier(&origin)
            .map_err(store_problem)?;
        let checkpoint = node.ingest().checkpoint(&origin)?;
        let (size, root) = checkpoint.as_ref().map_or((0, None), |signed| {
            let checkpoint = signed.checkpoint();
            (checkpoint.size, Some(checkpoint.root))
        });
        let organisation = node.ingest().ledger().organisation(&origin);
        if reader == Reader::Everybody {
            logs.push(json!({
                "origin": origin, "organisation": organisation, "name": node.log_name(&origin), "size": size,
                "frozen": node.ingest().is_frozen(&origin),
            }));
            continue;
        }
        logs.push(json!({
            "origin": origin, "organisation": organisation, "name": node.log_name(&origin), "size": size, "root": root,
            "held": frontier.counts.held, "absent": frontier.counts.absent, "erased": frontier.counts.erased,
            "audited": frontier.audited.min(size), "bad": frontier.counts.bad, "foreign": frontier.counts.foreign,
            "indexed": node.ingest().index().complete_up_to(&origin).size,
            "durable": frontier.size, "frozen": node.ingest().is_frozen(&origin),
        }));
    }
    Ok(json!({"logs": logs}))
}

/// The newest checkpoint of a log; of the own one unless another is named.
pub fn checkpoint(node: &Node, origin: Option<&str>) -> Result<Value, Problem> {
    let origin = match origin {
        Some(text) => Origin::parse(text).ok_or_else(|| {
            Problem::new(Code::Usage, "no log has such a name")
                .field("origin")
                .found(text)
                .allowed("erikti/<network>/<node key>")
                .hint("see which logs are kept: erikti log status --json")
        })?,
        None => node.origin().clone(),
    };
    let signed = node.ingest().checkpoint(&origin)?.ok_or_else(|| {
        Problem::new(
            Code::LogUnknown,
            format!("no checkpoint of {origin} is held here"),
        )
        .hint("see which logs are kept: erikti log status --json")
    })?;
    let checkpoint = signed.checkpoint();
    Ok(
        json!({"origin": origin, "key": origin.node_key(), "size": checkpoint.size, "root": checkpoint.root, "text": signed.note().to_string()}),
    )
}

/// Each partner: lag, last contact, refusals, staleness. Degraded is what will not mend itself: a stopped node that
/// has partners, one that has been silent for too long, entries announced by one that is gone, a frozen log.
pub fn sync(node: &Node) -> Result<Value, Problem> {
    let frozen: Vec<Origin> = node
        .ingest()
        .store()
        .logs()
        .into_iter()
        .filter(|origin| node.ingest().is_frozen(origin))
        .collect();
    if !node.runs() {
        let partners: Vec<Value> = node.members().look(|decided| {
            let partners = decided.partners.iter();
            partners
                .map(|(organisation, partner)| {
                    json!({
                        "organisation": organisation, "name": partner.name, "state": "node stopped", "connected": false,
                        "lag": null, "last_contact": null, "stale": null, "refusals": {}, "last_fault": null,
                    })
                })
                .collect()
        });
        let degraded = !partners.is_empty() || !frozen.is_empty();
        return Ok(
            json!({"running": false, "degraded": degraded, "partners": partners, "frozen": frozen}),
        );
    }
    let partners = node.sync_status();
    let degraded = !frozen.is_empty()
        || partners
            .iter()
            .any(|partner| partner.stale || (partner.lag > 0 && !partner.connected));
    let rows: Vec<Value> = partners
        .iter()
        .map(|partner| serde_json::to_value(partner).unwrap_or(Value::Null))
        .collect();
    Ok(json!({"running": true, "degraded": degraded, "partners": rows, "frozen": frozen}))
}
