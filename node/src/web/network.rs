//! The network: who takes part in it, in which countries, who let whom in, and who can be reached; for members of staff
//! also how far behind each is.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use erikti_protocol::field::code;
use erikti_protocol::id::OrgId;

use super::map::{self, Map};
use super::opportunity::{standing_text, standing_tone};
use super::organisations::entries;
use super::page::{Page, filled};
use super::shown;
use crate::desk::countries::country;
use crate::desk::organisations;
use crate::desk::reader::Reader;
use crate::door::PartnerStatus;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;

/// Organisations in the table; the list of organisations has all.
const ROWS_SHOWN_MAX: usize = 200;
/// Lines between countries on the map, at most.
const TIES_SHOWN_MAX: usize = 500;

/// One country of the table.
struct Country {
    name: String,
    organisations: usize,
    entries: u64,
    drawn: bool,
}

/// One organisation of the table.
struct Row {
    to: String,
    name: String,
    country: String,
    standing: &'static str,
    entries: u64,
    let_in_by: Vec<(String, String)>,
    own: bool,
    /// Tone and text of how it is with the exchange, for this node's partners.
    link: Option<(&'static str, &'static str)>,
}

/// How the exchange with one partner goes, for those who work here.
struct Health {
    name: String,
    to: String,
    tone: &'static str,
    says: &'static str,
    lag: u64,
    last: String,
    refusals: u64,
}

#[derive(Template)]
#[template(path = "network.html")]
struct Network {
    p: Page,
    map: Map,
    total: usize,
    countries: Vec<Country>,
    entries: u64,
    rows: Vec<Row>,
    more: usize,
    staff: bool,
    health: Vec<Health>,
}

/// The page.
pub(super) async fn show(p: Page, State(node): State<Node>) -> Result<Response, Problem> {
    blocking(&node, move |node| page(p, node)).await
}

fn page(p: Page, node: &Node) -> Result<Response, Problem> {
    let standings = node.standings();
    let standing: Vec<OrgId> = standings
        .standing()
        .map(|(organisation, _)| *organisation)
        .collect();
    let let_in = let_in(node, &standing);
    let partners = node.sync_status();
    let mut codes: BTreeMap<OrgId, String> = BTreeMap::new();
    let mut countries: BTreeMap<String, (usize, u64)> = BTreeMap::new();
    let mut rows = Vec::new();
    let mut all = 0;
    for organisation in &standing {
        let country = country(node, Reader::Everybody, organisation)?.unwrap_or_default();
        let entries = entries(node, organisation);
        all += entries;
        let counted = countries.entry(country.clone()).or_default();
        counted.0 += 1;
        counted.1 += entries;
        rows.push(Row {
            to: shown::organisation_address(organisation),
            name: node.name_of(organisation),
            country: country_name(&p, &country),
            standing: standing_text(organisations::standing(node, organisation)),
            entries,
            let_in_by: let_in
                .iter()
                .filter(|(_, accredited)| accredited == organisation)
                .map(|(by, _)| (shown::organisation_address(by), node.name_of(by)))
                .collect(),
            own: organisation == &node.organisation(),
            link: partners
                .iter()
                .find(|partner| partner.organisation == organisation.to_string())
                .map(link),
        });
        codes.insert(*organisation, country);
    }
    rows.sort_by_cached_key(|row| (!row.own, row.name.to_lowercase()));
    let total = rows.len();
    rows.truncate(ROWS_SHOWN_MAX);
    let ties = ties(&let_in, &codes);
    let members: BTreeSet<String> = countries.keys().cloned().collect();
    let says = p.count(
        "network-map-says",
        members.iter().filter(|code| map::has(code)).count(),
    );
    let map = map::world("world", p.say("network-map"), says, &members, &ties, &[]);
    let mut countries: Vec<Country> = countries
        .into_iter()
        .map(|(code, (organisations, entries))| Country {
            drawn: map::has(&code),
            name: country_name(&p, &code),
            organisations,
            entries,
        })
        .collect();
    countries.sort_by_cached_key(|country| {
        (
            std::cmp::Reverse(country.organisations),
            country.name.clone(),
        )
    });
    let staff = p.caller.reader() == Reader::Staff;
    let health = match staff {
        true => partners.iter().map(|partner| health(&p, partner)).collect(),
        false => Vec::new(),
    };
    filled(&Network {
        more: total - rows.len(),
        entries: all,
        map,
        total,
        countries,
        rows,
        staff,
        health,
        p,
    })
}

fn country_name(p: &Page, country: &str) -> String {
    match country {
        "" => p.say("country-unknown"),
        country => p.coded(&code::COUNTRY, country),
    }
}

/// Who accredits whom today, of those that stand. This is public: accreditations are control entries.
fn let_in(node: &Node, standing: &[OrgId]) -> Vec<(OrgId, OrgId)> {
    let today = crate::clock::now().date();
    let ledger = node.ingest().ledger();
    let known: BTreeSet<&OrgId> = standing.iter().collect();
    standing
        .iter()
        .flat_map(|organisation| {
            let grants = ledger.accreditations(organisation).into_iter();
            let in_force = grants.filter(|grant| grant.revoked.is_none() && grant.covers(today));
            in_force.map(|grant| (*organisation, grant.subject))
        })
        .filter(|(_, subject)| known.contains(subject))
        .collect()
}

fn ties(let_in: &[(OrgId, OrgId)], codes: &BTreeMap<OrgId, String>) -> Vec<(String, String)> {
    let ties: BTreeSet<(String, String)> = let_in
        .iter()
        .filter_map(|(by, accredited)| {
            let (by, accredited) = (codes.get(by)?, codes.get(accredited)?);
            (by != accredited).then(|| (by.clone(), accredited.clone()))
        })
        .take(TIES_SHOWN_MAX)
        .collect();
    ties.into_iter().collect()
}

/// How it is with a partner: a badge's tone, and the key of its text.
fn link(partner: &PartnerStatus) -> (&'static str, &'static str) {
    match (partner.stale, partner.connected) {
        (true, _) => ("bad", "health-silent"),
        (_, true) => ("good", "health-connected"),
        _ if partner.state == "invitation pending" => ("warn", "health-invited"),
        _ => ("warn", "health-away"),
    }
}

fn health(p: &Page, partner: &PartnerStatus) -> Health {
    let (tone, says) = link(partner);
    Health {
        name: partner.name.clone(),
        to: format!("/organisations/{}", partner.organisation),
        tone,
        says,
        lag: partner.lag,
        last: partner
            .last_contact
            .as_deref()
            .map_or_else(|| "–".to_owned(), |at| p.moment(at)),
        refusals: partner.refusals.values().sum(),
    }
}
