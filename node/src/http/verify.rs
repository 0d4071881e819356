//! What can be said of a credential, a record or a bundle that somebody shows.

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use erikti_protocol::json::parse_within;
use serde_json::{Value, json};

use super::operations::{Operation, Part, Reply};
use super::{Answer, answer};
use crate::desk::verify::{SHOWN_BYTES_MAX, SHOWN_DEPTH_MAX, judge};
use crate::front::Caller;
use crate::node::Node;
use crate::problem::{Code, Problem};

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "POST",
    "/v1/verify",
    "verify",
    Part::Records,
    "Says what can be said here of a record, a bundle or another credential: who issued it, whether that was theirs to \
     issue, where it is logged, whether it still counts.",
    || post(verify),
)
.sent("Verifying", || {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://issuer.example", "name": "Issuer"},
        "validUntil": "2099-01-01T00:00:00Z",
        "credentialSubject": {"achievement": {"name": "First aid"}},
    })
})
.answers(&[Reply::json(
    "Verified",
    "What was looked at, step by step, and the answer in one word.",
)])
.refuses(&[
    Code::RecordUnknown,
    Code::RecordErased,
    Code::RecordConflict,
])];

async fn verify(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    answer(&node, move |node| {
        let shown = parse_within(&body, SHOWN_DEPTH_MAX, SHOWN_BYTES_MAX).map_err(|fault| {
            unreadable(format!("what is to be checked cannot be read: {fault}"))
        })?;
        let judged = match &shown {
            Value::Object(_) => judge(node, caller.reader(), &body)?,
            Value::String(text) => judge(node, caller.reader(), text.as_bytes())?,
            _ => return Err(unreadable("there is nothing in it to check")),
        };
        Ok(judged.to_json())
    })
    .await
}

fn unreadable(why: impl Into<String>) -> Problem {
    Problem::new(Code::Usage, why).allowed(
        "a record, a bundle or another credential as a JSON object; or as a JSON string the id of a record",
    )
}
