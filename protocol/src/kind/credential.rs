//! Credential.

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, Role, no_extra, no_rules};
use crate::field::{Field, Shape, text3};
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "credential",
    type_name: "OpenBadgeCredential",
    class: Class::Record,
    context: Some("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"),
    author: Author::Role(Role::Issuer),
    readers_default: ReadersDefault::Own,
    label: text3("", "", "Credential"),
    help: text3("", "", ""),
    fields: &FIELDS,
    extra: &[],
    rules: no_rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 1] = [Field::new("id", Shape::Person, "", text3("", "", "Person"), text3("", "", "")).required().indexed()];

fn sample() -> Map<String, Value> {
    super::object(json!({"id": super::sample_id(2).to_string()}))
}
