//! What every request passes, whichever door it came through: who asks, whether that may, and within which bounds.
//!
//! Two ways in: [`open`] for the world over TCP, and [`trusted`] for the command line, on a socket that only the
//! node's own user can open, or in the same process.

mod access;
mod caller;
mod serve;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};

use crate::node::Node;

pub use access::{ACCESS, Access, Row};
pub use caller::Caller;
pub use serve::{PROBLEM_TYPE, listen, serve, serve_socket};

/// Puts what the world must pass before a router.
pub fn open(router: Router, node: &Node) -> Router {
    let node = node.clone();
    router.route_layer(from_fn(move |request, next| {
        let node = node.clone();
        async move { caller::admit(&node, request, next).await }
    }))
}

/// Lets a router be asked by the operator alone.
pub fn trusted(router: Router) -> Router {
    router.layer(from_fn(|mut request: Request, next: Next| {
        request.extensions_mut().insert(Caller::Operator);
        next.run(request)
    }))
}
