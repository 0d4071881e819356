//! What this node is, whom it trusts, and what it does with what one tells it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use erikti_protocol::id::OrgId;

use super::page::{Page, filled};
use super::shown;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    p: Page,
    id: String,
    to: String,
    network: String,
    log: String,
    version: &'static str,
    roots: Vec<(String, String)>,
}

/// The page.
pub(super) async fn show(p: Page, State(node): State<Node>) -> Result<Response, Problem> {
    blocking(&node, move |node| {
        let standings = node.standings();
        let roots: Vec<OrgId> = standings
            .standing()
            .filter(|(_, standing)| standing.depth == Some(0))
            .map(|(organisation, _)| *organisation)
            .collect();
        filled(&About {
            id: node.organisation().to_string(),
            to: shown::organisation_address(&node.organisation()),
            network: node.origin().network().to_owned(),
            log: shown::log_address(node.origin()),
            version: env!("CARGO_PKG_VERSION"),
            roots: roots
                .iter()
                .map(|root| (shown::organisation_address(root), node.name_of(root)))
                .collect(),
            p,
        })
    })
    .await
}
