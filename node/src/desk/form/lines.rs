//! A record's members as lines that people read: what the field is called, and what stands in it.

use std::collections::BTreeMap;

use erikti_protocol::field::{Choice, Field, Shape};
use erikti_protocol::kind::Kind;
use serde_json::{Map, Value};

use super::read::Said;
use super::{EXTRA, SUBJECT};
use crate::codes;
use crate::text::Language;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The path, as inputs of the form are named.
    pub path: String,
    /// What people call it.
    pub label: String,
    /// What stands there.
    pub text: String,
    /// The language of the text, where the record says it.
    pub lang: Option<String>,
    /// Whether it is an address that may be opened.
    pub link: bool,
}

/// How a line differs between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the field is called.
    pub label: String,
    /// What stood there before; nothing when it was added.
    pub before: Option<String>,
    /// What stands there after; nothing when it was removed.
    pub after: Option<String>,
}

/// Every line of a record, in the order of its kind; members that no field describes come last, as they stand.
pub fn lines(kind: &Kind, said: &Said, language: Language) -> Vec<Line> {
    let mut lines = Vec::new();
    object(kind.extra, &said.extra, EXTRA, "", language, &mut lines);
    object(
        kind.fields,
        &said.subject,
        SUBJECT,
        "",
        language,
        &mut lines,
    );
    lines
}

fn object(
    fields: &'static [Field],
    members: &Map<String, Value>,
    path: &str,
    above: &str,
    language: Language,
    into: &mut Vec<Line>,
) {
    let label = |name: &str| match above {
        "" => name.to_owned(),
        above => format!("{above} › {name}"),
    };
    for field in fields {
        if let Some(value) = members.get(field.name) {
            let path = format!("{path}.{}", field.name);
            let label = label(field.label.of(language.tag()));
            one(&field.shape, field.unit, value, path, label, language, into);
        }
    }
    for (name, value) in members {
        if !fields.iter().any(|field| field.name == name) {
            into.push(plain(format!("{path}.{name}"), label(name), shown(value)));
        }
    }
}

fn plain(path: String, label: String, text: String) -> Line {
    Line {
        path,
        label,
        text,
        lang: None,
        link: false,
    }
}

fn one(
    shape: &'static Shape,
    unit: Option<&str>,
    value: &Value,
    path: String,
    label: String,
    language: Language,
    into: &mut Vec<Line>,
) {
    match (shape, value) {
        (Shape::Types(_), _) => {}
        (Shape::Object(fields), Value::Object(members)) => {
            object(fields, members, &path, &label, language, into);
        }
        (Shape::List(item @ Shape::Object(_), _), Value::Array(items)) => {
            for (at, value) in items.iter().enumerate() {
                let (path, label) = (format!("{path}.{at}"), format!("{label} {}", at + 1));
                one(item, unit, value, path, label, language, into);
            }
        }
        (Shape::List(item, _), Value::Array(items)) => {
            let texts: Vec<String> = items
                .iter()
                .map(|value| text(item, value, language))
                .collect();
            into.push(plain(path, label, texts.join("; ")));
        }
        (Shape::Title { .. } | Shape::Words { .. }, Value::Object(words)) => {
            for (tag, words) in words {
                let known = Language::OFFERED
                    .into_iter()
                    .find(|known| known.tag() == tag);
                let name = known.map_or_else(|| tag.clone(), |known| known.own_name().to_owned());
                into.push(Line {
                    lang: Some(tag.clone()),
                    ..plain(
                        format!("{path}.{tag}"),
                        format!("{label} ({name})"),
                        shown(words),
                    )
                });
            }
        }
        (shape, value) => {
            let said = match (value.as_u64(), shape) {
                (Some(number), Shape::Integer { .. }) => language.counted(number, unit),
                _ => text(shape, value, language),
            };
            into.push(Line {
                link: matches!(shape, Shape::Url),
                ..plain(path, label, said)
            });
        }
    }
}

fn text(shape: &Shape, value: &Value, language: Language) -> String {
    match (shape, value) {
        (Shape::OneOf(choices) | Shape::Suggested(choices), Value::String(value)) => {
            label(choices, value, language)
        }
        (Shape::Code(list), Value::String(code)) => codes::beside(list, code, language.tag()),
        (Shape::Bool, Value::Bool(true)) => language.say("yes"),
        (Shape::Bool, Value::Bool(false)) => language.say("no"),
        (Shape::Date, Value::String(day)) => erikti_protocol::time::Date::parse(day)
            .map_or_else(|| day.clone(), |day| language.date(day)),
        (Shape::Timestamp, Value::String(at)) => erikti_protocol::time::Timestamp::parse(at)
            .map_or_else(|| at.clone(), |at| language.moment(at)),
        (_, value) => shown(value),
    }
}

/// What people call a choice; what is no choice stays as it is.
pub fn label(choices: &[Choice], value: &str, language: Language) -> String {
    choices
        .iter()
        .find(|choice| choice.value == value)
        .map_or(value, |choice| choice.label.of(language.tag()))
        .to_owned()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What differs between two versions, line by line.
pub fn differences(
    kind: &Kind,
    before: &Said,
    after: &Said,
    language: Language,
) -> Vec<Difference> {
    let by_path = |said: &Said| -> BTreeMap<String, Line> {
        lines(kind, said, language)
            .into_iter()
            .map(|line| (line.path.clone(), line))
            .collect()
    };
    let (mut old, new) = (by_path(before), by_path(after));
    let mut differences = Vec::new();
    for line in lines(kind, after, language) {
        let was = old.remove(&line.path);
        if was.as_ref().is_none_or(|was| was.text != line.text) {
            differences.push(Difference {
                label: line.label,
                before: was.map(|was| was.text),
                after: Some(line.text),
            });
        }
    }
    differences.extend(
        lines(kind, before, language)
            .into_iter()
            .filter(|line| !new.contains_key(&line.path))
            .map(|line| Difference {
                label: line.label,
                before: Some(line.text),
                after: None,
            }),
    );
    differences
}
