//! Session.

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, Role, no_extra, no_rules};
use crate::field::{Field, Shape, text3};
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "session",
    type_name: "Session",
    class: Class::Record,
    context: None,
    author: Author::Role(Role::Host),
    readers_default: ReadersDefault::Public,
    label: text3("", "", "Session"),
    help: text3("", "", ""),
    fields: &FIELDS,
    extra: &[],
    rules: no_rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 1] = [Field::new("opportunity", Shape::Record("opportunity"), "", text3("", "", "Opportunity"), text3("", "", "")).required().indexed()];

fn sample() -> Map<String, Value> {
    super::object(json!({"opportunity": super::sample_id(2).to_string()}))
}
