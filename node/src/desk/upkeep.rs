//! The node's own state, its checks, its upkeep.

use erikti_protocol::log::PACKAGE_ENTRIES;
use serde_json::{Value, json};

use crate::audit;
use crate::ingest::store_problem;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::Status;

/// The node in a few lines.
pub fn status(node: &Node) -> Result<Value, Problem> {
    let logs = node.ingest().store().logs();
    let own = node
        .ingest()
        .store()
        .frontier(node.origin())
        .map_err(store_problem)?;
    Ok(json!({
        "organisation": node.organisation(), "name": node.ingest().own().name, "node": node.origin().node_key(), "network": node.origin().network(),
        "origin": node.origin(), "running": node.runs(), "listen": node.listening(), "partners": node.members().look(|decided| decided.partners.len()),
        "connected": node.sync_status().iter().filter(|partner| partner.connected).count(),
        "logs": logs.len(), "own_size": own.size, "notes": node.opening_notes(),
    }))
}

/// First checks, each with the command that mends it.
pub fn doctor(node: &Node) -> Result<Value, Problem> {
    let mut checks = Vec::new();
    let mut check = |name: &str, ok: bool, found: String, fix: Option<String>| {
        checks.push(
            json!({"check": name, "ok": ok, "found": found, "fix": if ok { None } else { fix }}),
        );
    };
    let data = node.data().display().to_string();
    check(
        "running",
        node.runs(),
        if node.runs() {
            "the node runs"
        } else {
            "the node is stopped"
        }
        .to_owned(),
        Some(format!("erikti --data '{data}' run")),
    );
    let recovery = node.data().join("RECOVERY-move-me-away.key").exists();
    check(
        "recovery file",
        !recovery,
        if recovery {
            "it still lies in the data folder"
        } else {
            "not on this machine's data folder"
        }
        .to_owned(),
        Some(format!(
            "mv '{data}/RECOVERY-move-me-away.key' /somewhere/safe/"
        )),
    );
    let standings = node.standings();
    let stands = standings.standing().any(|(organisation, standing)| {
        *organisation != node.organisation() && standing.depth == Some(0)
    });
    check(
        "roots",
        stands,
        if stands {
            "another organisation is trusted as root"
        } else {
            "only this organisation is trusted"
        }
        .to_owned(),
        Some("erikti org trust urn:erikti:org:…   (not needed on the root itself)".to_owned()),
    );
    let partners = node.members().look(|decided| decided.partners.len());
    check(
        "partners",
        partners > 0,
        format!("{partners} partners"),
        Some("erikti peer invite".to_owned()),
    );
    for partner in node.sync_status() {
        let name = format!("partner {}", partner.name);
        let found = if partner.stale {
            format!(
                "silent since {}",
                partner.last_contact.as_deref().unwrap_or("the start")
            )
        } else {
            "in contact".to_owned()
        };
        check(
            &name,
            !partner.stale,
            found,
            Some(format!("erikti peer show {}", partner.organisation)),
        );
    }
    for origin in node.ingest().store().logs() {
        let frontier = node
            .ingest()
            .store()
            .frontier(&origin)
            .map_err(store_problem)?;
        let bad = frontier.counts.bad + frontier.counts.foreign;
        check(
            &format!("log of {}", node.log_name(&origin)),
            !node.ingest().is_frozen(&origin) && bad == 0,
            format!("{} entries, {} bad", frontier.size, bad),
            Some("erikti log status".to_owned()),
        );
    }
    for note in node.opening_notes() {
        check("store", true, note, None);
    }
    let ok = checks.iter().all(|check| check["ok"] == json!(true));
    Ok(json!({"ok": ok, "checks": checks}))
}

/// Reads everything back: frames, digests, roots, proofs, index.
pub fn verify(node: &Node) -> Result<Value, Problem> {
    let mut faults = Vec::new();
    let (mut entries, mut records) = (0_u64, 0_u64);
    for origin in node.ingest().store().logs() {
        let size = node
            .ingest()
            .store()
            .frontier(&origin)
            .map_err(store_problem)?
            .size;
        entries += size;
        for first in (0..size).step_by(usize::try_from(PACKAGE_ENTRIES).unwrap_or(256)) {
            let range = first..(first + PACKAGE_ENTRIES).min(size);
            for (index, status) in node
                .ingest()
                .check_bytes(&origin, range)
                .map_err(store_problem)?
            {
                if status == Status::Present {
                    records += 1;
                } else {
                    faults.push(json!({"origin": origin, "index": index, "fault": "damaged"}));
                }
            }
        }
        for (index, verdict) in
            audit::check(node.ingest(), &origin, 0..size).map_err(store_problem)?
        {
            faults.push(json!({"origin": origin, "index": index, "fault": format!("{verdict:?}").to_lowercase()}));
        }
        if let Some(fault) = node.ingest().check_root(&origin)? {
            faults.push(json!({"origin": origin, "fault": fault}));
        }
        let indexed = node.ingest().index().complete_up_to(&origin).size;
        if indexed < size {
            faults.push(json!({"origin": origin, "fault": format!("the index stops at entry {indexed} of {size}"), "fix": "erikti store rebuild"}));
        }
    }
    if faults.is_empty() {
        return Ok(json!({"ok": true, "entries": entries, "records": records, "faults": []}));
    }
    Err(Problem::new(
        Code::StoreDamaged,
        format!("{} of {entries} entries are damaged", faults.len()),
    )
    .found(Value::Array(faults).to_string())
    .hint("damaged records are fetched again from partners by: erikti run"))
}

/// Makes the index anew from the journal.
pub fn rebuild(node: &Node) -> Result<Value, Problem> {
    let begun = std::time::Instant::now();
    let records = node.rebuild_index()?;
    Ok(json!({"records": records, "seconds": begun.elapsed().as_secs_f64()}))
}
