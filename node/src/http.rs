//! The one router: on `control.sock` for the command line, in this process when no node runs.
//!
//! Handlers are short: read, call one function of the node, answer JSON. What goes wrong is a [`Problem`].

mod imports;
mod logs;
mod organisations;
mod peers;
mod records;
mod upkeep;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use erikti_protocol::json::{DEPTH_MAX, parse_within};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::formats::FILE_BYTES_MAX;
use crate::front::{PROBLEM_TYPE, Routes};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// What a handler answers.
type Answer = Result<Json, Problem>;

/// Largest request: an imported file inside JSON, where every byte may need an escape of two.
const REQUEST_BYTES_MAX: usize = 2 * FILE_BYTES_MAX;
/// Deepest request: a record's subject, inside the request.
const REQUEST_DEPTH_MAX: usize = DEPTH_MAX + 2;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/v1/status", upkeep::status)
        .get("/v1/doctor", upkeep::doctor)
        .post("/v1/store/verify", upkeep::verify)
        .post("/v1/store/rebuild", upkeep::rebuild)
        .get("/v1/records", records::list)
        .post("/v1/records", records::create)
        .get("/v1/records/{id}", records::show)
        .get("/v1/records/{id}/history", records::history)
        .get("/v1/records/{id}/proof", records::proof)
        .post("/v1/records/{id}/erase", records::erase)
        .post("/v1/export", records::export)
        .post("/v1/imports", imports::create)
        .get("/v1/logs", logs::list)
        .get("/v1/checkpoint", logs::checkpoint)
        .get("/v1/sync", logs::sync)
        .get("/v1/organisations", organisations::list)
        .get("/v1/organisations/{id}", organisations::show)
        .post("/v1/organisations/{id}/trust", organisations::trust)
        .post("/v1/organisations/{id}/accredit", organisations::accredit)
        .post("/v1/organisations/{id}/revoke", organisations::revoke)
        .get("/v1/peers", peers::list)
        .get("/v1/peers/{id}", peers::show)
        .post("/v1/peers/{id}/block", peers::block)
        .post("/v1/peers/{id}/remove", peers::remove)
        .post("/v1/invitations", peers::invite)
        .post("/v1/invitations/accept", peers::accept)
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
    let why = match status {
        StatusCode::METHOD_NOT_ALLOWED => "this address does not take such a request".to_owned(),
        StatusCode::PAYLOAD_TOO_LARGE => {
            format!("the request is larger than {REQUEST_BYTES_MAX} bytes")
        }
        status => format!("the request cannot be read ({status})"),
    };
    let mut problem = Problem::new(Code::Usage, why).into_response();
    *problem.status_mut() = status;
    problem
}

/// A JSON answer.
#[derive(Debug)]
pub(crate) struct Json(pub(crate) Value);

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        (
            [(header::CONTENT_TYPE, "application/json")],
            self.0.to_string(),
        )
            .into_response()
    }
}

/// Reads a request's body as JSON with exactly the members of `T`.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    let unreadable = |why: &dyn std::fmt::Display| {
        Problem::new(
            Code::Usage,
            format!("the request's body cannot be read: {why}"),
        )
    };
    let value = parse_within(body, REQUEST_DEPTH_MAX, REQUEST_BYTES_MAX)
        .map_err(|fault| unreadable(&fault))?;
    serde_json::from_value(value).map_err(|e| unreadable(&e))
}

/// Runs work that waits for the disk where it keeps nobody else waiting.
async fn blocking<T: Send + 'static>(
    node: &Node,
    work: impl FnOnce(&Node) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let node = node.clone();
    tokio::task::spawn_blocking(move || work(&node))
        .await
        .map_err(|e| Problem::internal("the request's work broke off", e))?
}

/// Runs work that answers JSON.
async fn answer(
    node: &Node,
    work: impl FnOnce(&Node) -> Result<Value, Problem> + Send + 'static,
) -> Answer {
    blocking(node, work).await.map(Json)
}
