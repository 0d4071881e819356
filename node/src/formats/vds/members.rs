//! Members of JSON-LD objects as publishers really write them: one or many, with or without `@`, in any case,
//! misspelt, empty, with HTML entities in the text.

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::{
    field::{FieldFault, LANGUAGE_UNKNOWN, Shape},
    kind::Kind,
};
use serde_json::{Map, Value};

use crate::formats::{COLUMNS_MAX, Rejection, cell::utc_time, mapping::shape_at, shown};

/// Where the standard's own terms are defined; publishers write them with and without it.
const TERMS: &str = "https://ns.volunteeringdata.io/";

/// Spellings of one member, in lower case and without `@`, and the field it becomes.
pub(super) struct Member {
    pub(super) names: &'static [&'static str],
    pub(super) field: &'static str,
}

pub(super) const fn member(names: &'static [&'static str], field: &'static str) -> Member {
    Member { names, field }
}

/// One object of the file.
pub(super) struct Node<'a> {
    /// By name in lower case, without `@`.
    members: BTreeMap<String, (&'a str, &'a Value)>,
    /// Where it stands in its row, as a rejection says it.
    pub(super) at: String,
    /// What it is, as an ignored member says it.
    class: &'static str,
}

impl<'a> Node<'a> {
    pub(super) fn new(map: &'a Map<String, Value>, at: &str, class: &'static str) -> Self {
        let members = map
            .iter()
            .map(|(name, value)| {
                let plain = name.trim_start_matches('@').to_lowercase();
                (plain, (name.as_str(), value))
            })
            .collect();
        Self {
            members,
            at: at.to_owned(),
            class,
        }
    }

    /// The first of these members that says anything.
    pub(super) fn get(&self, names: &[&str]) -> Option<(&'a str, &'a Value)> {
        names
            .iter()
            .filter_map(|name| self.members.get(*name).copied())
            .find(|(_, value)| !is_empty(value))
    }

    /// The items of the first of these members that says anything; one that is no list is a list of one.
    pub(super) fn items(&self, names: &[&str]) -> (&'a str, Vec<&'a Value>) {
        self.get(names)
            .map_or(("", Vec::new()), |(name, value)| (name, items(value)))
    }

    /// Names of all members: as compared, and as written.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.members
            .iter()
            .map(|(plain, (name, _))| (plain.as_str(), *name))
    }

    /// A place within this object, as a rejection says it.
    pub(super) fn within(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        }
    }

    /// A rejection of a row because of this member.
    pub(super) fn reject(&self, row: usize, name: &str, found: &str, reason: &str) -> Rejection {
        Rejection::new(row, self.within(name), found, reason)
    }
}

/// Items of a list; a value that is no list is a list of one.
pub(super) fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().filter(|item| !is_empty(item)).collect(),
        _ if is_empty(value) => Vec::new(),
        _ => vec![value],
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Puts what members say into fields, and remembers which members nobody read.
pub(super) struct Filler<'a> {
    /// The language of texts that name none, from the file's `@context`.
    pub(super) language: Option<&'a str>,
    pub(super) ignored: BTreeSet<String>,
}

impl Filler<'_> {
    /// Reads an object's members into a subject. `others` are names that somebody else reads.
    pub(super) fn fill(
        &mut self,
        row: usize,
        kind: &Kind,
        subject: &mut Map<String, Value>,
        node: &Node<'_>,
        members: &[Member],
        others: &[&str],
    ) -> Result<(), Rejection> {
        for member in members {
            let Some((name, value)) = node.get(member.names) else {
                continue;
            };
            self.put(kind, subject, member.field, value)
                .map_err(|fault| Rejection {
                    field: node.within(name),
                    ..Rejection::of(row, fault)
                })?;
            // A second spelling that says something else would otherwise be lost without a word.
            for other in member.names {
                if let Some((other, second)) = node.members.get(*other)
                    && !is_empty(second)
                    && *second != value
                {
                    self.ignore(node.class, other);
                }
            }
        }
        for (plain, (name, _)) in &node.members {
            let known = members
                .iter()
                .any(|member| member.names.contains(&plain.as_str()));
            if !known && !others.contains(&plain.as_str()) {
                self.ignore(node.class, name);
            }
        }
        Ok(())
    }

    /// Remembers a member that nothing is read from.
    pub(super) fn ignore(&mut self, class: &str, name: &str) {
        if self.ignored.len() < COLUMNS_MAX {
            self.ignored.insert(if class.is_empty() {
                name.to_owned()
            } else {
                format!("{class}.{name}")
            });
        }
    }

    fn put(
        &self,
        kind: &Kind,
        subject: &mut Map<String, Value>,
        field: &str,
        value: &Value,
    ) -> Result<(), FieldFault> {
        let shape = shape_at(kind.fields, field)
            .expect("members name fields that their kind has, which a test shows");
        let values = items(value);
        match shape {
            Shape::List(item, _) => {
                let mut at = count(subject, field);
                for value in values {
                    let (text, _) = self.literal(field, value, item)?;
                    kind.set_text(subject, &format!("{field}.{at}"), &text)?;
                    at = count(subject, field);
                }
                Ok(())
            }
            Shape::Title { .. } | Shape::Words { .. } => {
                for value in values {
                    let (text, language) = self.literal(field, value, shape)?;
                    let path =
                        language.map_or(field.to_owned(), |language| format!("{field}.{language}"));
                    kind.set_text(subject, &path, &text)?;
                }
                Ok(())
            }
            _ => match values[..] {
                [value] => kind.set_text(subject, field, &self.literal(field, value, shape)?.0),
                _ => Err(FieldFault::new(field, value, "one value")),
            },
        }
    }

    /// Adds texts below what a multilingual field says already, each in its language.
    pub(super) fn append(
        &self,
        kind: &Kind,
        subject: &mut Map<String, Value>,
        field: &str,
        value: &Value,
    ) -> Result<(), FieldFault> {
        for value in items(value) {
            let (text, language) = self.literal(field, value, &Shape::Words { max_chars: 0 })?;
            let language = language.as_deref().unwrap_or(LANGUAGE_UNKNOWN);
            let before = subject
                .get(field)
                .and_then(|words| words.get(language)?.as_str());
            let text = before.map_or(text.clone(), |before| format!("{before}\n\n{text}"));
            kind.set_text(subject, &format!("{field}.{language}"), &text)?;
        }
        Ok(())
    }

    /// A value's text, and its language if one is named.
    fn literal(
        &self,
        field: &str,
        value: &Value,
        shape: &Shape,
    ) -> Result<(String, Option<String>), FieldFault> {
        let (value, language) = match value {
            Value::Object(members) => (
                members
                    .get("@value")
                    .or_else(|| members.get("value"))
                    .or_else(|| members.get("@id"))
                    .or_else(|| members.get("id")),
                members.get("@language").and_then(Value::as_str),
            ),
            value => (Some(value), None),
        };
        let text = match (value, shape) {
            (Some(Value::String(text)), Shape::Uri) => term(text.trim()),
            (Some(Value::String(text)), Shape::Timestamp) => {
                utc_time(text).unwrap_or_else(|| text.clone())
            }
            (Some(Value::String(text)), _) => plain(text),
            (Some(Value::Number(number)), Shape::Decimal { places, .. }) => {
                decimal(number, *places)
            }
            (Some(value @ (Value::Number(_) | Value::Bool(_))), _) => value.to_string(),
            (value, _) => {
                return Err(FieldFault::new(
                    field,
                    value.unwrap_or(&Value::Null),
                    "a text, a number, true or false",
                ));
            }
        };
        // Tags of languages are the same in capitals; records have one spelling.
        let language = language.or(self.language).map(str::to_lowercase);
        Ok((text, language))
    }
}

fn count(subject: &Map<String, Value>, field: &str) -> usize {
    subject
        .get(field)
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

/// A text without the HTML entities that forms put into it.
pub(super) fn plain(text: &str) -> String {
    html_escape::decode_html_entities(text).into_owned()
}

/// A term of the standard in full.
fn term(text: &str) -> String {
    if text.contains(':') {
        text.to_owned()
    } else {
        format!("{TERMS}{text}")
    }
}

/// A number with at most so many places: the file's doubles may have more than a field keeps, and never an exponent.
fn decimal(number: &serde_json::Number, places: usize) -> String {
    let double = number.as_f64();
    let exact = double.map_or_else(|| number.to_string(), |double| double.to_string());
    let is_long = exact
        .split_once('.')
        .is_some_and(|(_, rest)| rest.len() > places);
    let Some(double) = double.filter(|_| is_long) else {
        return exact;
    };
    let rounded = format!("{double:.places$}");
    match rounded.trim_end_matches('0').trim_end_matches('.') {
        "" | "-" | "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

/// A text or a reference: what an `id` is, or an object that has one.
pub(super) fn reference(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.trim()),
        Value::Object(members) => ["id", "@id"]
            .iter()
            .find_map(|name| members.get(*name))
            .and_then(Value::as_str)
            .map(str::trim),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

/// A value as a rejection shows it, `nothing` when there is none.
pub(super) fn found(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), shown)
}
