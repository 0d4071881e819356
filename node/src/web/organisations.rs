//! Organisations: who is known here, how each stands, and by whom it was let in.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use erikti_protocol::field::code;
use erikti_protocol::kind::{self, Role};
use serde_json::Map as Object;

use super::opportunities::{Card, card};
use super::opportunity::{standing_text, standing_tone};
use super::page::{Page, filled};
use super::shown::{self, Facts, Look, Words};
use crate::desk::countries::country;
use crate::desk::opportunities::{Wanted, search};
use crate::desk::{organisations, proving};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;

/// Organisations on one page.
const PAGE_ROWS: usize = 100;
/// Opportunities on an organisation's page; the search has the rest.
const CARDS_SHOWN: usize = 6;

/// One organisation of the list.
struct Row {
    to: String,
    name: String,
    country: String,
    standing: &'static str,
    entries: u64,
    own: bool,
}

#[derive(Template)]
#[template(path = "organisations.html")]
struct Organisations {
    p: Page,
    q: String,
    total: usize,
    standing: usize,
    countries: usize,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

/// The list.
pub(super) async fn list(
    p: Page,
    State(node): State<Node>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    blocking(&node, move |node| {
        let q = query.get("q").map_or("", |q| q.trim()).to_owned();
        let from: usize = query
            .get("from")
            .and_then(|from| from.parse().ok())
            .unwrap_or_default();
        let mut rows = rows(&p, node)?;
        let standing = rows
            .iter()
            .filter(|row| !["standing-none", "standing-former"].contains(&row.standing))
            .count();
        let countries: BTreeSet<&str> = rows
            .iter()
            .map(|row| row.country.as_str())
            .filter(|country| !country.is_empty())
            .collect();
        let countries = countries.len();
        let wanted = q.to_lowercase();
        rows.retain(|row| {
            let words = [&row.name, &row.country];
            words
                .iter()
                .any(|text| text.to_lowercase().contains(&wanted))
        });
        let total = rows.len();
        let page = |from: usize| {
            let q = shown::encoded(&q);
            format!("/organisations?q={q}&from={from}")
        };
        let end = from.saturating_add(PAGE_ROWS);
        filled(&Organisations {
            next: (end < total).then(|| page(end)),
            first: (from > 0).then(|| page(from.saturating_sub(PAGE_ROWS))),
            rows: rows.into_iter().skip(from).take(PAGE_ROWS).collect(),
            p,
            q,
            total,
            standing,
            countries,
        })
    })
    .await
}

/// Every organisation known here: those that stand first, then by name.
fn rows(p: &Page, node: &Node) -> Result<Vec<Row>, Problem> {
    let mut rows = Vec::new();
    for organisation in node.known_organisations() {
        let country = country(node, p.caller.reader(), &organisation)?;
        rows.push(Row {
            to: shown::organisation_address(&organisation),
            name: node.name_of(&organisation),
            country: country.map_or_else(String::new, |country| p.coded(&code::COUNTRY, &country)),
            standing: standing_text(organisations::standing(node, &organisation)),
            entries: entries(node, &organisation),
            own: organisation == node.organisation(),
        });
    }
    let place = |row: &Row| {
        let order = [
            "standing-root",
            "standing-accredited",
            "standing-partner",
            "standing-former",
        ];
        let place = order.iter().position(|standing| *standing == row.standing);
        (place.unwrap_or(order.len()), row.name.to_lowercase())
    };
    rows.sort_by_cached_key(place);
    Ok(rows)
}

/// Entries of an organisation's logs, as far as their checkpoints are known here.
pub(super) fn entries(node: &Node, organisation: &erikti_protocol::id::OrgId) -> u64 {
    let logs = node.ingest().ledger().line(organisation).to_vec();
    logs.iter()
        .map(|origin| node.ingest().visible(origin))
        .sum()
}

#[derive(Template)]
#[template(path = "organisation.html")]
struct Organisation {
    p: Page,
    name: String,
    id: String,
    own: bool,
    standing: &'static str,
    roles: Vec<&'static str>,
    chain: Vec<Seat>,
    facts: Facts,
    description: Option<Words>,
    logs: Vec<(String, String, u64)>,
    cards: Vec<Card>,
    total: u64,
    all: String,
    frozen: bool,
}

/// One organisation of a chain.
struct Seat {
    to: String,
    name: String,
    accreditation: Option<String>,
    here: bool,
}

/// One of them.
pub(super) async fn show(
    p: Page,
    State(node): State<Node>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    blocking(&node, move |node| one(p, node, &id)).await
}

fn one(p: Page, node: &Node, id: &str) -> Result<Response, Problem> {
    let reader = p.caller.reader();
    let organisation = organisations::find(node, id)?;
    let known = node.known_organisations().contains(&organisation);
    if !known {
        return Err(Problem::new(
            crate::problem::Code::OrganisationUnknown,
            "no such organisation is known here",
        ));
    }
    let card_record = organisations::card(node, reader, &organisation)?;
    let nothing = Object::new();
    let subject = card_record.as_object().unwrap_or(&nothing);
    let look = Look { p: &p, node };
    let wanted = Wanted {
        organisation: Some(organisation),
        limit: CARDS_SHOWN,
        ..Wanted::default()
    };
    let found = search(node, reader, &wanted)?;
    let roles: Vec<Role> = node
        .standings()
        .of(&organisation)
        .map(|standing| standing.roles.iter().copied().collect())
        .unwrap_or_default();
    let lines = node.ingest().ledger().line(&organisation).to_vec();
    let mut logs = Vec::new();
    let mut frozen = false;
    for origin in lines {
        let size = node.ingest().checkpoint(&origin)?;
        frozen |= node.ingest().is_frozen(&origin);
        let size = size.map_or(0, |signed| signed.checkpoint().size);
        logs.push((shown::log_address(&origin), origin.to_string(), size));
    }
    let description = subject
        .get("description")
        .and_then(|words| Words::of(words, p.language));
    filled(&Organisation {
        name: node.name_of(&organisation),
        id: organisation.to_string(),
        own: organisation == node.organisation(),
        standing: standing_text(organisations::standing(node, &organisation)),
        roles: roles.iter().map(|role| p.words(role.label())).collect(),
        chain: proving::chain(node, &organisation)
            .into_iter()
            .map(|seat| Seat {
                here: seat.organisation == organisation,
                to: shown::organisation_address(&seat.organisation),
                name: seat.name,
                accreditation: seat.accreditation.map(|id| shown::record_address(&id)),
            })
            .collect(),
        facts: look.facts(
            kind::organisation::KIND.fields,
            subject,
            &["name", "description", "addresses", "id"],
        ),
        description,
        logs,
        cards: found.rows.iter().map(|row| card(&p, row)).collect(),
        total: found.total,
        all: format!("/?{}", Wanted { limit: 0, ..wanted }.to_query()),
        frozen,
        p,
    })
}
