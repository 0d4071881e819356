//! The stylesheet and the scripts, as they stand in the program. Nothing is read from a disk.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::problem::{Code, Problem};

const ASSETS: &[(&str, &str, &str)] = &[(
    "style.css",
    "text/css; charset=utf-8",
    include_str!("../../assets/style.css"),
)];

/// One of them.
pub(super) async fn show(Path(name): Path<String>) -> Result<Response, Problem> {
    let (_, kind, bytes) = ASSETS
        .iter()
        .find(|(asset, ..)| *asset == name)
        .ok_or_else(|| Problem::new(Code::UnknownRoute, "there is no such file"))?;
    Ok(([(header::CONTENT_TYPE, *kind)], *bytes).into_response())
}
