//! Webhooks.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::operations::{Operation, Parameter, Part, Reply, give};
use super::{Answer, answer, read};
use crate::courier;
use crate::desk::hooks;
use crate::front::Caller;
use crate::node::Node;
use crate::problem::Code;

/// The path's webhook.
const ID: Parameter = Parameter::path(
    "id",
    "The webhook.",
    || json!({"type": "string", "maxLength": 64}),
);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "POST",
        "/v1/hooks",
        "addHook",
        Part::Feeds,
        "Adds a webhook: an address that is told what changes. Its secret is in this answer and in no other.",
        || post(add),
    )
    .sent("AddingHook", || {
        json!({"url": "https://hooks.example.org/erikti", "kinds": ["opportunity"]})
    })
    .answers(&[Reply::json("NewHook", "The webhook, with the secret that its messages are signed with.")])
    .told_once()
    .gives(&[
        give("showHook", "path.id", "$response.body#/id"),
        give("removeHook", "path.id", "$response.body#/id"),
    ])
    .refuses(&[Code::HookAddress, Code::KindUnknown, Code::OrganisationUnknown]),
    Operation::new(
        "GET",
        "/v1/hooks",
        "listHooks",
        Part::Feeds,
        "Lists webhooks.",
        || get(list),
    )
    .answers(&[Reply::json("HookList", "The webhooks.")]),
    Operation::new(
        "GET",
        "/v1/hooks/{id}",
        "showHook",
        Part::Feeds,
        "Shows a webhook and its last deliveries.",
        || get(show),
    )
    .takes(&[ID])
    .answers(&[Reply::json("Hook", "The webhook.")])
    .refuses(&[Code::HookUnknown]),
    Operation::new(
        "POST",
        "/v1/hooks/{id}/test",
        "testHook",
        Part::Feeds,
        "Sends a test to a webhook, at once.",
        || post(test),
    )
    .takes(&[ID])
    .answers(&[Reply::json("HookTested", "How it went.")])
    .refuses(&[Code::HookUnknown]),
    Operation::new(
        "POST",
        "/v1/hooks/{id}/redeliver",
        "redeliverHook",
        Part::Feeds,
        "Sends a delivery that was tried before once more.",
        || post(redeliver),
    )
    .takes(&[ID])
    .sent("Redelivering", || json!({"delivery": "one of the webhook's log"}))
    .answers(&[Reply::json("HookRedelivered", "It waits for its turn.")])
    .refuses(&[Code::HookUnknown]),
    Operation::new(
        "POST",
        "/v1/hooks/{id}/remove",
        "removeHook",
        Part::Feeds,
        "Removes a webhook.",
        || post(remove),
    )
    .takes(&[ID])
    .answers(&[Reply::json("HookRemoved", "It is gone.")])
    .refuses(&[Code::HookUnknown]),
];

async fn list(State(node): State<Node>) -> Answer {
    answer(&node, hooks::list).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    url: String,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    organisation: Option<String>,
    #[serde(default)]
    loopback: bool,
}

async fn add(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let add: Add = read(&body)?;
    answer(&node, move |node| {
        let wanted = hooks::Wanted {
            url: add.url,
            kinds: add.kinds,
            organisation: add.organisation,
            loopback: add.loopback,
        };
        hooks::add(node, &caller.actor(), &wanted)
    })
    .await
}

async fn show(State(node): State<Node>, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| hooks::show(node, &id)).await
}

async fn test(State(node): State<Node>, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| courier::test(node, &id)).await
}

async fn remove(State(node): State<Node>, caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| hooks::remove(node, &caller.actor(), &id)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redeliver {
    delivery: String,
}

async fn redeliver(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let redeliver: Redeliver = read(&body)?;
    answer(&node, move |node| {
        hooks::redeliver(node, &caller.actor(), &id, &redeliver.delivery)
    })
    .await
}
