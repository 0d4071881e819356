//! What requests and answers look like: JSON Schema 2020-12, each shape once, by name. What a record says is derived
//! from its kind's fields, never written here.

mod accounts;

use erikti_protocol::kind::{self, Role};
use erikti_protocol::log::Class;
use serde_json::{Map, Value, json};

use crate::desk::kinds::{DIGEST, KEY, MOMENT, ORGANISATION, ORIGIN, written_schema};
use crate::problem::Code;

/// Every schema with its name.
pub(super) fn all() -> Map<String, Value> {
    let mut schemas: Map<String, Value> = written()
        .into_iter()
        .chain(read())
        .chain(about_others())
        .chain(about_the_node())
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
            "AddingHook",
            closed([
                (
                    "url",
                    json!({"type": "string", "maxLength": 2048, "description": "https://…"}),
                ),
                (
                    "kinds?",
                    json!({"type": "array", "items": text(), "maxItems": 32, "description": "Kinds; none for all."}),
                ),
                ("organisation?", or_null(text())),
                ("loopback?", boolean()),
            ]),
        ),
        ("Redelivering", closed([("delivery", text())])),
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
    ]
}

/// Records, logs and kinds as they are answered.
fn read() -> Vec<Named> {
    let place = || object([("origin", shaped(ORIGIN)), ("index", number())]);
    vec![
        (
            "Receipt",
            object([
                ("id", id()),
                ("version", number()),
                ("origin", shaped(ORIGIN)),
                ("index", number()),
                ("digest", shaped(DIGEST)),
            ]),
        ),
        (
            "RecordRow",
            object([
                ("id", id()),
                ("kind", text()),
                ("version", number()),
                ("organisation", organisation()),
                ("issuer", text()),
                ("validFrom", shaped(MOMENT)),
                ("title", or_null(text())),
            ]),
        ),
        (
            "RecordPage",
            object([
                ("records", list(reference("RecordRow"))),
                ("next", or_null(text())),
            ]),
        ),
        (
            "ShownRecord",
            object([
                (
                    "record",
                    json!({"type": "object", "description": "A W3C Verifiable Credential 2.0 secured with eddsa-jcs-2022."}),
                ),
                ("organisation", organisation()),
                ("kind", text()),
                ("digest", shaped(DIGEST)),
                ("log", place()),
                ("audited", boolean()),
                ("standing", boolean()),
                ("malformed", or_null(text())),
                ("conflict", boolean()),
            ]),
        ),
        (
            "History",
            object([
                ("id", id()),
                ("organisation", or_null(organisation())),
                (
                    "versions",
                    list(object([
                        ("version", or_null(number())),
                        ("origin", shaped(ORIGIN)),
                        ("index", number()),
                        (
                            "state",
                            json!({"enum": ["present", "absent", "erased", "bad", "foreign", "damaged"]}),
                        ),
                        ("digest", or_null(shaped(DIGEST))),
                        ("validFrom", or_null(shaped(MOMENT))),
                        ("current", boolean()),
                    ])),
                ),
                ("erasures", list(json!({"type": "object"}))),
                ("conflict", boolean()),
                ("deeds?", list(reference("Deed"))),
            ]),
        ),
        (
            "Proof",
            object([
                ("id", id()),
                ("origin", shaped(ORIGIN)),
                ("index", number()),
                ("text", text()),
            ]),
        ),
        (
            "Erased",
            object([("id", id()), ("erased", list(reference("Receipt")))]),
        ),
        (
            "Exported",
            object([("records", number()), ("text", text())]),
        ),
        (
            "Imported",
            object([
                ("read", number()),
                ("created", number()),
                ("updated", number()),
                ("unchanged", number()),
                (
                    "rejected",
                    list(object([
                        ("row", number()),
                        ("field", text()),
                        ("found", text()),
                        ("reason", text()),
                    ])),
                ),
                ("ignored_columns", list(text())),
                ("dry_run", boolean()),
            ]),
        ),
        (
            "LogList",
            object([(
                "logs",
                list(object([
                    ("origin", shaped(ORIGIN)),
                    ("organisation", or_null(organisation())),
                    ("name", text()),
                    ("size", number()),
                    ("frozen", boolean()),
                    ("root?", or_null(shaped(DIGEST))),
                ])),
            )]),
        ),
        (
            "Checkpoint",
            object([
                ("origin", shaped(ORIGIN)),
                ("key", shaped(KEY)),
                ("size", number()),
                ("root", shaped(DIGEST)),
                ("text", text()),
            ]),
        ),
        (
            "DidDocument",
            object([
                ("id", shaped("^did:web:")),
                (
                    "verificationMethod",
                    list(object([
                        ("id", text()),
                        ("type", json!({"const": "Multikey"})),
                        ("controller", text()),
                        ("publicKeyMultibase", shaped(KEY)),
                    ])),
                ),
                ("assertionMethod", list(text())),
                ("authentication", list(text())),
            ]),
        ),
        ("KindList", object([("kinds", list(reference("KindRow")))])),
        ("KindRow", kind_row([])),
        (
            "Kind",
            kind_row([
                ("fields", list(reference("Field"))),
                ("extra", list(reference("Field"))),
                ("schema", json!({"type": "object"})),
                ("sample", json!({"type": "object"})),
            ]),
        ),
        (
            "Field",
            object([
                ("name", text()),
                ("required", boolean()),
                ("indexed", boolean()),
                ("unit", or_null(text())),
                ("label", reference("Words")),
                ("help", reference("Words")),
                ("source", text()),
                ("schema", json!({"type": "object"})),
            ]),
        ),
        (
            "Words",
            object([("kk", text()), ("ru", text()), ("en", text())]),
        ),
    ]
}

fn kind_row<const N: usize>(more: [(&str, Value); N]) -> Value {
    let mut schema = object([
        ("name", text()),
        ("type", text()),
        ("control", boolean()),
        ("context", or_null(text())),
        ("role", or_null(roles())),
        (
            "readers",
            json!({"enum": ["public", "network", "own", "addressee"]}),
        ),
        ("label", reference("Words")),
        ("help", reference("Words")),
    ]);
    for (name, member) in more {
        schema["properties"][name] = member;
    }
    schema
}

/// Organisations and partners.
fn about_others() -> Vec<Named> {
    let standing = || json!({"enum": ["root", "accredited", "partner", "former", "none"]});
    let row = || {
        object([
            ("organisation", organisation()),
            ("name", text()),
            ("country", or_null(text())),
            ("standing", standing()),
            ("own", boolean()),
        ])
    };
    let mut whole = row();
    for (name, schema) in [
        ("card", or_null(reference(&kind_name("organisation")))),
        ("roles", or_null(list(roles()))),
        ("chain", list(json!({"type": "object"}))),
        ("logs", list(shaped(ORIGIN))),
    ] {
        whole["properties"][name] = schema;
    }
    vec![
        (
            "OrganisationPage",
            object([
                ("organisations", list(row())),
                ("next?", or_null(organisation())),
            ]),
        ),
        ("Organisation", whole),
        (
            "Standing",
            object([("organisation", organisation()), ("standing", standing())]),
        ),
        (
            "AccreditationList",
            object([
                ("accreditor", organisation()),
                (
                    "accreditations",
                    list(object([
                        ("accreditation", id()),
                        ("organisation", organisation()),
                        ("name", text()),
                        ("roles", list(roles())),
                        ("from", text()),
                        ("until", or_null(text())),
                        ("revoked", boolean()),
                    ])),
                ),
            ]),
        ),
        (
            "Accredited",
            json!({"allOf": [reference("Receipt"), reference("Standing")]}),
        ),
        (
            "PeerList",
            object([
                ("peers", list(reference("Peer"))),
                ("blocked", list(organisation())),
            ]),
        ),
        (
            "Peer",
            object([
                ("organisation", organisation()),
                ("name", text()),
                ("origin", shaped(ORIGIN)),
                ("addresses", list(text())),
                ("roles", list(roles())),
                ("since", shaped(MOMENT)),
                ("state", text()),
                ("sync", or_null(json!({"type": "object"}))),
            ]),
        ),
        ("HookList", object([("hooks", list(reference("Hook")))])),
        (
            "Hook",
            object([
                ("id", text()),
                ("url", text()),
                ("kinds", list(text())),
                ("organisation", or_null(organisation())),
                ("loopback", boolean()),
                ("added", shaped(MOMENT)),
                ("waiting", number()),
                ("last?", or_null(json!({"type": "object"}))),
                ("next?", or_null(shaped(MOMENT))),
                ("tries?", list(json!({"type": "object"}))),
            ]),
        ),
        (
            "NewHook",
            object([
                ("id", text()),
                ("url", text()),
                ("kinds", list(text())),
                ("organisation", or_null(organisation())),
                ("loopback", boolean()),
                ("added", shaped(MOMENT)),
                ("secret", text()),
            ]),
        ),
        (
            "HookTested",
            object([("id", text()), ("try", or_null(json!({"type": "object"})))]),
        ),
        (
            "HookRedelivered",
            object([("id", text()), ("delivery", text()), ("waiting", boolean())]),
        ),
        (
            "HookRemoved",
            object([("id", text()), ("removed", boolean())]),
        ),
        (
            "PeerState",
            object([("organisation", organisation()), ("state", text())]),
        ),
        (
            "Invitation",
            object([
                ("link", text()),
                (
                    "words",
                    json!({"type": "array", "items": text(), "minItems": 6, "maxItems": 6}),
                ),
                ("expires", shaped(MOMENT)),
                ("role", roles()),
                ("qr", or_null(text())),
            ]),
        ),
        (
            "Accepted",
            object([
                ("state", text()),
                ("organisation", organisation()),
                ("name", text()),
                (
                    "words",
                    json!({"type": "array", "items": text(), "minItems": 6, "maxItems": 6}),
                ),
            ]),
        ),
        (
            "Sync",
            object([
                ("running", boolean()),
                ("degraded", boolean()),
                ("partners", list(json!({"type": "object"}))),
                ("frozen", list(shaped(ORIGIN))),
            ]),
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
