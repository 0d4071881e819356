//! Receipt.

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, no_extra, no_rules};
use crate::field::{Field, Shape, text3};
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "receipt",
    type_name: "Receipt",
    class: Class::Record,
    context: None,
    author: Author::Standing,
    readers_default: ReadersDefault::Addressee,
    label: text3("", "", "Receipt"),
    help: text3("", "", ""),
    fields: &FIELDS,
    extra: &[],
    rules: no_rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 1] = [Field::new("erasure", Shape::Record("erasure"), "", text3("", "", "Erasure"), text3("", "", "")).required().indexed()];

fn sample() -> Map<String, Value> {
    super::object(json!({"erasure": super::sample_id(2).to_string()}))
}
