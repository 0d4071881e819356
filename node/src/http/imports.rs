//! Imports.

use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;

use super::{Answer, answer, read};
use crate::desk::imports;
use crate::front::Caller;
use crate::node::Node;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    text: String,
    format: String,
    #[serde(default)]
    map: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn create(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let create: Create = read(&body)?;
    drop(body);
    answer(&node, move |node| {
        imports::run(
            node,
            &caller.actor(),
            &create.format,
            create.text.as_bytes(),
            create.map.as_deref(),
            create.dry_run,
        )
    })
    .await
}
