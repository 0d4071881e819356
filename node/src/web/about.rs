//! What this node is.

use askama::Template;
use axum::response::Response;

use super::page::{Page, filled};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    p: Page,
}

/// The page.
pub(super) async fn show(p: Page) -> Result<Response, Problem> {
    filled(&About { p })
}
