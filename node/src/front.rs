//! What every request passes, whichever door it came through: who asks, whether that may, and within which bounds.
//!
//! Two ways in: [`open`] for the world over TCP, and [`trusted`] for the command line, on a socket that only the
//! node's own user can open, or in the same process.

mod access;
mod admit;
mod caller;
mod cookie;
pub mod download;
mod form;
mod hosts;
mod language;
mod limits;
mod line;
mod packed;
mod pass;
mod routes;
mod sent;
mod serve;
mod told;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::node::Node;
use crate::problem::Problem;
use admit::Realm;
use pass::Front;

pub use access::{ACCESS, Access, BODY_BYTES_MAX, Row, UPLOAD_BYTES_MAX, row_of};
pub use caller::{Account, Caller};
pub use cookie::{
    DEVICE_COOKIE, DEVICE_COOKIE_SECONDS, get as cookie, session, session_name, set as set_cookie,
};
pub use form::{FORM_FIELD, FormWord};
pub use language::{LANGUAGE_COOKIE, VARIES, language_of};
pub use packed::Packed;
pub use pass::{Asked, CONTENT_SECURITY_POLICY};
pub use routes::Routes;
pub use serve::{
    CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, HEAD_BYTES_MAX, HEADERS_MAX, listen, serve,
    serve_socket,
};
pub use told::{PROBLEM_TYPE, ProblemPage};

/// Answers smaller than this are not worth compressing, in bytes: they fit into one packet anyway.
const COMPRESSED_BYTES_MIN: u64 = 1_024;

/// Puts what the world must pass before the routes for programs and those for people.
///
/// `page`   makes the page that tells people of a problem
pub fn open(programs: Routes, people: Routes, node: &Node, page: ProblemPage) -> Router {
    let routes = [programs.list(), people.list()].concat();
    let front = Front::new(node, page, routes);
    let admitted = |routes: Routes, realm| {
        let front = Arc::clone(&front);
        routes
            .router(node)
            .route_layer(CatchPanicLayer::custom(broke_down))
            .route_layer(from_fn(move |request, next| {
                let front = Arc::clone(&front);
                async move { admit::admit(&front, realm, request, next).await }
            }))
    };
    let (lost, passing) = (Arc::clone(&front), Arc::clone(&front));
    admitted(programs, Realm::Programs)
        .merge(admitted(people, Realm::People))
        .fallback(move |request: Request| {
            let front = Arc::clone(&lost);
            async move { pass::lost(&front, request).await }
        })
        // The table says how large a body may be, and `admit` sees to it.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(move |request, next| {
            let front = Arc::clone(&passing);
            async move { pass::pass(&front, request, next).await }
        }))
        .layer(CompressionLayer::new().compress_when(may_be_compressed))
        .layer(map_response(one_vary))
}

/// What an answer depends on is said in one line, each name once, whoever of those it passed added to it.
async fn one_vary(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    let mut names: Vec<String> = Vec::new();
    for line in headers.get_all(header::VARY) {
        for name in line.to_str().unwrap_or_default().split(',') {
            let name = name.trim().to_ascii_lowercase();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if let Ok(value) = HeaderValue::try_from(names.join(", "))
        && !names.is_empty()
    {
        headers.insert(header::VARY, value);
    }
    answer
}

/// Whether an answer may be compressed: what is personal may not, since its length would then tell what is in it.
fn may_be_compressed(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let value = |name| {
        headers
            .get(name)
            .map_or("", |value: &axum::http::HeaderValue| {
                value.to_str().unwrap_or_default()
            })
    };
    let kind = value(header::CONTENT_TYPE);
    let is_text = (kind.starts_with("text/") && !kind.starts_with("text/event-stream"))
        || ["json", "javascript", "xml"]
            .iter()
            .any(|text| kind.contains(text));
    let length = value(header::CONTENT_LENGTH).parse::<u64>();
    is_text
        && !value(header::CACHE_CONTROL).contains("no-store")
        && length.map_or(true, |length| length >= COMPRESSED_BYTES_MIN)
}

/// What is answered when a handler panics.
fn broke_down(why: Box<dyn Any + Send>) -> Response {
    let why = why
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| why.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given");
    tracing::error!(why, "a request broke down");
    Problem::internal("the request broke down", "the node's log says why").into_response()
}

/// The id of a request.
pub fn request_id(parts: &axum::http::request::Parts) -> String {
    Asked::of(parts).id
}

/// The proxies whose word is taken, of a node's settings.
pub fn proxies(node: &Node) -> Vec<std::net::IpAddr> {
    hosts::proxies(&node.settings().http)
}

/// Lets a router be asked by the operator alone.
pub fn trusted(router: Router) -> Router {
    router.layer(from_fn(|mut request: Request, next: Next| {
        request.extensions_mut().insert(Caller::Operator);
        next.run(request)
    }))
}

/// Runs work that waits for the disk, or computes for long, where it keeps nobody else waiting.
///
/// Errors   those of `work`; `internal` when it breaks off
pub async fn blocking<T: Send + 'static>(
    node: &Node,
    work: impl FnOnce(&Node) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let node = node.clone();
    tokio::task::spawn_blocking(move || work(&node))
        .await
        .map_err(|e| Problem::internal("the work on a request broke off", e))?
}
