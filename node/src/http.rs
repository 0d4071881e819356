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
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::formats::FILE_BYTES_MAX;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// What a handler answers.
type Answer = Result<Json, Problem>;

/// Largest request: an imported file inside JSON, where every byte may need an escape of two.
const REQUEST_BYTES_MAX: usize = 2 * FILE_BYTES_MAX;

/// Makes the router of a node.
pub fn router(node: Node) -> Router {
    Router::new()
        .route("/v1/status", get(upkeep::status))
        .route("/v1/doctor", get(upkeep::doctor))
        .route("/v1/store/verify", post(upkeep::verify))
        .route("/v1/store/rebuild", post(upkeep::rebuild))
        .route("/v1/records", get(records::list).post(records::create))
        .route("/v1/records/{id}", get(records::show))
        .route("/v1/records/{id}/history", get(records::history))
        .route("/v1/records/{id}/proof", get(records::proof))
        .route("/v1/records/{id}/erase", post(records::erase))
        .route("/v1/export", post(records::export))
        .route("/v1/imports", post(imports::create))
        .route("/v1/logs", get(logs::list))
        .route("/v1/checkpoint", get(logs::checkpoint))
        .route("/v1/sync", get(logs::sync))
        .route("/v1/organisations", get(organisations::list))
        .route("/v1/organisations/{id}", get(organisations::show))
        .route("/v1/organisations/{id}/trust", post(organisations::trust))
        .route(
            "/v1/organisations/{id}/accredit",
            post(organisations::accredit),
        )
        .route("/v1/organisations/{id}/revoke", post(organisations::revoke))
        .route("/v1/peers", get(peers::list))
        .route("/v1/peers/{id}", get(peers::show))
        .route("/v1/peers/{id}/block", post(peers::block))
        .route("/v1/peers/{id}/remove", post(peers::remove))
        .route("/v1/invitations", post(peers::invite))
        .route("/v1/invitations/accept", post(peers::accept))
        .fallback(|| async { Problem::new(Code::UnknownRoute, "there is no such address") })
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(node)
}

/// Answers on a socket of this machine until told to stop.
///
/// Errors   what the socket says
pub async fn serve(
    listener: tokio::net::UnixListener,
    node: Node,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(node))
        .with_graceful_shutdown(stop)
        .await
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

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            self.document().to_string(),
        )
            .into_response()
    }
}

/// Reads a request's body as JSON with exactly the members of `T`.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|e| {
        Problem::new(
            Code::Usage,
            format!("the request's body cannot be read: {e}"),
        )
    })
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
