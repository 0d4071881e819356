//! The one reader of typed text: cells of a table, `--set field=value`, fields of a form.

use serde_json::{Map, Value};

use super::{Choice, Field, FieldFault, Shape, check_value, is_refused};

/// The language of words whose language nobody said.
///
/// Source   BCP 47, subtag `und`
pub const LANGUAGE_UNKNOWN: &str = "und";

/// Reads the value of a field from text that somebody typed.
///
/// Shape    lists are separated by `;`; words get the language `und` (give `title.kk` to [`set_text`] to say which);
///          a choice may be given by its value or by its label in any of the three languages
/// Errors   [`FieldFault`] naming the field, what was found and what is allowed
pub fn read_text(field: &Field, text: &str) -> Result<Value, FieldFault> {
    read_shape(field.name, &field.shape, text)
}

/// Reads `text` into the member of `object` that `path` names.
///
/// Shape    names joined by dots: `capacity`, `place.latitude`, `title.kk`, `contacts.0.name`
/// Errors   [`FieldFault`] when no field has that name, or the text is not what the field allows
pub fn set_text(
    fields: &[Field],
    object: &mut Map<String, Value>,
    path: &str,
    text: &str,
) -> Result<(), FieldFault> {
    let (name, rest) = split(path);
    let Some(field) = fields.iter().find(|field| field.name == name) else {
        let names: Vec<_> = fields.iter().map(|field| field.name).collect();
        return Err(FieldFault::text(
            path,
            name,
            format!("one of the fields {}", names.join(", ")),
        ));
    };
    let old = object.get(name).cloned();
    let new = put(name, &field.shape, old, rest, text)?;
    object.insert(name.to_owned(), new);
    Ok(())
}

fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)))
}

/// The value `old` with `text` put at `rest` within it.
fn put(
    name: &str,
    shape: &Shape,
    old: Option<Value>,
    rest: Option<&str>,
    text: &str,
) -> Result<Value, FieldFault> {
    let Some(rest) = rest else {
        return read_shape(name, shape, text);
    };
    match shape {
        Shape::Object(fields) => {
            let mut object = match old {
                Some(Value::Object(object)) => object,
                _ => Map::new(),
            };
            set_text(fields, &mut object, rest, text).map_err(|fault| fault.within(name))?;
            Ok(Value::Object(object))
        }
        Shape::List(item, max) => {
            let mut items = match old {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            };
            let (index, rest) = split(rest);
            let wanted = || format!("an index from 0 to {}, without gaps", max.saturating_sub(1));
            let at: usize = index
                .parse()
                .ok()
                .filter(|at| *at <= items.len() && at < max)
                .ok_or_else(|| FieldFault::text(name, index, wanted()))?;
            let old = items.get(at).cloned();
            let new = put(&format!("{name}.{index}"), item, old, rest, text)?;
            if at < items.len() {
                items[at] = new;
            } else {
                items.push(new);
            }
            Ok(Value::Array(items))
        }
        Shape::Title { .. } | Shape::Words { .. } => {
            let mut words = match old {
                Some(Value::Object(words)) => words,
                _ => Map::new(),
            };
            let lines = matches!(shape, Shape::Words { .. });
            words.insert(rest.to_owned(), Value::String(clean(text, lines)));
            let value = Value::Object(words);
            check_value(name, shape, &value)?;
            Ok(value)
        }
        _ => Err(FieldFault::text(
            format!("{name}.{rest}"),
            rest,
            format!("nothing below `{name}`, which is {}", shape.allowed()),
        )),
    }
}

/// Adds the JSON-LD types that an object, and each object within it, must carry, so that nobody has to type them.
pub(crate) fn fill_types(fields: &[Field], object: &mut Map<String, Value>) {
    for field in fields {
        if let Shape::Types(types) = field.shape {
            object.entry(field.name).or_insert_with(|| types.into());
        } else if let Some(value) = object.get_mut(field.name) {
            fill_within(&field.shape, value);
        }
    }
}

fn fill_within(shape: &Shape, value: &mut Value) {
    match (shape, value) {
        (Shape::Object(fields), Value::Object(object)) => fill_types(fields, object),
        (Shape::List(item, _), Value::Array(items)) => {
            items.iter_mut().for_each(|value| fill_within(item, value));
        }
        _ => {}
    }
}

fn read_shape(name: &str, shape: &Shape, typed: &str) -> Result<Value, FieldFault> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(FieldFault::missing(name, shape.allowed()));
    }
    let fault = || FieldFault::text(name, text, shape.allowed());
    let value = match shape {
        Shape::Bool => Value::Bool(read_bool(text).ok_or_else(fault)?),
        Shape::Integer { .. } => Value::from(text.parse::<i64>().map_err(|_| fault())?),
        Shape::OneOf(choices) | Shape::Suggested(choices) => {
            Value::from(choose(choices, text).unwrap_or(text))
        }
        Shape::List(item, _) => Value::Array(
            text.split(';')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .enumerate()
                .map(|(index, part)| read_shape(&format!("{name}.{index}"), item, part))
                .collect::<Result<_, _>>()?,
        ),
        Shape::Types(_) => text.split(';').map(str::trim).collect(),
        Shape::Title { .. } | Shape::Words { .. } => {
            let text = clean(text, matches!(shape, Shape::Words { .. }));
            Value::Object(Map::from_iter([(LANGUAGE_UNKNOWN.to_owned(), text.into())]))
        }
        Shape::Text { .. } => Value::String(clean(text, true)),
        Shape::Line { .. } => Value::String(clean(text, false)),
        Shape::Object(fields) => {
            let members: Vec<_> = fields
                .iter()
                .map(|field| format!("`{name}.{}`", field.name))
                .collect();
            return Err(FieldFault::text(
                name,
                text,
                format!("its members one by one: {}", members.join(", ")),
            ));
        }
        _ => Value::from(text),
    };
    check_value(name, shape, &value)?;
    Ok(value)
}

/// What people type for yes and no, in the three languages and as tables export it.
fn read_bool(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "иә" | "да" => Some(true),
        "false" | "no" | "n" | "0" | "жоқ" | "нет" => Some(false),
        _ => None,
    }
}

fn choose(choices: &[Choice], text: &str) -> Option<&'static str> {
    let typed = text.to_lowercase();
    choices
        .iter()
        .find(|choice| {
            [
                choice.value,
                choice.label.kk,
                choice.label.ru,
                choice.label.en,
            ]
            .iter()
            .any(|known| known.to_lowercase() == typed)
        })
        .map(|choice| choice.value)
}

/// Typed text as records keep it: one kind of line end, no control characters, no blanks at either end;
/// on one line when `lines` is false.
fn clean(text: &str, lines: bool) -> String {
    let unified = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{b}', '\u{c}'], "\n");
    let kept: String = unified
        .chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .filter(|c| !is_refused(*c))
        .collect();
    if lines {
        return kept.trim().to_owned();
    }
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}
