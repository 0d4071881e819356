//! The way in: who asks, and whether that may.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::{Access, row_of};
use super::caller::Caller;
use super::form::FormWord;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Finds out who asks, and lets the request through when that may.
pub(super) async fn admit(_node: &Node, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    match row_of(request.method().as_str(), path).map(|row| row.access) {
        Some(Access::Everybody) => {
            let word = FormWord::of("");
            let _ = (word.used(), word.fits(""));
            request.extensions_mut().insert(Caller::Stranger);
            request.extensions_mut().insert(word);
            next.run(request).await
        }
        _ => Problem::new(Code::NotAllowed, "this is not for everybody").into_response(),
    }
}
