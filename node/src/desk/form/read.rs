//! From a form to a record's members, by the readers that typed text has everywhere.

use erikti_protocol::field::{self, Field, Shape, text3};
use erikti_protocol::kind::Kind;
use serde_json::{Map, Value};

use super::fault::{FormFault, What};
use super::show::control_text;
use super::{EXTRA, Entered, Form, ROW, SUBJECT, is_choice};

/// What a form says: members of the subject, and members beside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// `credentialSubject`.
    pub subject: Map<String, Value>,
    /// Members beside it.
    pub extra: Map<String, Value>,
}

/// Reads a form over the record that it began with (nothing, when it is a new one).
///
/// Errors   every fault that there is, in the form's order; of the rules between fields the first
pub fn read(kind: &Kind, form: &Form, began: &Said) -> Result<Said, Vec<FormFault>> {
    let mut faults = Vec::new();
    let mut said = Said {
        subject: object(
            kind.fields,
            &form.subject,
            Some(&began.subject),
            SUBJECT,
            &mut faults,
        ),
        extra: object(
            kind.extra,
            &form.extra,
            Some(&began.extra),
            EXTRA,
            &mut faults,
        ),
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    kind.complete(&mut said.subject);
    let checked = kind.check_subject(&said.subject);
    let checked = checked.map_err(|fault| FormFault::rule(SUBJECT, &fault));
    let beside = kind.check_extra(&said.extra);
    let beside = beside.map_err(|fault| FormFault::rule(EXTRA, &fault));
    match (checked, beside) {
        (Ok(()), Ok(())) => Ok(said),
        (one, other) => Err([one.err(), other.err()].into_iter().flatten().collect()),
    }
}

fn object(
    fields: &'static [Field],
    entered: &Entered,
    began: Option<&Map<String, Value>>,
    path: &str,
    faults: &mut Vec<FormFault>,
) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in began.into_iter().flatten() {
        let shown = fields
            .iter()
            .any(|field| field.name == name && !matches!(field.shape, Shape::Types(_)));
        if !shown {
            members.insert(name.clone(), value.clone());
        }
    }
    for field in fields {
        let path = format!("{path}.{}", field.name);
        let nothing = Entered::default();
        let entered = entered.members.get(field.name).unwrap_or(&nothing);
        let began = began.and_then(|began| began.get(field.name));
        let before = faults.len();
        let value = match (&field.shape, field.required) {
            // Nobody types them, here as in what stands beside the subject.
            (Shape::Types(types), _) => {
                let types = || types.iter().map(|name| Value::from(*name)).collect();
                members
                    .entry(field.name)
                    .or_insert_with(|| Value::Array(types()));
                continue;
            }
            // What is missing in it is said beside the input that lacks it.
            (Shape::Object(fields), true) => {
                let began = began.and_then(Value::as_object);
                Some(Value::Object(object(fields, entered, began, &path, faults)))
            }
            (shape, _) => value(shape, entered, began, &path, faults),
        };
        match value {
            Some(value) => {
                members.insert(field.name.to_owned(), value);
            }
            None if field.required && faults.len() == before => faults.push(FormFault {
                path,
                what: What::Missing,
            }),
            None => {}
        }
    }
    members
}

fn value(
    shape: &'static Shape,
    entered: &Entered,
    began: Option<&Value>,
    path: &str,
    faults: &mut Vec<FormFault>,
) -> Option<Value> {
    match shape {
        Shape::Object(fields) => {
            let began = began.and_then(Value::as_object);
            if entered.is_blank() {
                // An object that was emptied is gone, and with it what nobody saw of it.
                return None;
            }
            Some(Value::Object(object(fields, entered, began, path, faults)))
        }
        Shape::List(item, max) => list(item, *max, entered, began, path, faults),
        Shape::Title { .. } | Shape::Words { .. } => words(shape, entered, began, path, faults),
        _ => scalar(shape, entered.first(), began, path, faults),
    }
}

fn list(
    item: &'static Shape,
    max: usize,
    entered: &Entered,
    began: Option<&Value>,
    path: &str,
    faults: &mut Vec<FormFault>,
) -> Option<Value> {
    let began = began.and_then(Value::as_array);
    let items: Vec<Value> = if is_choice(item) {
        let ticked = |text: &str| entered.texts.iter().any(|ticked| ticked == text);
        let mut kept: Vec<&str> = began
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|text| ticked(text))
            .collect();
        for text in entered.texts.iter().map(|text| text.trim()) {
            if !text.is_empty() && !kept.contains(&text) {
                kept.push(text);
            }
        }
        kept.iter()
            .filter_map(|text| scalar(item, text, None, path, faults))
            .collect()
    } else {
        let rows = entered.rows().into_iter().enumerate();
        rows.filter_map(|(at, row)| {
            let was = row
                .members
                .get(ROW)
                .map_or(at, |row| row.first().parse().unwrap_or(usize::MAX));
            // A row that was added has no record behind it, whatever its number.
            let was = match item {
                Shape::Object(_) if !row.members.contains_key(ROW) => usize::MAX,
                _ => was,
            };
            let began = began.and_then(|began| began.get(was));
            value(item, row, began, &format!("{path}.{at}"), faults)
        })
        .collect()
    };
    if items.len() > max {
        faults.push(FormFault {
            path: path.to_owned(),
            what: What::TooMany(max),
        });
    }
    (!items.is_empty()).then_some(Value::Array(items))
}

fn words(
    shape: &'static Shape,
    entered: &Entered,
    began: Option<&Value>,
    path: &str,
    faults: &mut Vec<FormFault>,
) -> Option<Value> {
    let mut words = Map::new();
    for (language, member) in &entered.members {
        let text = member.first();
        if text.trim().is_empty() {
            continue;
        }
        let path = format!("{path}.{language}");
        let before = began.and_then(|began| began.get(language));
        if let Some(before) = before.filter(|before| before.as_str() == Some(text)) {
            words.insert(language.clone(), before.clone());
            continue;
        }
        if !field::code::LANGUAGE.matches(language) {
            faults.push(FormFault {
                path,
                what: What::Language,
            });
            continue;
        }
        let mut holder = Map::new();
        match field::set_text(
            &[one(shape)],
            &mut holder,
            &format!("{ONE}.{language}"),
            text,
        ) {
            Ok(()) => {
                let read = holder.remove(ONE);
                let read = read.and_then(|mut read| read.get_mut(language).map(Value::take));
                words.insert(language.clone(), read.unwrap_or_default());
            }
            Err(_) => faults.push(FormFault {
                path,
                what: What::NotOf(*shape),
            }),
        }
    }
    (!words.is_empty()).then_some(Value::Object(words))
}

fn scalar(
    shape: &'static Shape,
    text: &str,
    began: Option<&Value>,
    path: &str,
    faults: &mut Vec<FormFault>,
) -> Option<Value> {
    if text.trim().is_empty() {
        return None;
    }
    // What was not touched stays as it is, blanks and all.
    if let Some(began) = began.filter(|began| control_text(shape, &plain(began)) == text) {
        return Some(began.clone());
    }
    match field::read_text(&one(shape), &spelled(shape, text)) {
        Ok(value) => Some(value),
        Err(_) => {
            faults.push(FormFault {
                path: path.to_owned(),
                what: What::NotOf(*shape),
            });
            None
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Spellings of browsers and people as records have them: a moment without its seconds, a comma before the fraction,
/// blanks between thousands.
fn spelled(shape: &Shape, text: &str) -> String {
    let text = text.trim();
    let with_seconds = || match text.len() {
        16 => format!("{}:00", text.replace(' ', "T")),
        _ => text.replace(' ', "T"),
    };
    match shape {
        Shape::LocalDateTime => with_seconds(),
        Shape::Timestamp if text.ends_with('Z') => text.to_owned(),
        Shape::Timestamp => format!("{}Z", with_seconds()),
        Shape::LocalTime => text.get(..5).unwrap_or(text).to_owned(),
        Shape::Integer { .. } => text.replace([' ', '\u{a0}', '\u{202f}'], ""),
        Shape::Decimal { .. } => text
            .replace([' ', '\u{a0}', '\u{202f}'], "")
            .replace(',', "."),
        _ => text.to_owned(),
    }
}

const ONE: &str = "value";

/// A field of this shape, to read one value.
fn one(shape: &Shape) -> Field {
    Field::new(ONE, *shape, "", text3("", "", ""), text3("", "", ""))
}
