//! Which column of a table becomes which field, chosen in a page: guesses, and the mapping file that the choices make.

use std::collections::BTreeMap;

use erikti_protocol::field::{Field, Shape};
use erikti_protocol::kind::Kind;
use serde_json::Value;

use super::batch;
use crate::formats::cell::CellFormat;
use crate::formats::csv::Glance;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::text::Language;
use crate::toml_text;

/// Date formats that are tried, the least ambiguous first.
pub const DATE_FORMATS: [&str; 8] = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%B %d %Y",
    "%B %d, %Y",
    "%d %B %Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%Y-%m-%d %H:%M",
];
/// How a spreadsheet may have written a whole number.
const WHOLE: &str = "0";

/// Names of columns that mean a field though they are neither its name nor one of its labels.
const SYNONYMS: &[(&str, &str)] = &[
    ("name", "title"),
    ("opportunity", "title"),
    ("role", "title"),
    ("summary", "description"),
    ("details", "description"),
    ("start", "startDate"),
    ("startdate", "startDate"),
    ("begins", "startDate"),
    ("end", "endDate"),
    ("enddate", "endDate"),
    ("ends", "endDate"),
    ("places", "capacity"),
    ("volunteers", "capacity"),
    ("address", "place.address"),
    ("city", "place.locality"),
    ("locality", "place.locality"),
    ("country", "place.country"),
    ("region", "place.region"),
    ("postalcode", "place.postalCode"),
    ("zip", "place.postalCode"),
    ("latitude", "place.latitude"),
    ("longitude", "place.longitude"),
    ("lat", "place.latitude"),
    ("lon", "place.longitude"),
    ("url", "applyLink"),
    ("link", "applyLink"),
    ("category", "topics"),
    ("organisation", "organiser.name"),
    ("organization", "organiser.name"),
];

/// A field that a column may become.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its dotted path.
    pub path: String,
    /// What people call it.
    pub label: String,
    shape: Shape,
}

/// What was chosen for one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The field; empty when the column is not imported.
    pub field: String,
    /// How its cells are written; empty when as records write them.
    pub format: String,
}

/// The choices for a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// A short name of where the table comes from.
    pub source: String,
    /// The column with the source's own id.
    pub id: String,
    /// By column.
    pub columns: BTreeMap<String, Chosen>,
    /// The same value in every row, by field.
    pub constants: BTreeMap<String, String>,
}

/// Every field of a kind that one cell can hold, in the order of the kind.
pub fn targets(kind: &Kind, language: Language) -> Vec<Target> {
    let mut targets = Vec::new();
    gather(kind.fields, "", "", language, &mut targets);
    targets
}

fn gather(
    fields: &'static [Field],
    path: &str,
    label: &str,
    language: Language,
    into: &mut Vec<Target>,
) {
    for field in fields {
        let name = field.label.of(language.tag());
        let label = match label {
            "" => name.to_owned(),
            above => format!("{above} › {name}"),
        };
        let path = toml_text::dotted(path, field.name);
        match &field.shape {
            Shape::Types(_) => {}
            // What an import itself says of where a record comes from.
            Shape::Object(fields) => gather(fields, &path, &label, language, into),
            Shape::List(Shape::Object(_), _) => {}
            Shape::Title { .. } | Shape::Words { .. } => {
                into.extend(Language::OFFERED.iter().map(|offered| Target {
                    path: format!("{path}.{}", offered.tag()),
                    label: format!("{label} ({})", offered.own_name()),
                    shape: field.shape,
                }));
            }
            shape => into.push(Target {
                path,
                label,
                shape: *shape,
            }),
        }
    }
}

/// What the columns of a table probably mean: what was chosen for the same columns before, else what their names say.
///
/// Errors   `file.unwritable` when earlier imports cannot be looked at
pub fn guess(
    node: &Node,
    kind: &Kind,
    glance: &Glance,
    language: Language,
) -> Result<Choices, Problem> {
    let mut earlier = batch::all(node)?.into_iter().filter_map(|batch| batch.map);
    let fits = |choices: &Choices| {
        glance.columns.contains(&choices.id)
            && choices
                .columns
                .keys()
                .all(|column| glance.columns.contains(column))
    };
    if let Some(choices) = earlier.find_map(|map| Choices::parse(&map).filter(fits)) {
        return Ok(choices);
    }
    let targets = targets(kind, language);
    let mut choices = Choices::default();
    let mut taken = Vec::new();
    for (at, column) in glance.columns.iter().enumerate() {
        let samples: Vec<&str> = glance
            .rows
            .iter()
            .filter_map(|row| row.get(at))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        let Some(target) = meant(kind, &targets, column, language) else {
            continue;
        };
        if taken.contains(&target.path) {
            continue;
        }
        taken.push(target.path.clone());
        choices.columns.insert(
            column.clone(),
            Chosen {
                field: target.path.clone(),
                format: format_of(&target.shape, &samples),
            },
        );
    }
    choices.id = id_column(glance);
    if kind.field("place").is_some() && !taken.iter().any(|path| path == "place.country") {
        let country = node.settings().country.clone();
        choices
            .constants
            .insert("place.country".to_owned(), country);
    }
    Ok(choices)
}

/// The column that is different in every row and is named like an id.
fn id_column(glance: &Glance) -> String {
    let unlike = |at: usize| {
        let mut cells: Vec<&str> = glance
            .rows
            .iter()
            .filter_map(|row| row.get(at).map(String::as_str))
            .collect();
        let all = cells.len();
        cells.sort_unstable();
        cells.dedup();
        cells.len() == all && cells.iter().all(|cell| !cell.trim().is_empty())
    };
    let named = |column: &&(usize, &String)| {
        let name = folded(column.1);
        name == "id" || name.ends_with("id") || name == "number" || name == "no" || name == "№"
    };
    let columns: Vec<(usize, &String)> = glance
        .columns
        .iter()
        .enumerate()
        .filter(|(at, _)| unlike(*at))
        .collect();
    columns
        .iter()
        .find(named)
        .or_else(|| columns.first())
        .map(|(_, name)| (*name).clone())
        .unwrap_or_default()
}

fn folded(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '№')
        .collect()
}

fn meant<'a>(
    kind: &Kind,
    targets: &'a [Target],
    column: &str,
    language: Language,
) -> Option<&'a Target> {
    let name = folded(column);
    let of_path = |path: &str| {
        let with = format!("{path}.{}", language.tag());
        targets
            .iter()
            .find(|target| target.path == path || target.path == with)
            .or_else(|| {
                let english = format!("{path}.en");
                targets.iter().find(|target| target.path == english)
            })
    };
    // `title_kk`, `title (ru)`: words with their language.
    if let Some(found) = targets.iter().find(|target| folded(&target.path) == name) {
        return Some(found);
    }
    let labelled = kind.fields.iter().find(|field| {
        [field.name, field.label.kk, field.label.ru, field.label.en]
            .iter()
            .any(|label| folded(label) == name)
    });
    if let Some(found) = labelled.and_then(|field| of_path(field.name)) {
        return Some(found);
    }
    let synonym = SYNONYMS.iter().find(|(word, _)| *word == name);
    synonym.and_then(|(_, path)| of_path(path)).or_else(|| {
        // `start_date_date`, `category_desc`: a name that begins with one of ours.
        let longer = |word: &str| word.len() >= 4 && name.starts_with(word);
        SYNONYMS
            .iter()
            .filter(|(word, _)| longer(word))
            .max_by_key(|(word, _)| word.len())
            .and_then(|(_, path)| of_path(path))
    })
}

/// How the cells are written, when that can be seen.
fn format_of(shape: &Shape, samples: &[&str]) -> String {
    let reads = |format: &&&str| {
        CellFormat::parse(format, shape).is_ok_and(|format| {
            samples
                .iter()
                .all(|sample| format.read(sample, shape).is_ok())
        })
    };
    if samples.is_empty() {
        return String::new();
    }
    match shape {
        Shape::Date | Shape::Timestamp | Shape::LocalDateTime => {
            let plain = matches!(shape, Shape::Date)
                && samples
                    .iter()
                    .all(|sample| erikti_protocol::time::Date::parse(sample).is_some());
            match plain {
                true => String::new(),
                false => DATE_FORMATS
                    .iter()
                    .find(reads)
                    .map_or("", |format| *format)
                    .to_owned(),
            }
        }
        Shape::Integer { .. } if samples.iter().any(|sample| sample.contains('.')) => {
            let whole = [WHOLE];
            whole
                .iter()
                .find(reads)
                .map_or("", |format| *format)
                .to_owned()
        }
        _ => String::new(),
    }
}

impl Choices {
    /// The mapping file that says the same.
    ///
    /// Errors   `import.mapping` when two columns become one field
    pub fn to_map(&self, kind: &Kind) -> Result<String, Problem> {
        let quote = |text: &str| toml_text::quote(text.trim());
        let mut fields: BTreeMap<&str, &str> = BTreeMap::new();
        let (mut columns, mut formats) = (String::new(), String::new());
        for (column, chosen) in &self.columns {
            if chosen.field.is_empty() {
                continue;
            }
            if let Some(other) = fields.insert(&chosen.field, column) {
                return Err(Problem::new(
                    Code::ImportMapping,
                    format!(
                        "`{other}` and `{column}` would both become `{}`",
                        chosen.field
                    ),
                )
                .field(format!("column.{column}")));
            }
            columns.push_str(&format!("{} = {}\n", quote(&chosen.field), quote(column)));
            if !chosen.format.trim().is_empty() {
                formats.push_str(&format!(
                    "{} = {}\n",
                    quote(&chosen.field),
                    quote(&chosen.format)
                ));
            }
        }
        let mut constants = String::new();
        for (field, value) in &self.constants {
            if !value.trim().is_empty() && !fields.contains_key(field.as_str()) {
                constants.push_str(&format!("{} = {}\n", quote(field), quote(value)));
            }
        }
        Ok(format!(
            "source = {}\nid = {}\nkind = {}\n\n[columns]\n{columns}\n[formats]\n{formats}\n[constants]\n{constants}",
            quote(&self.source),
            quote(&self.id),
            quote(kind.name),
        ))
    }

    /// The choices that a mapping file says, as far as one can read it.
    pub fn parse(map: &str) -> Option<Self> {
        let table = toml_text::parse(map).ok()?;
        let text = |name: &str| table.get(name).and_then(Value::as_str).map(str::to_owned);
        let mut choices = Self {
            source: text("source")?,
            id: text("id")?,
            ..Self::default()
        };
        let mut formats = BTreeMap::new();
        flat(table.get("formats"), "", &mut formats);
        let mut columns = BTreeMap::new();
        flat(table.get("columns"), "", &mut columns);
        for (field, column) in columns {
            let format = formats.remove(&field).unwrap_or_default();
            choices.columns.insert(column, Chosen { field, format });
        }
        flat(table.get("constants"), "", &mut choices.constants);
        Some(choices)
    }
}

fn flat(table: Option<&Value>, path: &str, into: &mut BTreeMap<String, String>) {
    for (name, value) in table.and_then(Value::as_object).into_iter().flatten() {
        let path = toml_text::dotted(path, name);
        match value {
            Value::Object(_) => flat(Some(value), &path, into),
            Value::String(text) => {
                into.insert(path, text.clone());
            }
            other => {
                into.insert(path, other.to_string());
            }
        }
    }
}
