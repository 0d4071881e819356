//! What is said about webhooks.

use serde_json::{Value, json};

use super::{
    boolean, closed, list, number, object, or_null, organisation, reference, shaped, text,
};
use crate::desk::kinds::MOMENT;

pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![
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
    ]
}
