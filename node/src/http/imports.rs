//! Imports.

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use super::operations::{Operation, Part, Reply};
use super::{Answer, answer, read};
use crate::desk::imports;
use crate::front::Caller;
use crate::node::Node;
use crate::problem::Code;

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "POST",
    "/v1/imports",
    "importFile",
    Part::Records,
    "Imports a file of opportunities; again for the same file changes only what changed.",
    || post(create),
)
.sent("Import", || {
    json!({
        "text": "id,title\n7,Plant trees\n", "format": "csv", "dry_run": true,
        "map": "source = \"table\"\nid = \"id\"\n\n[columns]\n\"title.en\" = \"title\"\n",
    })
})
.answers(&[Reply::json(
    "Imported",
    "What became of each row; rows that could not be taken, with the reason.",
)])
.refuses(&[Code::ImportInvalid, Code::ImportMapping])];

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

async fn create(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
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
