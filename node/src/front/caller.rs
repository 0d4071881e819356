//! Who asks.

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::{ACCESS, Access};
use crate::deeds::Actor;
use crate::desk::reader::Reader;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Who asks, as far as the front has found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The node's own user, at this machine.
    Operator,
    /// Nobody that is known.
    Stranger,
}

impl Caller {
    /// Whose eyes answers are for.
    pub fn reader(&self) -> Reader {
        match self {
            Self::Operator => Reader::Staff,
            Self::Stranger => Reader::Everybody,
        }
    }

    /// Who is to be noted as having done it.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Operator => Actor::operator(),
            Self::Stranger => Actor {
                name: "stranger".to_owned(),
            },
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or(Self::Stranger))
    }
}

/// Finds out who asks, and lets the request through when that may.
pub(super) async fn admit(_node: &Node, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let row = ACCESS
        .iter()
        .find(|row| row.path == path && row.method == request.method());
    match row.map(|row| row.access) {
        Some(Access::Everybody) => {
            request.extensions_mut().insert(Caller::Stranger);
            next.run(request).await
        }
        _ => Problem::new(Code::NotAllowed, "this is not for everybody").into_response(),
    }
}
