//! Which column of a table becomes which field, chosen in a page: a guess, to be corrected.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use erikti_protocol::kind::{self, Kind};

use super::imports::kind_of_map;
use super::page::{Page, filled, page};
use super::staff::{Pairs, Refused, again, one, see_other};
use crate::desk::imports;
use crate::desk::imports::batch::{self, Batch, State as Standing};
use crate::desk::imports::columns::{self, Choices, Chosen, DATE_FORMATS, Target};
use crate::formats::csv::{Glance, glance};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Rows of a table that are looked at to guess what its columns are.
const GLANCE_ROWS: usize = 20;
/// Sample cells shown with a column.
const SAMPLES: usize = 3;

#[derive(Template)]
#[template(path = "staff/import_columns.html")]
struct Columns {
    p: Page,
    batch: Batch,
    glance: Glance,
    targets: Vec<Target>,
    choices: Choices,
    refused: Option<Refused>,
}

impl Columns {
    fn samples(&self, at: &usize) -> String {
        let rows = self.glance.rows.iter().filter_map(|row| row.get(*at));
        let cells = rows.filter(|cell| !cell.is_empty()).take(SAMPLES);
        cells
            .map(|cell| cell.chars().take(60).collect::<String>())
            .collect::<Vec<_>>()
            .join(" · ")
    }

    fn chosen(&self, column: &str) -> Chosen {
        self.choices
            .columns
            .get(column)
            .cloned()
            .unwrap_or_default()
    }

    fn formats(&self) -> Vec<&'static str> {
        let mut formats = DATE_FORMATS.to_vec();
        formats.extend(["0", "00000"]);
        formats
    }

    /// A day as a format writes it, so that people need not know what `%d` is.
    fn example(&self, format: &str) -> &'static str {
        match format {
            "%Y-%m-%d" => "2026-12-31",
            "%d.%m.%Y" => "31.12.2026",
            "%B %d %Y" => "December 31 2026",
            "%B %d, %Y" => "December 31, 2026",
            "%d %B %Y" => "31 December 2026",
            "%m/%d/%Y" => "12/31/2026",
            "%d/%m/%Y" => "31/12/2026",
            "%Y-%m-%d %H:%M" => "2026-12-31 09:00",
            "0" => "50.0 → 50",
            "00000" => "2114.0 → 02114",
            _ => "",
        }
    }
}

/// What a table has: as its mapping says, opportunities as long as there is none.
fn kind_of(batch: &Batch) -> &'static Kind {
    let known = batch.map.as_deref().and_then(kind_of_map);
    known.unwrap_or(&kind::opportunity::KIND)
}

fn columns_page(
    node: &Node,
    p: Page,
    batch: Batch,
    choices: Option<Choices>,
    refused: Option<Refused>,
) -> Result<Columns, Problem> {
    let kind = kind_of(&batch);
    let bytes = batch
        .file(node)
        .ok_or_else(|| Problem::new(Code::ImportUnknown, "the file is not here any more"))?;
    let glance = glance(&bytes, GLANCE_ROWS)
        .map_err(|fault| Problem::new(Code::ImportInvalid, fault.to_string()))?;
    let choices = match (choices, batch.map.as_deref().and_then(Choices::parse)) {
        (Some(choices), _) | (None, Some(choices)) => choices,
        (None, None) => {
            let mut choices = columns::guess(node, kind, &glance, p.language)?;
            if choices.source.is_empty() {
                choices.source = source_of(&batch.name);
            }
            choices
        }
    };
    Ok(Columns {
        targets: columns::targets(kind, p.language),
        batch,
        glance,
        choices,
        refused,
        p,
    })
}

/// A short name of where a table comes from, made of its file's name.
fn source_of(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let word: String = stem
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .take(100)
        .collect();
    let word = word.trim_matches('-');
    match word {
        "" => "table".to_owned(),
        word => word.to_owned(),
    }
}

/// Which column becomes which field: a guess, to be corrected.
pub(super) async fn columns(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        let batch = batch::find(node, &id)?;
        columns_page(node, p, batch, None, None)
    })
    .await
}

/// Takes what was chosen.
pub(super) async fn choose(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let to = format!("/manage/import/{id}");
    let page = blocking(&node, move |node| {
        let mut batch = batch::find(node, &id)?;
        if batch.state != Standing::Staged {
            return Ok(None);
        }
        let mut choices = Choices {
            source: one(&pairs, "source").to_owned(),
            id: one(&pairs, "id").to_owned(),
            ..Choices::default()
        };
        for (name, text) in &pairs {
            if let Some(column) = name.strip_prefix("column.") {
                choices.columns.entry(column.to_owned()).or_default().field = text.clone();
            } else if let Some(column) = name.strip_prefix("format.") {
                choices.columns.entry(column.to_owned()).or_default().format = text.clone();
            }
        }
        let constants = pairs.iter().filter(|(name, _)| name == "constant.field");
        let values = pairs.iter().filter(|(name, _)| name == "constant.value");
        for ((_, field), (_, value)) in constants.zip(values) {
            if !field.is_empty() && !value.trim().is_empty() {
                choices.constants.insert(field.clone(), value.clone());
            }
        }
        let kind = kind_of(&batch);
        let tried = choices.to_map(kind).and_then(|map| {
            batch.map = Some(map);
            imports::preview(node, &batch).map(drop)
        });
        match tried {
            Ok(()) => batch.keep(node).map(|()| None),
            Err(problem) => {
                let refused = Some(Refused::from(&problem));
                batch.map = None;
                columns_page(node, p, batch, Some(choices), refused).map(Some)
            }
        }
    })
    .await?;
    match page {
        Some(page) => Ok(again(filled(&page)?)),
        None => Ok(see_other(&to)),
    }
}
