//! What requests and answers look like: JSON Schema 2020-12, each shape once, by name. What a record says is derived
//! from its kind's fields, never written here.

mod accounts;
mod hooks;
mod others;
mod records;

use erikti_protocol::kind::{self, Role};
use erikti_protocol::log::Class;
use serde_json::{Map, Value, json};

use crate::desk::kinds::{KEY, MOMENT, ORGANISATION, ORIGIN, written_schema};
use crate::problem::Code;

/// Every schema with its name.
pub(super) fn all() -> Map<String, Value> {
    let mut schemas: Map<String, Value> = written()
        .into_iter()
        .chain(records::read())
        .chain(others::about_others())
        .chain(about_the_node())
        .chain(hooks::all())
        .chain(accounts::all())
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    for kind in kind::all() {
        schemas.insert(kind_name(kind.name), written_schema(kind));
    }
    schemas
}

/// The name of a kind's schema.
pub(super) fn kind_name(kind: &str) -> String {
    format!("kind.{kind}")
}

/// A reference to a schema.
pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// An object with these members, all of them there; a name that ends with `?` may be missing.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, schema) in members {
        let bare = name.strip_suffix('?').unwrap_or(name);
        if bare == name {
            required.push(name.to_owned());
        }
        properties.insert(bare.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// An object with these members and no other: what is sent.
fn closed<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut schema = object(members);
    schema["additionalProperties"] = json!(false);
    schema
}

fn text() -> Value {
    json!({"type": "string"})
}

fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn boolean() -> Value {
    json!({"type": "boolean"})
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// The same, or null.
fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn shaped(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}

fn id() -> Value {
    json!({"type": "string", "format": "uri", "pattern": "^urn:uuid:[0-9a-f-]{36}$"})
}

fn organisation() -> Value {
    shaped(ORGANISATION)
}

fn roles() -> Value {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    json!({"type": "string", "enum": roles})
}

/// Who may read a record, as it is sent.
fn readers() -> Value {
    json!({
        "type": ["string", "null"],
        "description": "`public`, `network` (organisations that stand), or organisations separated by commas; what the kind says unless given.",
    })
}

type Named = (&'static str, Value);

/// What is sent.
fn written() -> Vec<Named> {
    let kinds: Vec<Value> = kind::all()
        .iter()
        .filter(|kind| kind.class == Class::Record)
        .map(|kind| {
            json!({
                "if": {"properties": {"kind": {"const": kind.name}}},
                "then": {"properties": {"subject": {"anyOf": [reference(&kind_name(kind.name)), {"type": "null"}]}}},
            })
        })
        .collect();
    let names: Vec<&str> = kind::all()
        .iter()
        .filter(|kind| kind.class == Class::Record)
        .map(|kind| kind.name)
        .collect();
    let mut new_record = closed([
        ("kind", json!({"type": "string", "enum": names})),
        (
            "subject?",
            json!({"type": ["object", "null"], "description": "The kind's fields."}),
        ),
        (
            "set?",
            json!({"type": "array", "items": text(), "description": "Fields as typed text, `field=value`; they win over `subject`."}),
        ),
        (
            "id?",
            json!({"type": ["string", "null"], "description": "At this machine only; elsewhere PUT changes what is there."}),
        ),
        ("readers?", readers()),
    ]);
    new_record["allOf"] = json!(kinds);
    vec![
        ("NewRecord", new_record),
        (
            "Replacement",
            closed([
                ("subject", json!({"type": "object"})),
                ("readers?", readers()),
            ]),
        ),
        ("Erasing", closed([("reason", text())])),
        (
            "Export",
            closed([
                (
                    "ids",
                    json!({"type": "array", "items": text(), "maxItems": 1000}),
                ),
                ("bundle?", boolean()),
            ]),
        ),
        (
            "Import",
            closed([
                (
                    "text?",
                    json!({"type": "string", "description": "The file."}),
                ),
                (
                    "address?",
                    json!({"type": "string", "description": "Instead of the file: a feed of RPDE, https://…"}),
                ),
                (
                    "loopback?",
                    json!({"type": "boolean", "description": "Whether the address may be on the node's machine."}),
                ),
                (
                    "format",
                    json!({"type": "string", "enum": crate::formats::Format::NAMES}),
                ),
                (
                    "map?",
                    json!({"type": ["string", "null"], "description": "For a table: the mapping file, TOML."}),
                ),
                ("dry_run?", boolean()),
            ]),
        ),
        (
            "Accrediting",
            closed([
                (
                    "roles",
                    json!({"type": "array", "items": roles(), "minItems": 1}),
                ),
                (
                    "from?",
                    json!({"type": ["string", "null"], "format": "date"}),
                ),
                (
                    "until?",
                    json!({"type": ["string", "null"], "format": "date"}),
                ),
            ]),
        ),
        (
            "Revoking",
            closed([(
                "log_size?",
                json!({"type": ["integer", "null"], "minimum": 0}),
            )]),
        ),
        (
            "Inviting",
            closed([
                ("role", roles()),
                (
                    "valid_hours",
                    json!({"type": "integer", "minimum": 1, "maximum": 2160}),
                ),
            ]),
        ),
        ("Accepting", closed([("link", text())])),
        (
            "Verifying",
            json!({
                "type": ["object", "string"],
                "description": "A record, a bundle, or another credential; or the id of a record held here.",
            }),
        ),
    ]
}

/// The node itself, and what goes wrong.
fn about_the_node() -> Vec<Named> {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    vec![
        (
            "Problem",
            object([
                ("type", json!({"type": "string", "format": "uri-reference"})),
                ("title", text()),
                (
                    "status",
                    json!({"type": "integer", "minimum": 400, "maximum": 599}),
                ),
                ("detail", text()),
                ("code", json!({"type": "string", "examples": codes})),
                ("instance?", text()),
                ("field?", text()),
                ("found?", text()),
                ("allowed?", text()),
                ("hint?", text()),
                (
                    "errors?",
                    list(object([("pointer", text()), ("detail", text())])),
                ),
            ]),
        ),
        ("Live", object([("live", json!({"const": true}))])),
        ("Ready", object([("ready", json!({"const": true}))])),
        (
            "Health",
            object([("status", json!({"enum": ["ok", "degraded"]}))]),
        ),
        (
            "Status",
            object([
                ("organisation", organisation()),
                ("name", text()),
                ("node", shaped(KEY)),
                ("network", text()),
                ("origin", shaped(ORIGIN)),
                ("running", boolean()),
                ("listen", list(text())),
                ("partners", number()),
                ("connected", number()),
                ("logs", number()),
                ("own_size", number()),
                ("notes", list(text())),
            ]),
        ),
        (
            "Checks",
            object([
                ("ok", boolean()),
                (
                    "checks",
                    list(object([
                        ("check", text()),
                        ("ok", boolean()),
                        ("found", text()),
                        ("fix", or_null(text())),
                    ])),
                ),
            ]),
        ),
        (
            "Deed",
            object([
                ("at", shaped(MOMENT)),
                ("by", object([("name", text())])),
                ("what", text()),
                ("to", text()),
                ("version?", number()),
            ]),
        ),
        ("DeedList", object([("deeds", list(reference("Deed")))])),
        (
            "StoreVerified",
            object([
                ("ok", boolean()),
                ("entries", number()),
                ("records", number()),
                ("faults", list(json!({"type": "object"}))),
            ]),
        ),
        (
            "Rebuilt",
            object([
                ("records", number()),
                ("seconds", json!({"type": "number"})),
            ]),
        ),
    ]
}
