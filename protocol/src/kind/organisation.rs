//! Organisation.

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, no_extra, no_rules};
use crate::field::{Field, Shape, text3};
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "organisation",
    type_name: "Organisation",
    class: Class::Record,
    context: None,
    author: Author::Standing,
    readers_default: ReadersDefault::Public,
    label: text3("", "", "Organisation"),
    help: text3("", "", ""),
    fields: &FIELDS,
    extra: &[],
    rules: no_rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 1] = [Field::new("name", Shape::Words { max_chars: 500 }, "", text3("", "", "Name"), text3("", "", "")).required().indexed()];

fn sample() -> Map<String, Value> {
    super::object(json!({"name": {"kk": "Жасыл ел"}}))
}
