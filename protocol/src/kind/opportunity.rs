//! Opportunity.

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, Role, no_extra, no_rules};
use crate::field::{Field, Shape, text3};
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "opportunity",
    type_name: "Opportunity",
    class: Class::Record,
    context: None,
    author: Author::Role(Role::Host),
    readers_default: ReadersDefault::Public,
    label: text3("", "", "Opportunity"),
    help: text3("", "", ""),
    fields: &FIELDS,
    extra: &[],
    rules: no_rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 1] = [Field::new("title", Shape::Words { max_chars: 500 }, "", text3("", "", "Title"), text3("", "", "")).required().indexed()];

fn sample() -> Map<String, Value> {
    super::object(json!({"title": {"kk": "Ағаш отырғызу"}}))
}
