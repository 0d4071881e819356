//! The registry of kinds: texts, samples, bounds, rules between fields, typed text, frozen vectors.

use erikti_protocol::field::{Field, Shape};
use erikti_protocol::kind::{self, Kind};
use serde_json::Value;

mod bounds;
mod reading;
mod rules;
mod texts;
mod vectors;

/// Visits every field of a kind, those within objects and lists too, each with its dotted path; a list's items have
/// the path of the first, `evidence.0`.
fn visit(kind: &'static Kind, seen: &mut impl FnMut(&str, &'static Field)) {
    for fields in [kind.fields, kind.extra] {
        visit_fields(fields, "", seen);
    }
}

fn visit_fields(
    fields: &'static [Field],
    outer: &str,
    seen: &mut impl FnMut(&str, &'static Field),
) {
    for field in fields {
        let path = format!("{outer}{}", field.name);
        seen(&path, field);
        if let Some((fields, path)) = members(&field.shape, &path) {
            visit_fields(fields, &format!("{path}."), seen);
        }
    }
}

fn members(shape: &'static Shape, path: &str) -> Option<(&'static [Field], String)> {
    match shape {
        Shape::Object(fields) => Some((fields, path.to_owned())),
        Shape::List(item, _) => members(item, &format!("{path}.0")),
        _ => None,
    }
}

/// What a dotted path leads to, and nothing when some part of it is missing.
fn at<'a>(mut value: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    for name in path.split('.') {
        value = match value {
            Value::Object(members) => members.get_mut(name)?,
            Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// The sample's subject with one edit.
fn edited(kind: &Kind, edit: impl FnOnce(&mut Value)) -> serde_json::Map<String, Value> {
    let mut subject = Value::Object((kind.sample)());
    edit(&mut subject);
    match subject {
        Value::Object(subject) => subject,
        _ => panic!("a subject stays an object"),
    }
}

fn kind_of(name: &str) -> &'static Kind {
    kind::by_name(name).expect("a kind of the registry")
}

#[test]
fn the_registry_is_in_order_and_finds_each_kind_by_both_names() {
    let names: Vec<_> = kind::all().iter().map(|kind| kind.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    for kind in kind::all() {
        assert_eq!(kind::by_name(kind.name).map(|k| k.name), Some(kind.name));
        assert_eq!(
            kind::by_type(kind.type_name).map(|k| k.name),
            Some(kind.name)
        );
        assert!(
            kind.name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'_')
        );
        assert!(kind.type_name.starts_with(|c: char| c.is_ascii_uppercase()));
        assert!(kind.type_name.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
    assert!(kind::by_name("Opportunity").is_none() && kind::by_type("opportunity").is_none());
}

#[test]
fn exactly_the_control_kinds_are_of_the_control_class_and_public() {
    use erikti_protocol::kind::ReadersDefault;
    use erikti_protocol::log::Class;
    let control: Vec<_> = kind::all()
        .iter()
        .filter(|kind| kind.class == Class::Control)
        .map(|kind| {
            assert_eq!(
                kind.readers_default,
                ReadersDefault::Public,
                "{}",
                kind.name
            );
            kind.name
        })
        .collect();
    assert_eq!(control, ["accreditation", "erasure", "key_change", "log"]);
}

#[test]
fn field_names_are_ascii_camel_case_and_stand_once() {
    for kind in kind::all() {
        let mut paths = Vec::new();
        visit(kind, &mut |path, field| {
            assert!(
                field.name.starts_with(|c: char| c.is_ascii_lowercase())
                    && field.name.bytes().all(|b| b.is_ascii_alphanumeric()),
                "{}.{path}",
                kind.name
            );
            assert!(
                !field.source.is_empty(),
                "{}.{path} has no source",
                kind.name
            );
            paths.push(path.to_owned());
        });
        let count = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), count, "{} has a field twice", kind.name);
    }
}
