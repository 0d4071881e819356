//! Figures for Prometheus, on a listener of their own.
//!
//! Limits   300 series: no name of anybody, and no label that somebody else chooses. Partners are counted, not named
//! Source   OpenMetrics 1.0; names are pinned by a test, because dashboards and alarms are made of them

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicU64;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::events::Hub;
use crate::figures::Figures;
use crate::front::blocking;
use crate::ingest::store_problem;
use crate::node::Node;
use crate::problem::Problem;
use crate::store::Counts;
use crate::store::folder::free_bytes;

/// The media type.
const TEXT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Reasons of refusals that are told apart; others count together.
const REASONS_MAX: usize = 24;
/// Files that are counted in a folder, at most: 16 million entries have as many segments.
const FILES_MAX: usize = 4_096;
/// Bytes of a page of memory.
const PAGE_BYTES: u64 = 4_096;

/// What is said of the figures, by name.
type Labels = Vec<(String, String)>;
type Level = Gauge<u64, AtomicU64>;

/// The router of the listener for figures.
pub fn router(node: Node) -> Router {
    Router::new().route("/metrics", get(show)).with_state(node)
}

async fn show(State(node): State<Node>) -> Result<Response, Problem> {
    let text = blocking(&node, text).await?;
    Ok(([(header::CONTENT_TYPE, TEXT_TYPE)], text).into_response())
}

/// All figures, as text.
///
/// Errors   the store's
pub fn text(node: &Node) -> Result<String, Problem> {
    let mut table = Table(Registry::with_prefix("erikti"));
    table.machine(node);
    table.logs(node)?;
    table.partners(node);
    table.doors(node);
    let mut text = String::new();
    encode(&mut text, &table.0).map_err(|e| Problem::internal("figures cannot be written", e))?;
    // Two registries, one document: its end comes once.
    let end = "# EOF\n";
    let ours = text.strip_suffix(end).unwrap_or(&text);
    Ok(format!(
        "{ours}{}{end}",
        node.network_figures().replace(end, "")
    ))
}

struct Table(Registry);

impl Table {
    fn one(&mut self, name: &str, help: &str, value: u64) {
        let level = Level::default();
        level.set(value);
        self.0.register(name, help, level);
    }

    fn each(&mut self, name: &str, help: &str, values: impl IntoIterator<Item = (Labels, u64)>) {
        let family = Family::<Labels, Level>::default();
        for (labels, value) in values {
            family.get_or_create(&labels).set(value);
        }
        self.0.register(name, help, family);
    }

    fn machine(&mut self, node: &Node) {
        let version = env!("CARGO_PKG_VERSION");
        let info = [(label("version", version), 1)];
        self.each("info", "The program", info);
        self.one("memory_bytes", "Memory that the process has", memory());
        let data = node.data();
        let parts = ["log", "index", "search", "vault"];
        let bytes = parts.map(|part| (label("part", part), bytes_of(&data.join(part))));
        self.each("store_bytes", "Bytes of the data folder", bytes);
        let free = free_bytes(data).unwrap_or(0);
        self.one("disk_free_bytes", "Bytes that are left on the disk", free);
    }

    fn logs(&mut self, node: &Node) -> Result<(), Problem> {
        let ingest = node.ingest();
        let logs = ingest.store().logs();
        let (mut entries, mut visible, mut audit, mut index) = (0, 0, 0, 0);
        let mut counts = Counts::default();
        for origin in &logs {
            let frontier = ingest.store().frontier(origin).map_err(store_problem)?;
            let seen = ingest.visible(origin);
            entries += frontier.size;
            visible += seen;
            audit += seen.saturating_sub(frontier.audited);
            let indexed = ingest.index().complete_up_to(origin).size;
            index += frontier.size.saturating_sub(indexed);
            counts.held += frontier.counts.held;
            counts.absent += frontier.counts.absent;
            counts.erased += frontier.counts.erased;
            counts.bad += frontier.counts.bad;
            counts.foreign += frontier.counts.foreign;
        }
        self.one("logs", "Logs that are kept", logs.len() as u64);
        self.one("entries", "Entries of all logs", entries);
        self.one("entries_visible", "Entries below a checkpoint", visible);
        let states = [
            ("held", counts.held),
            ("absent", counts.absent),
            ("erased", counts.erased),
            ("bad", counts.bad),
            ("foreign", counts.foreign),
        ];
        let states = states.map(|(state, count)| (label("state", state), count));
        self.each("records", "Entries by what is held of them", states);
        self.one(
            "audit_lag_entries",
            "Visible entries whose proofs wait",
            audit,
        );
        self.one("index_lag_entries", "Entries that the index lacks", index);
        Ok(())
    }

    fn partners(&mut self, node: &Node) {
        let partners = node.sync_status();
        let count = |state: &str| partners.iter().filter(|with| with.state == state).count();
        let stale = partners.iter().filter(|with| with.stale).count();
        let states = [
            ("connected", count("connected")),
            ("not_connected", count("not connected")),
            ("invitation_pending", count("invitation pending")),
            ("stale", stale),
        ];
        let states = states.map(|(state, count)| (label("state", state), count as u64));
        self.each(
            "partners",
            "Partners; stale ones are in another state too",
            states,
        );
        let lag = partners.iter().map(|with| with.lag).max().unwrap_or(0);
        self.one(
            "partner_lag_entries_max",
            "Entries that the furthest is ahead",
            lag,
        );
        let mut refusals: BTreeMap<&str, u64> = BTreeMap::new();
        let told = partners.iter().flat_map(|with| &with.refusals);
        for (reason, count) in told {
            let is_code = |byte: u8| matches!(byte, b'a'..=b'z' | b'.' | b'_' | b'-');
            // A peer may say anything.
            let is_ours = reason.len() <= 40 && reason.bytes().all(is_code);
            let known = refusals.contains_key(reason.as_str());
            let reason = match is_ours && (known || refusals.len() < REASONS_MAX) {
                true => reason.as_str(),
                false => "other",
            };
            *refusals.entry(reason).or_default() += count;
        }
        let refusals = refusals.into_iter();
        let refusals = refusals.map(|(reason, count)| (label("reason", reason), count));
        self.each("refusals", "Refusals between partners", refusals);
    }

    fn doors(&mut self, node: &Node) {
        let figures = node.kept::<Figures>();
        let requests = figures
            .requests()
            .into_iter()
            .map(|((route, class), count)| {
                let status = format!("{class}xx");
                let labels = [("route", route), ("status", status)];
                let labels = labels.map(|(name, value)| (name.to_owned(), value));
                (labels.to_vec(), count)
            });
        self.each("http_requests", "Answers by route and status", requests);
        let failures = figures.sign_in_failures();
        self.one("sign_in_failures", "Sign-ins that failed", failures);
        let clients = node.kept::<Hub>().clients() as u64;
        self.one("event_clients", "Connections that follow events", clients);
        let hooks = node.hooks();
        let targets = hooks.targets().len() as u64;
        self.one("webhooks", "Webhooks", targets);
        let waiting = hooks.waiting() as u64;
        self.one(
            "webhook_deliveries_waiting",
            "Deliveries that wait",
            waiting,
        );
    }
}

fn label(name: &str, value: &str) -> Labels {
    vec![(name.to_owned(), value.to_owned())]
}

/// Memory of the process, as the system counts it; 0 where it does not say.
fn memory() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.map_or(0, |pages: u64| pages * PAGE_BYTES)
}

/// Bytes of the files of a folder and of the folders in it.
fn bytes_of(folder: &Path) -> u64 {
    let mut left = FILES_MAX;
    let mut bytes = 0;
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if left == 0 {
                return bytes;
            }
            left -= 1;
            match entry.metadata() {
                Ok(found) if found.is_dir() && depth < 2 => folders.push((entry.path(), depth + 1)),
                Ok(found) if found.is_file() => bytes += found.len(),
                _ => {}
            }
        }
    }
    bytes
}
