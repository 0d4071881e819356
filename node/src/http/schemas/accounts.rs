//! What requests and answers about accounts look like.

use serde_json::{Value, json};

use super::{MOMENT, Named, boolean, closed, list, number, object, or_null, shaped, text};
use crate::accounts::{LINK_HOURS_MAX, Role};

/// Every schema with its name.
pub(super) fn all() -> Vec<Named> {
    vec![
        (
            "AccountInviting",
            closed([
                ("name", text()),
                ("role", account_roles()),
                ("shown?", text()),
                (
                    "valid_hours?",
                    json!({"type": "integer", "minimum": 1, "maximum": LINK_HOURS_MAX}),
                ),
            ]),
        ),
        ("AccountRole", closed([("role", account_roles())])),
        (
            "AccountInvited",
            object([
                ("name", text()),
                ("role", account_roles()),
                ("link", text()),
                ("expires", shaped(MOMENT)),
            ]),
        ),
        (
            "AccountReset",
            object([
                ("id", text()),
                ("name", text()),
                ("link", text()),
                ("expires", shaped(MOMENT)),
            ]),
        ),
        (
            "AccountList",
            object([
                (
                    "accounts",
                    list(object([
                        ("id", text()),
                        ("name", text()),
                        ("shown", text()),
                        ("role", account_roles()),
                        ("created", shaped(MOMENT)),
                        ("sessions", number()),
                        ("tokens", number()),
                        ("seen", or_null(shaped(MOMENT))),
                    ])),
                ),
                (
                    "invited",
                    list(object([
                        ("name", text()),
                        ("shown", text()),
                        ("role", account_roles()),
                        ("expires", shaped(MOMENT)),
                    ])),
                ),
            ]),
        ),
        (
            "AccountState",
            object([("id", text()), ("name", text()), ("role", account_roles())]),
        ),
        (
            "AccountSessions",
            object([
                ("id", text()),
                (
                    "sessions",
                    list(object([
                        ("id", text()),
                        ("browser", text()),
                        ("since", shaped(MOMENT)),
                        ("seen", shaped(MOMENT)),
                    ])),
                ),
            ]),
        ),
        (
            "AccountEnded",
            object([("id", text()), ("ended", number())]),
        ),
        (
            "AccountRemoved",
            object([("id", text()), ("name", text()), ("removed", boolean())]),
        ),
    ]
}

fn account_roles() -> Value {
    let roles = Role::ALL.map(Role::as_str);
    json!({"type": "string", "enum": roles})
}
