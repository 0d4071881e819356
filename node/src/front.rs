//! What every request passes, whichever door it came through: who asks, whether that may, and within which bounds.
//!
//! Two ways in: [`open`] for the world over TCP, and [`trusted`] for the command line, on a socket that only the
//! node's own user can open, or in the same process.

mod access;
mod admit;
mod caller;
mod form;
mod routes;
mod serve;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};

use crate::node::Node;

pub use access::{ACCESS, Access, BODY_BYTES_MAX, Row, UPLOAD_BYTES_MAX, row_of};
pub use caller::{Account, Caller};
pub use form::{FORM_FIELD, FormWord};
pub use routes::Routes;
pub use serve::{PROBLEM_TYPE, listen, serve, serve_socket};

/// Puts what the world must pass before the routes for programs and those for people.
pub fn open(programs: Routes, pages: Routes, node: &Node) -> Router {
    let passed = |routes: Routes| {
        let node = node.clone();
        routes
            .router(&node)
            .route_layer(from_fn(move |request, next| {
                let node = node.clone();
                async move { admit::admit(&node, request, next).await }
            }))
    };
    passed(programs).merge(passed(pages))
}

/// Lets a router be asked by the operator alone.
pub fn trusted(router: Router) -> Router {
    router.layer(from_fn(|mut request: Request, next: Next| {
        request.extensions_mut().insert(Caller::Operator);
        next.run(request)
    }))
}
