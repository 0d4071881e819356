//! Records, logs and kinds as they are answered.

use serde_json::{Value, json};

use super::{
    Named, boolean, id, list, number, object, or_null, organisation, reference, roles, shaped, text,
};
use crate::desk::kinds::{DIGEST, KEY, MOMENT, ORIGIN};

/// Their schemas.
pub(super) fn read() -> Vec<Named> {
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
            "Verified",
            object([
                (
                    "outcome",
                    json!({
                        "enum": ["good", "doubtful", "bad", "unknown"],
                        "description": "good: signed, logged, issued by an organisation that stands, and still what it says; doubtful: something needs a look; bad: it is not to be believed; unknown: nothing can be said of it here.",
                    }),
                ),
                (
                    "record",
                    or_null(object([
                        ("id", text()),
                        ("kind", text()),
                        ("version", or_null(number())),
                        ("issuerName", text()),
                        (
                            "title",
                            json!({"description": "As it stands: a text, or texts by language."}),
                        ),
                        ("held", boolean()),
                    ])),
                ),
                ("organisation", or_null(organisation())),
                (
                    "steps",
                    list(object([
                        ("step", text()),
                        ("finding", json!({"enum": ["good", "doubtful", "bad"]})),
                        (
                            "values",
                            json!({"type": "object", "additionalProperties": text()}),
                        ),
                        ("because", or_null(text())),
                    ])),
                ),
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
