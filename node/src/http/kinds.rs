//! Kinds of records.

use axum::extract::Path;
use axum::routing::get;
use serde_json::json;

use super::operations::{Operation, Parameter, Part, Reply};
use super::{Answer, Json};
use crate::desk::kinds;
use crate::problem::Code;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "GET",
        "/v1/kinds",
        "listKinds",
        Part::Kinds,
        "Lists every kind of record.",
        || get(list),
    )
    .answers(&[Reply::json("KindList", "Every kind.")]),
    Operation::new(
        "GET",
        "/v1/kinds/{name}",
        "showKind",
        Part::Kinds,
        "Shows a kind: its fields with label, help, source and schema, and a sample.",
        || get(show),
    )
    .takes(&[Parameter::path(
        "name",
        "The kind's name.",
        || json!({"type": "string", "maxLength": 64}),
    )
    .example("opportunity")])
    .answers(&[Reply::json("Kind", "The kind.")])
    .refuses(&[Code::KindUnknown]),
];

async fn list() -> Answer {
    Ok(Json::new(kinds::list()))
}

async fn show(Path(name): Path<String>) -> Answer {
    kinds::show(&name).map(Json::new)
}
