//! The node's own state, its checks, its upkeep.

use std::net::SocketAddr;

use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::log::PACKAGE_ENTRIES;
use serde_json::{Value, json};

use super::note;
use crate::audit;
use crate::config::Settings;
use crate::deeds::Actor;
use crate::ingest::store_problem;
use crate::keys::RECOVERY_FILE;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::Status;
use crate::store::folder::free_bytes;

/// Bytes in a mebibyte.
const MIB: u64 = 1024 * 1024;
/// Free space below which the doctor warns: a pull of a million records takes 600 MiB.
pub(super) const FREE_MIB_MIN: u64 = 1024;

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

/// The checks of one look at the node.
struct Checks<'a> {
    node: &'a Node,
    rows: Vec<Value>,
}

impl Checks<'_> {
    /// Notes a check; `fix` is what to type when it failed.
    fn check(&mut self, name: &str, ok: bool, found: impl Into<String>, fix: Option<String>) {
        let fix = if ok { None } else { fix };
        let found: String = found.into();
        self.rows
            .push(json!({"check": name, "ok": ok, "found": found, "fix": fix}));
    }

    /// A command of this program on this node, as a shell takes it.
    fn command(&self, words: &str) -> Option<String> {
        Some(format!("erikti --data {} {words}", self.folder()))
    }

    fn folder(&self) -> String {
        quoted(&self.node.data().display().to_string())
    }
}

/// A word as a shell takes it literally.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// First checks, each with the command that mends it.
pub fn doctor(node: &Node) -> Result<Value, Problem> {
    let mut checks = Checks {
        node,
        rows: Vec::new(),
    };
    let found = if node.runs() {
        "yes"
    } else {
        "the node is stopped"
    };
    checks.check("running", node.runs(), found, checks.command("run"));
    let recovery = node.data().join(RECOVERY_FILE);
    let found = if recovery.exists() {
        "still in the data folder: lock it away where no thief of this machine finds it"
    } else {
        "not in the data folder"
    };
    let away = format!("mv {} \"$HOME\"/", quoted(&recovery.display().to_string()));
    checks.check("recovery file", !recovery.exists(), found, Some(away));
    let free = free_bytes(node.data()).map_err(store_problem)? / MIB;
    let look = format!("df -h {}", quoted(&node.data().display().to_string()));
    checks.check(
        "disk",
        free >= FREE_MIB_MIN,
        format!("{free} MiB are free"),
        Some(look),
    );
    for found in plain_http(node.settings()) {
        let file = node.data().join(crate::config::FILE_NAME);
        let edit = format!("${{EDITOR:-vi}} {}", quoted(&file.display().to_string()));
        checks.check("pages", false, found, Some(edit));
    }
    check_belonging(&mut checks);
    for partner in node.sync_status() {
        let found = if partner.stale {
            let since = partner.last_contact.as_deref().unwrap_or("the start");
            format!("silent since {since}")
        } else {
            partner.state.to_owned()
        };
        let fix = checks.command(&format!("peer show {}", partner.organisation));
        checks.check(
            &format!("partner {}", partner.name),
            !partner.stale,
            found,
            fix,
        );
    }
    for origin in node.ingest().store().logs() {
        check_log(&mut checks, &origin)?;
    }
    for note in node.opening_notes() {
        checks.check("store", true, note, None);
    }
    let ok = checks.rows.iter().all(|check| check["ok"] == json!(true));
    Ok(json!({"ok": ok, "checks": checks.rows}))
}

/// What is wrong with how the world reaches the pages, in words.
pub fn plain_http(settings: &Settings) -> Vec<String> {
    let http = &settings.http;
    let is_local = |listen: &String| {
        let address = listen.parse::<SocketAddr>();
        address.is_ok_and(|address| address.ip().is_loopback())
    };
    let mut found = Vec::new();
    let https = http.public_url.starts_with("https://");
    if !https && !http.listen.iter().all(is_local) {
        found.push(
            "pages are served without https beyond this machine, so passwords can be read on their way: \
             put a proxy with a certificate before the node and name it in http.public_url"
                .to_owned(),
        );
    }
    if !http.public_url.is_empty()
        && http.trusted_proxies.is_empty()
        && http.listen.iter().all(is_local)
    {
        found.push(
            "a proxy brings everybody, and http.trusted_proxies does not name it: limits cannot tell people apart"
                .to_owned(),
        );
    }
    found
}

/// Whether anybody is there to exchange with, and whether somebody says who belongs.
fn check_belonging(checks: &mut Checks<'_>) {
    let node = checks.node;
    let partners: Vec<OrgId> = node
        .members()
        .look(|decided| decided.partners.keys().copied().collect());
    let invite = match node.runs() {
        true => checks.command("peer invite"),
        false => checks.command("run"),
    };
    let found = match partners.len() {
        0 => "none: nothing is exchanged".to_owned(),
        1 => "1 partner".to_owned(),
        many => format!("{many} partners"),
    };
    checks.check("partners", !partners.is_empty(), found, invite);
    let standings = node.standings();
    let own = node.organisation();
    let roots = standings
        .standing()
        .filter(|(organisation, standing)| **organisation != own && standing.depth == Some(0))
        .count();
    let accredits = standings
        .standing()
        .any(|(_, standing)| standing.depth == Some(1));
    let (ok, found) = match roots {
        0 if accredits => (true, "this organisation accredits others itself"),
        0 if partners.is_empty() => (true, "only this organisation, and there is no other yet"),
        0 => (
            false,
            "partners stand by invitation alone: nobody accredits them",
        ),
        _ => (true, "another organisation is trusted"),
    };
    let first = partners.first().unwrap_or(&own);
    let trust = checks.command(&format!("org trust {first}"));
    checks.check("roots", ok, found, trust);
}

/// Whether a log is followed and its records can be found.
fn check_log(checks: &mut Checks<'_>, origin: &Origin) -> Result<(), Problem> {
    let node = checks.node;
    let name = format!("log of {}", node.log_name(origin));
    let frontier = node
        .ingest()
        .store()
        .frontier(origin)
        .map_err(store_problem)?;
    if node.ingest().is_frozen(origin) {
        let show = match node.ingest().ledger().organisation(origin) {
            Some(organisation) => checks.command(&format!("org show {organisation}")),
            None => checks.command("log status"),
        };
        let found = "frozen: it contradicts itself; ask the organisation to open a new log";
        checks.check(&name, false, found, show);
        return Ok(());
    }
    let indexed = node.ingest().index().complete_up_to(origin).size;
    if indexed < node.ingest().visible(origin) {
        let found = format!("the index stops at entry {indexed} of {}", frontier.size);
        checks.check(&name, false, found, checks.command("store rebuild"));
        return Ok(());
    }
    // Bad records are their author's fault, for good: told, but nothing that could be mended here.
    let found = match frontier.counts.bad + frontier.counts.foreign {
        0 => format!("{} entries", frontier.size),
        bad => format!(
            "{} entries, {bad} of them bad and counted nowhere",
            frontier.size
        ),
    };
    checks.check(&name, true, found, None);
    Ok(())
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
pub fn rebuild(node: &Node, by: &Actor) -> Result<Value, Problem> {
    let begun = std::time::Instant::now();
    let records = node.rebuild_index()?;
    note(node, by, "store.rebuild", "index", None);
    Ok(json!({"records": records, "seconds": begun.elapsed().as_secs_f64()}))
}
