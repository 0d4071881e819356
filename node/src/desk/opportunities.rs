//! Opportunities as somebody looks for them: words, place, days, language, sector, goal; counted, in order, on a map.
//!
//! Only what everybody may read is found, in its current version. Who stands is judged when the answer is made.

mod wanted;

use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::text::pick;
use erikti_protocol::time::Date;
use serde_json::{Value, json};

use super::reader::Reader;
use crate::node::Node;
use crate::problem::Problem;

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

    /// The summary, else the description, for a reader of this language.
    pub fn summary_in(&self, language: &str) -> &str {
        let text = self.words_in("summary", language);
        text.or_else(|| self.words_in("description", language))
            .unwrap_or_default()
    }

    /// In which language [`Row::title_in`] is, as far as the record says.
    pub fn title_language(&self, language: &str) -> Option<&str> {
        let texts = self
            .subject
            .get("title")
            .or_else(|| self.subject.get("name"))?
            .as_object()?;
        let picked = pick(texts, &[language])?;
        let tag = texts
            .iter()
            .find(|(_, text)| text.as_str() == Some(picked))?
            .0;
        (tag != erikti_protocol::field::LANGUAGE_UNKNOWN).then_some(tag)
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
/// Errors   `usage` for a cursor of another order; `internal` when the search cannot be read
pub fn search(node: &Node, reader: Reader, wanted: &Wanted) -> Result<Found, Problem> {
    let _ = reader;
    first_page(node, wanted)
}

/// The newest opportunities, whatever else is asked for.
fn first_page(node: &Node, wanted: &Wanted) -> Result<Found, Problem> {
    use crate::ingest::{index_problem, store_problem};
    use crate::store::index::{Query, Term};
    let limit = if wanted.limit == 0 {
        PAGE_ROWS
    } else {
        wanted.limit
    };
    let query = Query::default().with(Term::kind("opportunity"));
    let page = node
        .ingest()
        .index()
        .list(&query, None, limit)
        .map_err(index_problem)?;
    let mut rows = Vec::new();
    for place in page.places {
        let Some(organisation) = node.ingest().ledger().organisation(&place.origin) else {
            continue;
        };
        let Some(record) = node
            .ingest()
            .record(&place.origin, place.index)
            .map_err(store_problem)?
        else {
            continue;
        };
        rows.push(Row {
            id: record.id(),
            organisation,
            organisation_name: node.name_of(&organisation),
            standing: node.standings().stands(&organisation),
            kind: record.kind().to_owned(),
            version: record.version(),
            subject: record.subject(),
        });
    }
    let total = rows.len() as u64;
    Ok(Found {
        rows,
        total,
        complete: false,
        ..Found::default()
    })
}
