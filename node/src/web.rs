//! Pages for people, made here: they work without a script, on a phone, in Kazakh, Russian and English.
//!
//! A handler is short: read, call one function of the desk, fill a template. Templates stand in `templates/`, the
//! stylesheet and the few scripts in `assets/`; all of them are part of the program.

mod about;
mod assets;
mod page;

use axum::Router;
use axum::routing::get;

use crate::node::Node;

/// Makes the router of a node's pages.
pub fn router(node: Node) -> Router {
    Router::new()
        .route("/", get(about::show))
        .route("/about", get(about::show))
        .route("/assets/{name}", get(assets::show))
        .with_state(node)
}
