//! The mapping file: which column of a table becomes which field.
//!
//! ```toml
//! source = "city-open-data"        # part of every record's id: never change it
//! id = "opportunity_id"            # the column with the source's own id
//! kind = "opportunity"             # may be left out
//!
//! [columns]                        # field = column
//! "title.en" = "title"
//! "place.address" = "locality"
//!
//! [formats]                        # field = how the column writes it
//! startDate = "%B %d %Y"
//!
//! [constants]                      # field = the same value in every row
//! "place.country" = "US"
//! ```

use std::collections::BTreeMap;

use erikti_protocol::{
    field::{Field, Shape},
    kind::{self, Kind},
};
use serde_json::{Map, Value};

use super::{cell::CellFormat, did_you_mean};
use crate::{
    nearest::nearest,
    toml_text::{self, TomlFault, dotted},
};

/// The largest mapping file: a field and a column in 200 bytes, 300 of them, and as much again.
pub const MAPPING_BYTES_MAX: usize = 128 * 1024;
/// Characters of a source's name and of a source's id, as a record's `source` holds them.
pub(super) const SOURCE_CHARS_MAX: usize = 128;
/// What stands at the top of a mapping file.
const TOP: [&str; 6] = ["source", "id", "kind", "columns", "formats", "constants"];
/// How deep fields lie within each other; the registry has 3.
const FIELD_DEPTH_MAX: usize = 6;

/// Which column of a table becomes which field.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) kind: &'static Kind,
    pub(super) source: String,
    pub(super) id: String,
    /// By field.
    pub(super) columns: BTreeMap<String, Column>,
    /// By field.
    pub(super) constants: BTreeMap<String, String>,
}

/// Where a field's text comes from.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    /// How it is written, when not as records write it, and for what shape.
    pub(super) format: Option<(CellFormat, Shape)>,
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// Larger than any mapping needs to be.
    #[error("the mapping has {found} bytes, expected at most {MAPPING_BYTES_MAX}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Not TOML.
    #[error("mapping: {0}")]
    Syntax(#[from] TomlFault),
    /// A name at the top that means nothing.
    #[error("mapping: `{key}` is not known{}", did_you_mean(*.nearest))]
    UnknownKey {
        /// The name.
        key: String,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A field that the kind does not have.
    #[error("mapping: [{table}] names `{field}`, which `{kind}` does not have{}", did_you_mean(.nearest.as_deref()))]
    UnknownField {
        /// The table it stands in.
        table: &'static str,
        /// The name.
        field: String,
        /// The kind.
        kind: &'static str,
        /// The field that was probably meant.
        nearest: Option<String>,
    },
    /// A value that cannot stand there.
    #[error("mapping: `{key}` is `{found}`, expected {allowed}")]
    Value {
        /// Where.
        key: String,
        /// What was found.
        found: String,
        /// What may stand there.
        allowed: String,
    },
    /// Something that every mapping needs.
    #[error("mapping: `{key}` is missing: {what}")]
    Missing {
        /// What is missing.
        key: &'static str,
        /// What it is for.
        what: &'static str,
    },
}

impl Mapping {
    /// Reads a mapping file. Whether the columns exist is seen when it meets a table.
    ///
    /// Errors   an unknown name or field, with the nearest one; a format for a field without a column;
    ///          a field that has both a column and a constant
    pub fn parse(text: &str) -> Result<Self, MappingFault> {
        if text.len() > MAPPING_BYTES_MAX {
            return Err(MappingFault::TooLarge { found: text.len() });
        }
        let table = toml_text::parse(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        if let Some(key) = table.keys().find(|key| !TOP.contains(&key.as_str())) {
            return Err(MappingFault::UnknownKey {
                key: key.clone(),
                nearest: nearest(key, TOP),
            });
        }
        let name = table
            .get("kind")
            .map_or(Ok("opportunity"), |value| text_of("kind", value))?;
        let kind = kind::by_name(name).ok_or_else(|| MappingFault::Value {
            key: "kind".to_owned(),
            found: name.to_owned(),
            allowed: "a kind of record, such as `opportunity`".to_owned(),
        })?;
        let mut mapping = Self {
            kind,
            source: required(
                &table,
                "source",
                "a short name of where the table comes from, such as `city-open-data`",
            )?,
            id: required(
                &table,
                "id",
                "the column that holds the source's own id of each row",
            )?,
            columns: BTreeMap::new(),
            constants: BTreeMap::new(),
        };
        mapping.read_columns(&entries(&table, "columns")?, &entries(&table, "formats")?)?;
        mapping.read_constants(&entries(&table, "constants")?)?;
        Ok(mapping)
    }

    fn read_columns(
        &mut self,
        columns: &BTreeMap<String, Value>,
        formats: &BTreeMap<String, Value>,
    ) -> Result<(), MappingFault> {
        for (field, column) in columns {
            let shape = self.shape("columns", field)?;
            let format = formats
                .get(field)
                .map(|format| {
                    let key = format!("formats.{field}");
                    let format = text_of(&key, format)?;
                    CellFormat::parse(format, shape)
                        .map(|format| (format, *shape))
                        .map_err(|allowed| MappingFault::Value {
                            key,
                            found: format.to_owned(),
                            allowed: allowed.to_owned(),
                        })
                })
                .transpose()?;
            let name = text_of(&format!("columns.{field}"), column)?
                .trim()
                .to_owned();
            self.columns.insert(field.clone(), Column { name, format });
        }
        for (field, format) in formats {
            self.shape("formats", field)?;
            if !self.columns.contains_key(field) {
                return Err(MappingFault::Value {
                    key: format!("formats.{field}"),
                    found: super::shown(format),
                    allowed: format!("nothing, or a column for `{field}` in [columns]"),
                });
            }
        }
        Ok(())
    }

    fn read_constants(&mut self, constants: &BTreeMap<String, Value>) -> Result<(), MappingFault> {
        for (field, value) in constants {
            self.shape("constants", field)?;
            let key = format!("constants.{field}");
            let refuse = |allowed: String| MappingFault::Value {
                key: key.clone(),
                found: super::shown(value),
                allowed,
            };
            if self.columns.contains_key(field) {
                return Err(refuse(format!(
                    "nothing, since [columns] gives `{field}` already"
                )));
            }
            let text = constant(value).ok_or_else(|| {
                refuse("a text, a number, true or false, or a list of them".to_owned())
            })?;
            // Refused here once instead of in every row.
            self.kind
                .set_text(&mut Map::new(), field, &text)
                .map_err(|fault| refuse(fault.allowed))?;
            self.constants.insert(field.clone(), text);
        }
        Ok(())
    }

    fn shape(&self, table: &'static str, field: &str) -> Result<&'static Shape, MappingFault> {
        shape_at(self.kind.fields, field).ok_or_else(|| {
            let names = names(self.kind.fields, FIELD_DEPTH_MAX);
            MappingFault::UnknownField {
                table,
                field: field.to_owned(),
                kind: self.kind.name,
                nearest: nearest(field, names.iter().map(String::as_str)).map(str::to_owned),
            }
        })
    }
}

/// The entries of one table, tables within it flattened to dotted names: `place.address` may be written either way.
fn entries(
    top: &Map<String, Value>,
    name: &'static str,
) -> Result<BTreeMap<String, Value>, MappingFault> {
    fn flatten(table: &Map<String, Value>, path: &str, into: &mut BTreeMap<String, Value>) {
        for (key, value) in table {
            let path = dotted(path, key);
            match value {
                Value::Object(inner) => flatten(inner, &path, into),
                _ => {
                    into.insert(path, value.clone());
                }
            }
        }
    }
    let mut flat = BTreeMap::new();
    match top.get(name) {
        None => {}
        Some(Value::Object(table)) => flatten(table, "", &mut flat),
        Some(other) => {
            return Err(MappingFault::Value {
                key: name.to_owned(),
                found: super::shown(other),
                allowed: format!("a table, written [{name}]"),
            });
        }
    }
    Ok(flat)
}

fn required(
    table: &Map<String, Value>,
    key: &'static str,
    what: &'static str,
) -> Result<String, MappingFault> {
    let value = table.get(key).ok_or(MappingFault::Missing { key, what })?;
    text_of(key, value).map(|text| text.trim().to_owned())
}

fn text_of<'a>(key: &str, value: &'a Value) -> Result<&'a str, MappingFault> {
    value
        .as_str()
        .filter(|text| !text.trim().is_empty() && text.chars().count() <= SOURCE_CHARS_MAX)
        .ok_or_else(|| MappingFault::Value {
            key: key.to_owned(),
            found: super::shown(value),
            allowed: format!("a text of 1 to {SOURCE_CHARS_MAX} characters"),
        })
}

fn constant(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(items) if !items.is_empty() => {
            let items: Option<Vec<_>> = items.iter().map(constant).collect();
            items.map(|items| items.join(";"))
        }
        Value::Array(_) | Value::Null | Value::Object(_) => None,
    }
}

/// The shape of the value that a dotted name stands for.
pub(super) fn shape_at(fields: &'static [Field], path: &str) -> Option<&'static Shape> {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = fields.iter().find(|field| field.name == name)?;
    within(&field.shape, rest)
}

fn within(shape: &'static Shape, rest: Option<&str>) -> Option<&'static Shape> {
    let Some(rest) = rest else {
        return Some(shape);
    };
    match shape {
        Shape::Object(fields) => shape_at(fields, rest),
        Shape::List(item, _) => {
            let (index, rest) = rest
                .split_once('.')
                .map_or((rest, None), |(index, rest)| (index, Some(rest)));
            index.parse::<usize>().ok().and_then(|_| within(item, rest))
        }
        // What follows is a language; its spelling is checked with the value.
        Shape::Title { .. } | Shape::Words { .. } => (!rest.contains('.')).then_some(shape),
        _ => None,
    }
}

fn names(fields: &[Field], depth: usize) -> Vec<String> {
    fn below(name: &str, shape: &Shape, depth: usize, into: &mut Vec<String>) {
        if depth == 0 {
            return;
        }
        match shape {
            Shape::Object(fields) => into.extend(
                names(fields, depth - 1)
                    .into_iter()
                    .map(|inner| dotted(name, &inner)),
            ),
            Shape::List(item, _) => below(&dotted(name, "0"), item, depth - 1, into),
            Shape::Words { .. } => {
                into.extend(["kk", "ru", "en"].map(|language| dotted(name, language)))
            }
            _ => {}
        }
    }
    let mut into = Vec::new();
    for field in fields {
        into.push(field.name.to_owned());
        below(field.name, &field.shape, depth, &mut into);
    }
    into
}
