//! This organisation's own records, to look through, filter and close; the kinds that new ones may be of.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::Response;
use erikti_protocol::field::{Choice, Shape};
use erikti_protocol::kind::{self, Kind};
use erikti_protocol::log::Class;
use serde::Deserialize;

use super::page::{Page, filled};
use super::staff::{Pairs, Told, every, see_other};
use crate::desk::edits;
use crate::desk::form::lines::label;
use crate::desk::imports::bulk;
use crate::desk::own::{self, Filter, Own};
use crate::front::{blocking, download};
use crate::node::Node;
use crate::problem::Problem;
use crate::store::index::PageCursor;
use crate::text::Language;

/// Records closed at once, at most: two pages of them.
const CLOSE_MAX: usize = 2 * own::PAGE_RECORDS;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    kind: String,
    status: String,
    q: String,
    cursor: String,
}

impl Asked {
    /// The kind that a table of what is asked for is of.
    fn table_kind(&self) -> &str {
        match self.kind.as_str() {
            "" => "opportunity",
            kind => kind,
        }
    }

    /// The filters as an address has them, each with `&` behind it.
    fn pairs(&self, kind: &str) -> String {
        let encode = |text: &str| askama::filters::urlencode(text).map(|text| text.to_string());
        let pair = |name: &str, text: &str| match encode(text) {
            Ok(text) if !text.is_empty() => format!("{name}={text}&"),
            _ => String::new(),
        };
        [
            pair("kind", kind),
            pair("status", &self.status),
            pair("q", &self.q),
        ]
        .concat()
    }
}

#[derive(Template)]
#[template(path = "staff/records.html")]
struct Listed {
    p: Page,
    told: Told,
    asked: Asked,
    records: Vec<Own>,
    next: Option<PageCursor>,
}

impl Listed {
    fn kinds(&self) -> Vec<&'static Kind> {
        ordinary()
    }

    fn statuses(&self) -> Vec<Choice> {
        let kinds = ordinary();
        let chosen = kinds
            .iter()
            .filter(|kind| self.asked.kind.is_empty() || kind.name == self.asked.kind);
        let mut all: Vec<Choice> = Vec::new();
        for choice in chosen.flat_map(|kind| statuses_of(kind)) {
            if !all.iter().any(|known| known.value == choice.value) {
                all.push(*choice);
            }
        }
        all
    }

    fn kind_label(&self, name: &str) -> String {
        kind::by_name(name).map_or_else(
            || name.to_owned(),
            |kind| kind.label.of(self.p.language.tag()).to_owned(),
        )
    }

    fn status_label(&self, record: &Own) -> String {
        let choices = kind::by_name(&record.kind)
            .map(statuses_of)
            .unwrap_or_default();
        let status = record.status.as_deref().unwrap_or_default();
        label(choices, status, self.p.language)
    }

    /// Whether a record's kind has a status that ends it.
    fn closes(&self, record: &Own) -> bool {
        kind::by_name(&record.kind)
            .is_some_and(|kind| edits::status_that(kind, &edits::ENDS).is_some())
    }

    fn further(&self, cursor: &PageCursor) -> String {
        let pairs = self.asked.pairs(&self.asked.kind);
        format!("/manage/records?{pairs}cursor={cursor}")
    }

    /// Where the table of these records is, and of which kind it is.
    fn table(&self) -> (String, String) {
        let kind = self.asked.table_kind();
        let pairs = self.asked.pairs(kind);
        let to = format!("/manage/records.csv?{}", pairs.trim_end_matches('&'));
        (to, self.kind_label(kind))
    }

    fn filtered(&self) -> bool {
        !(self.asked.kind.is_empty() && self.asked.status.is_empty() && self.asked.q.is_empty())
    }
}

/// Kinds whose records people make with forms; receipts are the node's own answers.
fn ordinary() -> Vec<&'static Kind> {
    let ordinary = kind::all().iter().copied();
    ordinary
        .filter(|kind| kind.class == Class::Record && kind.name != kind::receipt::KIND.name)
        .collect()
}

fn statuses_of(kind: &Kind) -> &'static [Choice] {
    match kind.field("status").map(|field| field.shape) {
        Some(Shape::OneOf(choices) | Shape::Suggested(choices)) => choices,
        _ => &[],
    }
}

/// The list.
pub(super) async fn list(
    State(node): State<Node>,
    p: Page,
    Query(told): Query<Told>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let filter = Filter {
        kind: some(&asked.kind),
        status: some(&asked.status),
        text: asked.q.clone(),
        cursor: PageCursor::parse(&asked.cursor),
    };
    let language = p.language;
    let page = blocking(&node, move |node| own::list(node, &filter, language)).await?;
    filled(&Listed {
        p,
        told,
        asked,
        records: page.records,
        next: page.next,
    })
}

/// The same records as a table: those of one kind, whose fields are its columns.
pub(super) async fn table(
    State(node): State<Node>,
    p: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let kind = edits::kind_of(asked.table_kind())?;
    // Spreadsheets in Kazakh and Russian have the comma as the decimal point, and want semicolons between cells.
    let between = match p.language {
        Language::Kazakh | Language::Russian => b';',
        _ => b',',
    };
    let filter = Filter {
        status: Some(asked.status).filter(|status| !status.is_empty()),
        text: asked.q,
        ..Filter::default()
    };
    Ok(download::records(&node, kind, filter, p.language, between))
}

/// Closes the records that were ticked.
pub(super) async fn close(
    State(node): State<Node>,
    p: Page,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let mut ids = every(&pairs, "id");
    ids.truncate(CLOSE_MAX);
    let by = p.caller.actor();
    let closed = blocking(&node, move |node| bulk::close(node, &by, &ids)).await?;
    Ok(see_other(&match closed {
        Some((id, n)) => format!("/manage/import/{id}?done=closed-many&n={n}"),
        None => "/manage/records".to_owned(),
    }))
}

#[derive(Template)]
#[template(path = "staff/kinds.html")]
struct Kinds {
    p: Page,
    kinds: Vec<&'static Kind>,
}

/// The kinds that a new record may be of.
pub(super) async fn kinds(p: Page) -> Result<Response, Problem> {
    filled(&Kinds {
        p,
        kinds: ordinary(),
    })
}
