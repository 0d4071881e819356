//! Imports.

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use super::operations::{Operation, Part, Reply};
use super::{Answer, answer, read};
use crate::desk::{following, imports};
use crate::front::{Access, Caller};
use crate::node::Node;
use crate::problem::{Code, Problem};

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "POST",
    "/v1/imports",
    "importFile",
    Part::Records,
    "Imports a file of opportunities, or a feed from where the last time ended; again changes only what changed.",
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
.refuses(&[
    Code::ImportInvalid,
    Code::ImportMapping,
    Code::ImportUnreachable,
])];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    /// The file.
    #[serde(default)]
    text: Option<String>,
    /// Where the file is instead: a feed that is followed from where the last time ended.
    #[serde(default)]
    address: Option<String>,
    /// Whether the address may be on this machine.
    #[serde(default)]
    loopback: bool,
    format: String,
    #[serde(default)]
    map: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

async fn create(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let create: Create = read(&body)?;
    drop(body);
    let one = || {
        Problem::new(
            Code::Usage,
            "an import has a text or an address, never both",
        )
        .allowed("text, or address with the format rpde")
    };
    if create.loopback && !caller.may(Access::Administrators) {
        let problem = Problem::new(
            Code::NotAllowed,
            "only administrators let it ask this machine",
        );
        return Err(problem.field("loopback"));
    }
    answer(&node, move |node| {
        let by = caller.actor();
        match (&create.text, &create.address) {
            (Some(text), None) => imports::run(
                node,
                &by,
                &create.format,
                text.as_bytes(),
                create.map.as_deref(),
                create.dry_run,
            ),
            (None, Some(address)) if create.format == "rpde" => {
                following::follow(node, &by, address, create.loopback, create.dry_run)
            }
            _ => Err(one()),
        }
    })
    .await
}
