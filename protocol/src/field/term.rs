//! What records are found by: the indexed fields' values as text.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Field, Shape};

/// Bytes of a term, at most: longer values are addresses that nobody filters by, and an index must stay small.
pub const TERM_BYTES_MAX: usize = 256;

/// The indexed fields of an object, each with its value as text; a list gives one term per item.
///
/// Shape    path (`place.country`) and value; lists add nothing to the path
/// Limits   values longer than [`TERM_BYTES_MAX`] give no term
pub fn terms<'a>(
    fields: &[Field],
    object: &'a Map<String, Value>,
) -> impl Iterator<Item = (Cow<'static, str>, Cow<'a, str>)> + use<'a> {
    let mut found = Vec::new();
    collect(fields, object, "", &mut found);
    found.into_iter()
}

type Term<'a> = (Cow<'static, str>, Cow<'a, str>);

fn collect<'a>(
    fields: &[Field],
    object: &'a Map<String, Value>,
    outer: &str,
    found: &mut Vec<Term<'a>>,
) {
    for field in fields {
        let Some(value) = object.get(field.name) else {
            continue;
        };
        let path = || match outer {
            "" => Cow::Borrowed(field.name),
            outer => Cow::Owned(format!("{outer}.{}", field.name)),
        };
        visit(field.indexed, &field.shape, value, &path, found);
    }
}

fn visit<'a>(
    indexed: bool,
    shape: &Shape,
    value: &'a Value,
    path: &dyn Fn() -> Cow<'static, str>,
    found: &mut Vec<Term<'a>>,
) {
    match (shape, value) {
        (Shape::Object(fields), Value::Object(members)) => {
            collect(fields, members, &path(), found);
        }
        (Shape::List(item, max), Value::Array(items)) => {
            for value in items.iter().take(*max) {
                visit(indexed, item, value, path, found);
            }
        }
        (_, Value::String(text)) if indexed && text.len() <= TERM_BYTES_MAX => {
            found.push((path(), Cow::Borrowed(text)))
        }
        (_, Value::Number(_) | Value::Bool(_)) if indexed => {
            found.push((path(), Cow::Owned(value.to_string())));
        }
        _ => {}
    }
}
