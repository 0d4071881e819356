//! What went wrong, told: a document for programs, a page for people, always with the request's id.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::node::Node;
use crate::problem::{Code, Problem};

/// The media type of a [`Problem`].
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// Makes the page that tells a reader of a problem; given by the door that has pages.
pub type ProblemPage = fn(&Node, &Parts, &Problem) -> Option<Response>;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        told(&self, "")
    }
}

/// The document.
pub(super) fn told(problem: &Problem, request_id: &str) -> Response {
    let status =
        StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut document = problem.document();
    if !request_id.is_empty() {
        document["instance"] = json!(request_id);
    }
    let mut answer = (
        status,
        [(header::CONTENT_TYPE, PROBLEM_TYPE)],
        document.to_string(),
    )
        .into_response();
    finish(&mut answer, problem);
    answer
}

/// The page, when the reader takes one and there is one; else the document.
pub(super) fn shown(
    page: ProblemPage,
    node: &Node,
    parts: &Parts,
    problem: &Problem,
    request_id: &str,
) -> Response {
    let made = takes_html(&parts.headers)
        .then(|| page(node, parts, problem))
        .flatten();
    let Some(mut answer) = made else {
        return told(problem, request_id);
    };
    *answer.status_mut() =
        StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    finish(&mut answer, problem);
    answer
}

fn finish(answer: &mut Response, problem: &Problem) {
    if let Some(seconds) = problem.retry_after {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.extensions_mut().insert(problem.clone());
}

/// Whether a reader would rather see a page than a document for programs.
pub(super) fn takes_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// The problem that an answer tells of; refusals that libraries make themselves are problems too.
pub(super) fn problem_of(answer: &Response, body_max: usize) -> Option<Problem> {
    let status = answer.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    if let Some(problem) = answer.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    // An answer of the kind the reader asked for, such as a form with what is wrong beside its fields.
    let is_plain = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| {
            kind.as_bytes().starts_with(b"text/plain") && answer.headers().get("allow").is_none()
        });
    if !is_plain && status != StatusCode::METHOD_NOT_ALLOWED {
        return None;
    }
    Some(match status {
        StatusCode::METHOD_NOT_ALLOWED => method_not_allowed(),
        StatusCode::NOT_FOUND => nowhere(),
        StatusCode::PAYLOAD_TOO_LARGE => too_large(body_max),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
            Code::UsageMediaType,
            "the request's body is not of the kind that this address takes",
        ),
        status if status.is_client_error() => Problem::new(
            Code::Usage,
            format!("the request cannot be read ({status})"),
        )
        .hint("compare it with the API's description at /openapi.json"),
        status => Problem::internal("the request failed", status),
    })
}

pub(super) fn method_not_allowed() -> Problem {
    Problem::new(
        Code::UsageMethod,
        "this address does not take such a request",
    )
    .hint("see the header `allow`, and the API's description at /openapi.json")
}

pub(super) fn nowhere() -> Problem {
    Problem::new(Code::UnknownRoute, "there is no such address")
        .hint("is the address whole? The API's description is at /openapi.json")
}

pub(super) fn too_large(max: usize) -> Problem {
    Problem::new(
        Code::UsageSize,
        format!("the request is larger than {max} bytes"),
    )
    .allowed(format!("{max} bytes"))
    .hint("send less at a time")
}
