//! Organisations and partners as they are answered.

use serde_json::json;

use super::{
    Named, boolean, id, kind_name, list, object, or_null, organisation, reference, roles, shaped,
    text,
};
use crate::desk::kinds::{MOMENT, ORIGIN};

/// Their schemas.
pub(super) fn about_others() -> Vec<Named> {
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
