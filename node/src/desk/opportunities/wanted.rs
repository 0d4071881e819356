//! What somebody looks for, as an address says it: read from a query, and written as one.

use std::collections::BTreeMap;

use erikti_protocol::field::{Code as Shape, code};
use erikti_protocol::id::OrgId;
use erikti_protocol::kind::opportunity::STATUSES;
use erikti_protocol::time::Date;

use crate::nearest::nearest;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Rows on one page unless asked otherwise.
pub const PAGE_ROWS: usize = 20;
/// Rows on one page, at most: 200 records of 64 KiB are 13 MB, read for one answer.
pub const PAGE_ROWS_MAX: usize = 200;
/// Kilometres around a point, at most: half the way around the Earth, so everywhere.
pub const RADIUS_KM_MAX: u32 = 20_000;
/// Kilometres around a point unless asked otherwise: what people travel for an afternoon.
pub const RADIUS_KM: u32 = 50;
/// Characters of a text that is looked for, at most; what is longer is a text pasted by mistake.
pub const TEXT_CHARS_MAX: usize = 200;
/// Asks for opportunities in whatever state.
pub const ANY_STATUS: &str = "any";

/// Every name that a query may have.
pub const NAMES: [&str; 16] = [
    "q",
    "near",
    "radius_km",
    "place",
    "country",
    "from",
    "until",
    "language",
    "sector",
    "sdg",
    "remote",
    "organisation",
    "status",
    "sort",
    "limit",
    "cursor",
];

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// What fits the words best, then the newest. Without words: the newest.
    #[default]
    Relevance,
    /// The newest first.
    New,
    /// What begins soonest first; what is over stands at the end.
    Start,
    /// The nearest first; what has no place stands at the end.
    Near,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::Relevance, Self::New, Self::Start, Self::Near];

    /// As an address spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::New => "new",
            Self::Start => "start",
            Self::Near => "near",
        }
    }
}

/// A point on the Earth, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Point {
    /// Reads `43.25,76.95`.
    pub fn parse(text: &str) -> Option<Self> {
        let (latitude, longitude) = text.split_once(',')?;
        let read = |text: &str, most: f64| {
            let number: f64 = text.trim().parse().ok()?;
            (number.abs() <= most).then_some(number)
        };
        Some(Self {
            latitude: read(latitude, 90.0)?,
            longitude: read(longitude, 180.0)?,
        })
    }
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{}", self.latitude, self.longitude)
    }
}

/// What somebody looks for among opportunities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Words.
    pub q: String,
    /// Around which point.
    pub near: Option<Point>,
    /// How far from it, in kilometres; [`RADIUS_KM`] unless asked otherwise, everywhere when sorted by distance only.
    pub radius_km: Option<u32>,
    /// Words for a place: a town, an area, a country's name.
    pub place: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Not over before this day.
    pub from: Option<Date>,
    /// Begun by this day.
    pub until: Option<Date>,
    /// BCP 47, its first part.
    pub language: Option<String>,
    /// ICNP/TSO; a section's letter covers its groups.
    pub sector: Option<String>,
    /// A goal from 1 to 17, which covers its targets, or a target.
    pub sdg: Option<String>,
    /// Whether one can take part from anywhere.
    pub remote: Option<bool>,
    /// Whose.
    pub organisation: Option<OrgId>,
    /// One of the states of an opportunity, or [`ANY_STATUS`]; `open` when not said.
    pub status: Option<String>,
    /// In which order.
    pub sort: Sort,
    /// Rows on the page; 0 for [`PAGE_ROWS`].
    pub limit: usize,
    /// Where the page begins: what `next` said on the page before.
    pub cursor: Option<String>,
}

impl Wanted {
    /// Reads a query. What is empty is as if it were not there: forms send their empty fields.
    ///
    /// Errors   `usage` naming what is no filter, or what a filter does not take
    pub fn read(query: &BTreeMap<String, String>) -> Result<Self, Problem> {
        let mut wanted = Self::default();
        for (name, text) in query {
            if !NAMES.contains(&name.as_str()) {
                return Err(unknown(name));
            }
            let text = text.trim();
            if !text.is_empty() {
                wanted.take(name, text)?;
            }
        }
        if wanted.near.is_none() && (wanted.sort == Sort::Near || wanted.radius_km.is_some()) {
            return Err(wrong("near", "", "a point such as 43.25,76.95")
                .hint("distance needs a point to start from"));
        }
        Ok(wanted)
    }

    fn take(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        match name {
            "q" => self.q = words(name, text)?,
            "place" => self.place = words(name, text)?,
            "near" => {
                let point = Point::parse(text);
                self.near =
                    Some(point.ok_or_else(|| wrong(name, text, "a point such as 43.25,76.95"))?);
            }
            "radius_km" => {
                let allowed = format!("1 to {RADIUS_KM_MAX}");
                self.radius_km = Some(number(name, text, RADIUS_KM_MAX, allowed)?);
            }
            "country" => self.country = Some(shaped(name, &text.to_uppercase(), &code::COUNTRY)?),
            "from" => self.from = Some(day(name, text)?),
            "until" => self.until = Some(day(name, text)?),
            "language" => {
                self.language = Some(shaped(name, &text.to_lowercase(), &code::LANGUAGE)?)
            }
            "sector" => self.sector = Some(shaped(name, &text.to_uppercase(), &code::SECTOR)?),
            "sdg" => self.sdg = Some(shaped(name, text, &code::SDG)?),
            "remote" => {
                self.remote = Some(match text {
                    "true" | "1" => true,
                    "false" | "0" => false,
                    _ => return Err(wrong(name, text, "true, false")),
                });
            }
            "organisation" => {
                let organisation = OrgId::parse(text);
                self.organisation =
                    Some(organisation.ok_or_else(|| wrong(name, text, "urn:erikti:org:z…"))?);
            }
            "status" => {
                let states = || STATUSES.iter().map(|state| state.value).chain([ANY_STATUS]);
                if !states().any(|state| state == text) {
                    return Err(among(name, text, states().collect()));
                }
                self.status = Some(text.to_owned());
            }
            "sort" => {
                let sort = Sort::ALL.into_iter().find(|sort| sort.as_str() == text);
                self.sort =
                    sort.ok_or_else(|| among(name, text, Sort::ALL.map(Sort::as_str).to_vec()))?;
            }
            "limit" => {
                let most = u32::try_from(PAGE_ROWS_MAX).unwrap_or(u32::MAX);
                self.limit = number(name, text, most, format!("1 to {most}"))? as usize;
            }
            _ => self.cursor = Some(text.to_owned()),
        }
        Ok(())
    }

    /// The query's names and values, those that say something, in the order of [`NAMES`].
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let values = [
            text(&self.q),
            self.near.map(|near| near.to_string()),
            self.radius_km.map(|radius| radius.to_string()),
            text(&self.place),
            self.country.clone(),
            self.from.map(|day| day.to_string()),
            self.until.map(|day| day.to_string()),
            self.language.clone(),
            self.sector.clone(),
            self.sdg.clone(),
            self.remote.map(|remote| remote.to_string()),
            self.organisation
                .map(|organisation| organisation.to_string()),
            self.status.clone(),
            (self.sort != Sort::default()).then(|| self.sort.as_str().to_owned()),
            (self.limit != 0).then(|| self.limit.to_string()),
            self.cursor.clone(),
        ];
        NAMES
            .into_iter()
            .zip(values)
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// The query as an address carries it, without `?`.
    pub fn to_query(&self) -> String {
        let pairs: Vec<String> = self
            .pairs()
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        pairs.join("&")
    }

    /// The same with one value set, or removed when it is empty, from the first page on: what a link beside a count leads to.
    ///
    /// Errors   those of [`Wanted::read`]
    pub fn with(&self, name: &str, value: &str) -> Result<Self, Problem> {
        let mut query: BTreeMap<String, String> = self
            .pairs()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        query.remove("cursor");
        query.insert(name.to_owned(), value.to_owned());
        Self::read(&query)
    }

    /// Whether anything but order and page is asked for.
    pub fn filters(&self) -> bool {
        self.pairs()
            .iter()
            .any(|(name, _)| !["sort", "limit", "cursor"].contains(name))
    }

    /// The organisation asked for, by the name it goes by here.
    pub fn organisation_name(&self, node: &Node) -> Option<String> {
        self.organisation
            .map(|organisation| node.name_of(&organisation))
    }
}

fn unknown(name: &str) -> Problem {
    let problem = Problem::new(Code::Usage, "there is no such filter")
        .field(name)
        .found(name)
        .allowed(NAMES.join(", "));
    match nearest(name, NAMES) {
        Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
        None => problem,
    }
}

fn wrong(name: &str, found: &str, allowed: impl Into<String>) -> Problem {
    Problem::new(
        Code::Usage,
        format!("the filter `{name}` does not take this"),
    )
    .field(name)
    .found(found)
    .allowed(allowed)
}

fn among(name: &str, found: &str, allowed: Vec<&str>) -> Problem {
    let problem = wrong(name, found, allowed.join(", "));
    match nearest(found, allowed) {
        Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
        None => problem,
    }
}

fn words(name: &str, text: &str) -> Result<String, Problem> {
    match text.chars().count() {
        0..=TEXT_CHARS_MAX => Ok(text.to_owned()),
        many => Err(wrong(
            name,
            &format!("{many} characters"),
            format!("at most {TEXT_CHARS_MAX} characters"),
        )),
    }
}

fn number(name: &str, text: &str, most: u32, allowed: String) -> Result<u32, Problem> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| wrong(name, text, allowed))
}

fn day(name: &str, text: &str) -> Result<Date, Problem> {
    Date::parse(text).ok_or_else(|| wrong(name, text, "a day such as 2026-11-22"))
}

fn shaped(name: &str, text: &str, shape: &Shape) -> Result<String, Problem> {
    match shape.matches(text) {
        true => Ok(text.to_owned()),
        false => Err(wrong(name, text, shape.allowed)),
    }
}

/// Percent-encodes what is not unreserved.
///
/// Source   RFC 3986 section 2.3
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Wanted, Problem> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Wanted::read(&pairs.iter().map(own).collect())
    }

    #[test]
    fn what_is_read_is_written_again() {
        let pairs = [
            ("q", "ағаш отырғызу & \"шай\""),
            ("near", "43.25,-76.95"),
            ("radius_km", "10"),
            ("place", "Алматы"),
            ("country", "KZ"),
            ("from", "2026-11-22"),
            ("until", "2026-12-01"),
            ("language", "kk"),
            ("sector", "E10"),
            ("sdg", "13.3"),
            ("remote", "false"),
            ("status", "any"),
            ("sort", "near"),
            ("limit", "7"),
            ("cursor", "n-1"),
        ];
        let wanted = read(&pairs).expect("every filter is one");
        let own = |(name, value): (&'static str, &str)| (name, value.to_owned());
        assert_eq!(wanted.pairs(), pairs.map(own));
        assert!(wanted.to_query().starts_with("q=%D0%B0"));
        assert!(wanted.to_query().contains("%26%20%22"));
        let cleared = wanted.with("q", "").expect("a filter may go");
        assert_eq!((cleared.q.as_str(), cleared.cursor), ("", None));
        assert_eq!(read(&[("q", " "), ("country", "")]), Ok(Wanted::default()));
    }

    #[test]
    fn what_is_no_filter_is_refused_with_the_nearest() {
        let problem = read(&[("langauge", "kk")]).expect_err("a slip");
        assert_eq!(problem.hint.as_deref(), Some("did you mean `language`?"));
        for (name, text) in [
            ("near", "91,0"),
            ("near", "NaN,1"),
            ("near", "1"),
            ("radius_km", "0"),
            ("country", "KAZ"),
            ("from", "tomorrow"),
            ("sdg", "18"),
            ("sector", "Z"),
            ("remote", "maybe"),
            ("organisation", "x"),
            ("status", "opn"),
            ("sort", "best"),
            ("limit", "201"),
            ("q", &"q".repeat(201)),
        ] {
            let problem = read(&[(name, text)]).expect_err(name);
            assert_eq!(
                (problem.code, problem.field.as_deref()),
                (Code::Usage, Some(name))
            );
            assert!(problem.allowed.is_some(), "{name}");
        }
        assert!(read(&[("sort", "near")]).is_err());
    }
}
