//! The one router: for the world over TCP, on `control.sock` for the command line, in this process when no node runs.
//!
//! What may be asked is said once, in [`OPERATIONS`]: each area's file has its rows. The routes, the document at
//! `/openapi.json`, the page at `/api` and the tests are made of them. Handlers are short: read, call one function of the
//! desk, answer JSON. What goes wrong is a [`Problem`].

mod accounts;
mod document;
mod events;
mod hooks;
mod imports;
mod kinds;
mod logs;
mod manual;
pub mod metrics;
pub mod operations;
mod organisations;
mod passage;
mod peers;
mod records;
mod rpde;
mod schemas;
mod upkeep;
mod verify;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use erikti_protocol::json::{DEPTH_MAX, parse_within};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::formats::FILE_BYTES_MAX;
use crate::front::{PROBLEM_TYPE, Routes, blocking};
use crate::node::Node;
use crate::problem::{Code, Problem};

pub use operations::Operation;

/// What a handler answers.
type Answer = Result<Json, Problem>;

/// Largest request: an imported file inside JSON, where every byte may need an escape of two.
const REQUEST_BYTES_MAX: usize = 2 * FILE_BYTES_MAX;
/// Deepest request: a record's subject, inside the request.
const REQUEST_DEPTH_MAX: usize = DEPTH_MAX + 2;

/// Everything that may be asked, area by area, in an order in which each example finds what it needs.
pub const OPERATIONS: &[&[Operation]] = &[
    kinds::OPERATIONS,
    records::OPERATIONS,
    imports::OPERATIONS,
    verify::OPERATIONS,
    organisations::OPERATIONS,
    peers::OPERATIONS,
    logs::OPERATIONS,
    rpde::OPERATIONS,
    events::OPERATIONS,
    hooks::OPERATIONS,
    upkeep::OPERATIONS,
    accounts::OPERATIONS,
    manual::OPERATIONS,
    records::LAST_OPERATIONS,
];

/// The routes.
pub fn routes() -> Routes {
    operations::all().fold(Routes::new(), |routes, operation| {
        routes.add(operation.method, operation.path, passage::route(operation))
    })
}

/// Makes the router of a node, for the operator.
pub fn router(node: Node) -> Router {
    routes()
        .router(&node)
        .fallback(|| async {
            Problem::new(Code::UnknownRoute, "there is no such address")
                .hint("is the program of the same version as the node?")
        })
        .layer(map_response(told))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
}

/// The document of everything that may be asked.
pub fn openapi() -> Value {
    document::openapi()
}

/// Refusals that the router makes itself are problems too.
async fn told(answer: Response) -> Response {
    let status = answer.status();
    let of_ours = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == PROBLEM_TYPE);
    if of_ours || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let allow = answer.headers().get(header::ALLOW).cloned();
        let allowed = allow.as_ref().and_then(|allow| allow.to_str().ok());
        let mut problem = Problem::new(
            Code::UsageMethod,
            "this address does not take such a request",
        )
        .allowed(allowed.unwrap_or("GET"))
        .into_response();
        if let Some(allow) = allow {
            problem.headers_mut().insert(header::ALLOW, allow);
        }
        return problem;
    }
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => Code::UsageSize,
        _ => Code::Usage,
    };
    let why = format!("the request cannot be read ({status})");
    let mut problem = Problem::new(code, why).into_response();
    *problem.status_mut() = status;
    problem
}

/// A JSON answer.
#[derive(Debug)]
pub(crate) struct Json {
    value: Value,
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
}

impl Json {
    /// An answer of status 200.
    fn new(value: Value) -> Self {
        Self {
            value,
            status: StatusCode::OK,
            headers: Vec::new(),
        }
    }

    /// With another status.
    fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With a header; one that could not be sent is left out.
    fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        let mut answer = (
            self.status,
            [(header::CONTENT_TYPE, operations::JSON)],
            self.value.to_string(),
        )
            .into_response();
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }
}

/// Reads a request's body as JSON with exactly the members of `T`.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    let unreadable = |why: &dyn std::fmt::Display| {
        Problem::new(
            Code::Usage,
            format!("the request's body cannot be read: {why}"),
        )
        .hint("see what it may say: /api")
    };
    let value = parse_within(body, REQUEST_DEPTH_MAX, REQUEST_BYTES_MAX)
        .map_err(|fault| unreadable(&fault))?;
    serde_json::from_value(value).map_err(|e| unreadable(&e))
}

/// Runs work that answers JSON.
async fn answer(
    node: &Node,
    work: impl FnOnce(&Node) -> Result<Value, Problem> + Send + 'static,
) -> Answer {
    blocking(node, work).await.map(Json::new)
}
