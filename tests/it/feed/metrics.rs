//! Figures for whoever watches the machine.

use std::collections::BTreeSet;

use erikti_node::figures::Figures;
use erikti_node::http::metrics;
use erikti_tests::network::{self, Network};

/// Every name that dashboards and alarms may be made of. Names are added, never changed.
const NAMES: [&str; 21] = [
    "erikti_audit_lag_entries",
    "erikti_disk_free_bytes",
    "erikti_entries",
    "erikti_entries_visible",
    "erikti_event_clients",
    "erikti_http_requests",
    "erikti_index_lag_entries",
    "erikti_info",
    "erikti_logs",
    "erikti_memory_bytes",
    "erikti_partner_lag_entries_max",
    "erikti_partners",
    "erikti_records",
    "erikti_refusals",
    "erikti_sign_in_failures",
    "erikti_store_bytes",
    "erikti_webhook_deliveries_waiting",
    "erikti_webhooks",
    "libp2p_swarm_connections_established",
    "libp2p_swarm_connections_incoming",
    "libp2p_swarm_new_listen_addr",
];
/// Series of one node, at most.
const SERIES_MAX: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn names_stay_and_name_nobody() {
    let network = Network::line(2).await;
    network[0].publish("Counted", 3);
    network::converge(&network, 2).await;
    network[0].node.kept::<Figures>().asked("GET", "/", 200);
    let text = metrics::text(&network[0].node).expect("figures");
    let named: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    for name in NAMES.iter().filter(|name| **name != "erikti_refusals") {
        // Partners have refused each other nothing here.
        assert!(named.contains(name), "{name} is missing: {named:?}");
    }
    let ours = |name: &&&str| name.starts_with("erikti_");
    let unknown: Vec<_> = named
        .iter()
        .filter(ours)
        .filter(|name| !NAMES.contains(name))
        .collect();
    assert!(unknown.is_empty(), "pin them: {unknown:?}");
    let series = text.lines().filter(|line| !line.starts_with('#')).count();
    assert!(series <= SERIES_MAX, "{series} series");
    assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1);
    for member in network.iter() {
        let name = format!("member {}", member.node.settings().name);
        for secret in [
            name,
            member.node.organisation().to_string(),
            member.node.origin().to_string(),
        ] {
            assert!(!text.contains(&secret), "{secret} is in the figures");
        }
    }
    let entries = text
        .lines()
        .find_map(|line| line.strip_prefix("erikti_entries "));
    let entries: u64 = entries
        .and_then(|number| number.parse().ok())
        .expect("a number");
    assert!(entries >= 5, "{text}");
    network.close().await;
}
