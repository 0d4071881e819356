//! Opportunities: what there is to do, found by words, place, days and more, as a list or on a map.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use erikti_protocol::field::{Code, code};
use erikti_protocol::kind::opportunity::STATUSES;
use serde_json::Value;

use super::map::{self, Dot, Map};
use super::page::{Page, filled};
use super::shown::{self, Words};
use crate::desk::opportunities::{Cell, Facet, Found, Point, Row, Sort, Wanted, search};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;

/// Characters of a summary on a card: three lines on a phone.
const SUMMARY_CHARS: usize = 160;
/// The name in the address that chooses between list and map; no filter.
const VIEW: &str = "view";

/// One opportunity of the list.
pub(super) struct Card {
    pub(super) to: String,
    pub(super) title: Words,
    pub(super) summary: String,
    pub(super) summary_language: Option<String>,
    pub(super) organisation: String,
    pub(super) standing: bool,
    pub(super) place: String,
    pub(super) when: String,
    pub(super) remote: bool,
    pub(super) priority: bool,
    pub(super) closed: Option<&'static str>,
}

/// One filter that is on, and the address without it.
struct Chip {
    name: String,
    value: String,
    without: String,
}

/// A choice of a list, with how many have it.
struct Choice {
    value: String,
    says: String,
    chosen: bool,
}

/// A spot of the map's table.
struct Spot {
    count: u64,
    to: String,
    near: String,
}

#[derive(Template)]
#[template(path = "opportunities.html")]
struct Opportunities {
    p: Page,
    wanted: Wanted,
    refused: Vec<String>,
    chips: Vec<Chip>,
    countries: Vec<Choice>,
    languages: Vec<Choice>,
    sectors: Vec<Choice>,
    goals: Vec<Choice>,
    remotes: Vec<Choice>,
    sorts: Vec<Choice>,
    cards: Vec<Card>,
    found: Found,
    map: Option<Map>,
    spots: Vec<Spot>,
    as_list: String,
    as_map: String,
    next: Option<String>,
    first: Option<String>,
}

impl Opportunities {
    fn radius(&self) -> String {
        self.wanted
            .radius_km
            .map_or_else(String::new, |radius| radius.to_string())
    }

    fn near(&self) -> String {
        self.wanted
            .near
            .map_or_else(String::new, |near| near.to_string())
    }

    fn day(day: Option<&erikti_protocol::time::Date>) -> String {
        day.map_or_else(String::new, ToString::to_string)
    }

    fn organisation(&self) -> String {
        self.wanted
            .organisation
            .map_or_else(String::new, |organisation| organisation.to_string())
    }
}

/// The page.
pub(super) async fn list(
    p: Page,
    State(node): State<Node>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    blocking(&node, move |node| page(p, node, query)).await
}

fn page(p: Page, node: &Node, mut query: BTreeMap<String, String>) -> Result<Response, Problem> {
    let on_map = query.remove(VIEW).is_some_and(|view| view == "map");
    let (wanted, refused) = read(query)?;
    let found = search(node, p.caller.reader(), &wanted)?;
    let places: Vec<(Point, String)> = found
        .rows
        .iter()
        .filter_map(|row| Some((row.point()?, place(&p, row.subject.get("place")))))
        .collect();
    let spots: Vec<Spot> = found
        .cells
        .iter()
        .map(|cell| spot(&wanted, cell, &places))
        .collect();
    let dots: Vec<Dot> = found.cells.iter().map(dot).collect();
    let map = (on_map && !dots.is_empty()).then(|| {
        let says = p.count("map-says", dots.len());
        map::around("places", p.say("opportunities-map"), says, &dots)
    });
    let first_page = Wanted {
        cursor: None,
        ..wanted.clone()
    };
    let view = if on_map { "map" } else { "list" };
    let next = found.next.as_ref().map(|next| {
        let next = Wanted {
            cursor: Some(next.clone()),
            ..wanted.clone()
        };
        address(&next, view)
    });
    filled(&Opportunities {
        refused: refused.iter().map(|name| filter_name(&p, name)).collect(),
        chips: chips(&p, node, &wanted, view),
        countries: choices(&p, &found.facets.country, &wanted.country, &code::COUNTRY),
        languages: choices(
            &p,
            &found.facets.language,
            &wanted.language,
            &code::LANGUAGE,
        ),
        sectors: choices(&p, &found.facets.sector, &wanted.sector, &code::SECTOR),
        goals: choices(&p, &found.facets.sdg, &wanted.sdg, &code::SDG),
        remotes: remotes(&p, &wanted),
        sorts: sorts(&p, &wanted),
        cards: found.rows.iter().map(|row| card(&p, row)).collect(),
        map,
        spots,
        as_list: address(&first_page, "list"),
        as_map: address(&first_page, "map"),
        first: wanted.cursor.is_some().then(|| address(&first_page, view)),
        next,
        found,
        wanted,
        p,
    })
}

/// Reads the filters. One that cannot be read is left out and named: an old link still shows something.
fn read(mut query: BTreeMap<String, String>) -> Result<(Wanted, Vec<String>), Problem> {
    let mut refused = Vec::new();
    loop {
        match Wanted::read(&query) {
            Ok(wanted) => return Ok((wanted, refused)),
            Err(problem) => {
                let field = problem.field.clone().unwrap_or_default();
                // A distance without a point: nothing of that name is there to leave out.
                let removed = query.remove(&field).is_some()
                    || (field == "near"
                        && (query.remove("radius_km").is_some() | query.remove("sort").is_some()));
                if !removed {
                    return Err(problem);
                }
                refused.push(field);
            }
        }
    }
}

fn address(wanted: &Wanted, view: &str) -> String {
    let query = wanted.to_query();
    match (query.is_empty(), view) {
        (true, "map") => format!("/?{VIEW}=map"),
        (false, "map") => format!("/?{query}&{VIEW}=map"),
        (true, _) => "/".to_owned(),
        (false, _) => format!("/?{query}"),
    }
}

fn filter_name(p: &Page, name: &str) -> String {
    match name {
        "q" => p.say("filter-words"),
        "near" => p.say("filter-near"),
        "radius_km" => p.say("filter-radius"),
        "place" => p.say("filter-place"),
        "country" => p.say("filter-country"),
        "from" => p.say("filter-from"),
        "until" => p.say("filter-until"),
        "language" => p.say("filter-language"),
        "sector" => p.say("filter-sector"),
        "sdg" => p.say("filter-sdg"),
        "remote" => p.say("filter-remote"),
        "organisation" => p.say("filter-organisation"),
        "status" => p.say("filter-status"),
        other => other.chars().take(40).collect(),
    }
}

fn chips(p: &Page, node: &Node, wanted: &Wanted, view: &str) -> Vec<Chip> {
    let pairs = wanted.pairs();
    let shown = pairs
        .iter()
        .filter(|(name, _)| !["sort", "limit", "cursor"].contains(name));
    shown
        .filter_map(|(name, value)| {
            let said = match *name {
                "country" => p.coded(&code::COUNTRY, value),
                "language" => p.coded(&code::LANGUAGE, value),
                "sector" => p.coded(&code::SECTOR, value),
                "sdg" => p.coded(&code::SDG, value),
                "from" | "until" => p.date(value),
                "remote" => p.say(if value == "true" { "yes" } else { "no" }),
                "organisation" => wanted.organisation_name(node)?,
                "status" => status(p, value).unwrap_or_else(|| p.say("status-any")),
                _ => value.clone(),
            };
            let mut without = wanted.with(name, "").ok().or_else(|| {
                // Without a point there is no distance either.
                let near = wanted.with("radius_km", "").ok()?;
                Wanted {
                    near: None,
                    sort: Sort::default(),
                    ..near
                }
                .with("near", "")
                .ok()
            })?;
            without.cursor = None;
            Some(Chip {
                name: filter_name(p, name),
                value: said,
                without: address(&without, view),
            })
        })
        .collect()
}

fn status(p: &Page, value: &str) -> Option<String> {
    let status = STATUSES.iter().find(|status| status.value == value)?;
    Some(p.words(status.label).to_owned())
}

fn choices(p: &Page, facets: &[Facet], chosen: &Option<String>, list: &Code) -> Vec<Choice> {
    let mut choices: Vec<Choice> = facets
        .iter()
        .map(|facet| Choice {
            says: format!("{} ({})", p.coded(list, &facet.code), p.number(facet.count)),
            chosen: chosen.as_ref() == Some(&facet.code),
            value: facet.code.clone(),
        })
        .collect();
    if let Some(chosen) = chosen
        && !choices.iter().any(|choice| choice.chosen)
    {
        choices.push(Choice {
            says: p.coded(list, chosen),
            chosen: true,
            value: chosen.clone(),
        });
    }
    choices
}

fn remotes(p: &Page, wanted: &Wanted) -> Vec<Choice> {
    let choice = |value: bool, key: &str| Choice {
        value: value.to_string(),
        says: p.say(key),
        chosen: wanted.remote == Some(value),
    };
    vec![choice(true, "remote-only"), choice(false, "remote-never")]
}

fn sorts(p: &Page, wanted: &Wanted) -> Vec<Choice> {
    let sorts = Sort::ALL
        .into_iter()
        .filter(|sort| *sort != Sort::Near || wanted.near.is_some());
    sorts
        .map(|sort| Choice {
            value: sort.as_str().to_owned(),
            says: p.say(match sort {
                Sort::Relevance => "sort-relevance",
                Sort::New => "sort-new",
                Sort::Start => "sort-start",
                Sort::Near => "sort-near",
            }),
            chosen: wanted.sort == sort,
        })
        .collect()
}

fn dot(cell: &Cell) -> Dot {
    Dot {
        longitude: cell.point.longitude,
        latitude: cell.point.latitude,
        count: cell.count,
    }
}

fn spot(wanted: &Wanted, cell: &Cell, places: &[(Point, String)]) -> Spot {
    /// Kilometres around the middle of a cluster: the people there see what is counted, and a little more.
    const AROUND_KM: u32 = 50;
    /// Degrees within which a place names a cluster: about as many kilometres.
    const NAMES_DEGREES: f64 = 0.5;
    let near = Wanted {
        near: Some(cell.point),
        radius_km: Some(AROUND_KM),
        cursor: None,
        ..wanted.clone()
    };
    let close = |point: &Point| {
        (point.latitude - cell.point.latitude).abs() < NAMES_DEGREES
            && (point.longitude - cell.point.longitude).abs() < NAMES_DEGREES
    };
    let degrees = format!("{:.1}, {:.1}", cell.point.latitude, cell.point.longitude);
    let name = places
        .iter()
        .find(|(point, name)| close(point) && !name.is_empty());
    Spot {
        count: cell.count,
        to: address(&near, "list"),
        near: name.map_or(degrees.clone(), |(_, name)| format!("{name} ({degrees})")),
    }
}

/// A row as a card.
pub(super) fn card(p: &Page, row: &Row) -> Card {
    let title = ["title", "name"]
        .iter()
        .find_map(|member| Words::of(row.subject.get(*member)?, p.language));
    let summary = ["summary", "description"]
        .iter()
        .find_map(|member| Words::of(row.subject.get(*member)?, p.language))
        .unwrap_or_default();
    let truth = |member: &str| row.subject.get(member) == Some(&Value::Bool(true));
    let status = row.subject.get("status").and_then(Value::as_str);
    let closed = STATUSES
        .iter()
        .find(|choice| Some(choice.value) == status && choice.value != "open");
    let days = |member: &str| row.subject.get(member).and_then(Value::as_str);
    Card {
        to: shown::opportunity_address(&row.id),
        title: title.unwrap_or_else(|| Words::plain(p.say("untitled"))),
        summary: shortened(&summary.text),
        summary_language: summary.language,
        organisation: row.organisation_name.clone(),
        standing: row.standing,
        place: place(p, row.subject.get("place")),
        when: when(p, days("startDate"), days("endDate")),
        remote: truth("allowsRemoteParticipation"),
        priority: truth("priority"),
        closed: closed.map(|choice| p.words(choice.label)),
    }
}

/// Town and country, as far as they are given.
pub(super) fn place(p: &Page, place: Option<&Value>) -> String {
    let member = |name: &str| place?.get(name)?.as_str().map(str::to_owned);
    let town = member("locality")
        .or_else(|| member("area"))
        .or_else(|| member("name"));
    let country = member("country").map(|country| p.coded(&code::COUNTRY, &country));
    let parts: Vec<String> = [town, country].into_iter().flatten().collect();
    parts.join(", ")
}

/// From when to when, as far as that is given.
pub(super) fn when(p: &Page, from: Option<&str>, until: Option<&str>) -> String {
    match (from, until) {
        (Some(from), Some(until)) if from == until => p.date(from),
        (Some(from), Some(until)) => p.language.say_with(
            "dates-both",
            &[
                ("from", p.date(from).into()),
                ("until", p.date(until).into()),
            ],
        ),
        (Some(from), None) => p.say_of("dates-from", "from", p.date(from)),
        (None, Some(until)) => p.say_of("dates-until", "until", p.date(until)),
        (None, None) => String::new(),
    }
}

/// The beginning of a text, to the end of a word.
pub(super) fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SUMMARY_CHARS) {
        None => text,
        Some((end, _)) => {
            let cut = text[..end].rfind(' ').unwrap_or(end);
            format!("{}…", text[..cut].trim_end_matches([',', '.', ';', ':']))
        }
    }
}
