//! Opportunities as somebody looks for them: words, place, days, language, sector, goal; counted, in order, on a map.
//!
//! Only what everybody may read is found, in its current version. Who stands is judged when the answer is made.

mod wanted;

use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::kind::opportunity;
use erikti_protocol::text::pick;
use erikti_protocol::time::Date;
use erikti_protocol::trust::Standings;
use serde_json::{Value, json};

use super::reader::Reader;
use super::thing::Thing;
use crate::clock;
use crate::ingest::{search_problem, store_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::search::{self, Ask, Cursor, Hit, List, Near, Order, Tag};

pub use wanted::{
    ANY_STATUS, NAMES, PAGE_ROWS, PAGE_ROWS_MAX, Point, RADIUS_KM, RADIUS_KM_MAX, Sort,
    TEXT_CHARS_MAX, Wanted,
};

/// One page of what was found, and what is to be said of all of it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// In the order asked for.
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: u64,
    /// The next page's cursor.
    pub next: Option<String>,
    /// How many of all of them have which values.
    pub facets: Facets,
    /// Where all of them are, those near each other counted together.
    pub cells: Vec<Cell>,
    /// Nothing has all the words; what has some of them is shown.
    pub loosened: bool,
    /// Whether everything that is held here was looked through; not so while the search catches up.
    pub complete: bool,
}

/// One record that was found, as outside text: shown, never trusted.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub id: RecordId,
    /// Whose it is.
    pub organisation: OrgId,
    /// What that organisation calls itself.
    pub organisation_name: String,
    /// Whether that organisation stands, today and as seen from here.
    pub standing: bool,
    /// Its kind.
    pub kind: String,
    /// Its version.
    pub version: u64,
    /// `credentialSubject`.
    pub subject: Value,
}

/// A value, and how many have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The code, as records have it.
    pub code: String,
    /// How many.
    pub count: u64,
}

/// Counts by what people filter by, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// ISO 3166-1 alpha-2.
    pub country: Vec<Facet>,
    /// Sections of ICNP/TSO.
    pub sector: Vec<Facet>,
    /// Goals, 1 to 17.
    pub sdg: Vec<Facet>,
    /// Languages, first part of BCP 47.
    pub language: Vec<Facet>,
    /// `true` and `false`.
    pub remote: Vec<Facet>,
}

/// A spot on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The middle of those counted.
    pub point: Point,
    /// How many.
    pub count: u64,
}

impl Row {
    /// The title for a reader of this language, or in the nearest one; empty when there is none.
    pub fn title_in(&self, language: &str) -> &str {
        let text = self.words_in("title", language);
        text.or_else(|| self.words_in("name", language))
            .unwrap_or_default()
    }

    fn words_in(&self, member: &str, language: &str) -> Option<&str> {
        match self.subject.get(member)? {
            Value::String(text) => Some(text),
            Value::Object(texts) => pick(texts, &[language]),
            _ => None,
        }
    }

    /// A member of the place: `locality`, `area`, `country` and others.
    pub fn place(&self, member: &str) -> Option<&str> {
        self.subject.get("place")?.get(member)?.as_str()
    }

    /// Where it is, as far as the record says.
    pub fn point(&self) -> Option<Point> {
        let (latitude, longitude) = (self.place("latitude")?, self.place("longitude")?);
        Point::parse(&format!("{latitude},{longitude}"))
    }

    /// Its first day.
    pub fn starts(&self) -> Option<Date> {
        self.day("startDate")
    }

    /// Its last day.
    pub fn ends(&self) -> Option<Date> {
        self.day("endDate")
    }

    fn day(&self, member: &str) -> Option<Date> {
        Date::parse(self.subject.get(member)?.as_str()?)
    }

    /// As programs read it.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "kind": self.kind, "version": self.version, "organisation": self.organisation,
            "organisationName": self.organisation_name, "standing": self.standing, "subject": self.subject,
        })
    }
}

impl Facets {
    fn to_json(&self) -> Value {
        let counts = |facets: &[Facet]| -> Value {
            let counts = facets
                .iter()
                .map(|facet| json!({"code": facet.code, "count": facet.count}));
            counts.collect()
        };
        json!({
            "country": counts(&self.country), "sector": counts(&self.sector), "sdg": counts(&self.sdg),
            "language": counts(&self.language), "remote": counts(&self.remote),
        })
    }
}

impl Found {
    /// As programs read it.
    pub fn to_json(&self) -> Value {
        let cells = self.cells.iter().map(|cell| {
            json!({"latitude": cell.point.latitude, "longitude": cell.point.longitude, "count": cell.count})
        });
        json!({
            "opportunities": self.rows.iter().map(Row::to_json).collect::<Vec<_>>(), "total": self.total, "next": self.next,
            "facets": self.facets.to_json(), "map": cells.collect::<Vec<_>>(), "loosened": self.loosened, "complete": self.complete,
        })
    }
}

/// Finds opportunities.
///
/// Errors   `usage` for a cursor of another order; `search.unready`; `internal`
pub fn search(node: &Node, reader: Reader, wanted: &Wanted) -> Result<Found, Problem> {
    let mut ask = asked(opportunity::KIND.name, wanted)?;
    let status = wanted.status.as_deref().unwrap_or("open");
    if status != ANY_STATUS {
        ask.tags.push(vec![Tag::status(status)]);
    }
    found(node, reader, wanted.sort, &ask)
}

/// What is wanted, as the search is asked for it.
fn asked(kind: &str, wanted: &Wanted) -> Result<Ask, Problem> {
    let mut tags = vec![vec![Tag::kind(kind)]];
    tags.extend(wanted.country.iter().map(|code| vec![Tag::country(code)]));
    tags.extend(wanted.language.iter().map(|tag| vec![Tag::language(tag)]));
    tags.extend(wanted.sector.iter().map(|code| vec![Tag::sector(code)]));
    tags.extend(wanted.sdg.iter().map(|code| vec![Tag::sdg(code)]));
    tags.extend(wanted.remote.map(|remote| vec![Tag::remote(remote)]));
    tags.extend(
        wanted
            .organisation
            .map(|organisation| vec![Tag::organisation(&organisation)]),
    );
    let everywhere = wanted.sort == Sort::Near && wanted.radius_km.is_none();
    let radius_m = (!everywhere).then_some(wanted.radius_km.unwrap_or(RADIUS_KM) * 1_000);
    let order = match wanted.sort {
        Sort::Relevance => Order::Fit,
        Sort::New => Order::New,
        Sort::Start => Order::Start(clock::now().date().days()),
        Sort::Near => Order::Near,
    };
    Ok(Ask {
        words: wanted.q.clone(),
        place: wanted.place.clone(),
        tags,
        from: wanted.from.map(Date::days),
        until: wanted.until.map(Date::days),
        near: wanted.near.map(
            |Point {
                 latitude,
                 longitude,
             }| Near {
                latitude,
                longitude,
                radius_m,
            },
        ),
        order,
        limit: if wanted.limit == 0 {
            PAGE_ROWS
        } else {
            wanted.limit.min(PAGE_ROWS_MAX)
        },
        after: wanted
            .cursor
            .as_deref()
            .map(|cursor| read_cursor(wanted.sort, cursor))
            .transpose()?,
    })
}

/// Finds public records of another kind, in whatever state they are unless one is asked for.
///
/// Errors   those of [`search()`]
pub fn of_kind(node: &Node, reader: Reader, kind: &str, wanted: &Wanted) -> Result<Found, Problem> {
    let mut ask = asked(kind, wanted)?;
    let status = wanted
        .status
        .as_deref()
        .filter(|status| *status != ANY_STATUS);
    ask.tags
        .extend(status.map(|status| vec![Tag::status(status)]));
    found(node, reader, wanted.sort, &ask)
}

fn found(node: &Node, reader: Reader, sort: Sort, ask: &Ask) -> Result<Found, Problem> {
    let ingest = node.ingest();
    let hits = ingest
        .search()
        .find(ingest.as_ref(), ask)
        .map_err(search_problem)?;
    let last = hits.rows.last().filter(|_| hits.more);
    let next = last.map(|hit| format!("{}{}", letter(sort), hit.cursor));
    let standings = node.standings();
    let mut rows = Vec::with_capacity(hits.rows.len());
    for hit in &hits.rows {
        rows.extend(row(node, reader, &standings, hit)?);
    }
    let facets = |list: List| {
        let mut facets: Vec<Facet> = hits
            .counts
            .iter()
            .filter(|(tag, _)| tag.is_of(list))
            .map(|(tag, count)| Facet {
                code: tag.text(),
                count: *count,
            })
            .collect();
        facets.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
        facets
    };
    let cell = |cell: &search::Cell| Cell {
        point: Point {
            latitude: cell.latitude,
            longitude: cell.longitude,
        },
        count: cell.count,
    };
    Ok(Found {
        rows,
        total: hits.total,
        next,
        facets: Facets {
            country: facets(List::Country),
            sector: facets(List::Sector),
            sdg: facets(List::Sdg),
            language: facets(List::Language),
            remote: facets(List::Remote),
        },
        cells: hits.cells.iter().map(cell).collect(),
        loosened: hits.loosened,
        complete: hits.complete,
    })
}

/// The record of a hit; `None` when it is not what is to be shown any more: the search is a moment behind.
fn row(
    node: &Node,
    reader: Reader,
    standings: &Standings,
    hit: &Hit,
) -> Result<Option<Row>, Problem> {
    let ingest = node.ingest();
    let Some(organisation) = ingest.ledger().organisation(&hit.origin) else {
        return Ok(None);
    };
    let record = ingest
        .record(&hit.origin, hit.index)
        .map_err(store_problem)?;
    let Some(record) = record.filter(|record| reader.may_read(record)) else {
        return Ok(None);
    };
    // What everybody sees is in the search; a version that only some may read hides nothing from the others.
    let things = Thing::all(node, Reader::Everybody, &record.id())?;
    let current = things.get(&organisation).and_then(Thing::current);
    if !current.is_some_and(|current| current.origin == hit.origin && current.index == hit.index) {
        return Ok(None);
    }
    Ok(Some(Row {
        id: record.id(),
        organisation,
        organisation_name: node.name_of(&organisation),
        standing: standings.stands(&organisation),
        kind: record.kind().to_owned(),
        version: record.version(),
        subject: record.subject(),
    }))
}

/// What a cursor of this order begins with: a cursor of another order would lead anywhere.
const fn letter(sort: Sort) -> char {
    match sort {
        Sort::Relevance => 'r',
        Sort::New => 'n',
        Sort::Start => 's',
        Sort::Near => 'd',
    }
}

fn read_cursor(sort: Sort, text: &str) -> Result<Cursor, Problem> {
    let cursor = text.strip_prefix(letter(sort)).and_then(Cursor::parse);
    cursor.ok_or_else(|| {
        Problem::new(Code::Usage, "this is no cursor of this list")
            .field("cursor")
            .found(text)
            .allowed("what `next` said on the page before")
            .hint("begin again without a cursor")
    })
}
