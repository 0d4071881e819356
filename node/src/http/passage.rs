//! What all operations have in common: what a request may carry, what an answer says about itself, and answers that
//! are given again to who asks again.

use std::error::Error;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use erikti_protocol::hash::Hash;
use serde_json::json;
use tower::ServiceExt;

use super::operations::Operation;
use crate::desk::reader::Reader;
use crate::front::{Access, BODY_BYTES_MAX, Caller, PROBLEM_TYPE, request_id, row_of};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::replies::{Begun, KEY_CHARS_MAX, REPLY_BYTES_MAX, Reply};

/// The header that names a request, so that it is done once however often it is sent.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Headers that are kept with an answer.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// The route of an operation.
pub(super) fn route(operation: &'static Operation) -> MethodRouter<Node> {
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
    let filter = MethodFilter::try_from(method).unwrap_or(MethodFilter::GET);
    on(
        filter,
        move |State(node): State<Node>, request: Request| async move {
            let (parts, body) = request.into_parts();
            let seen = Seen::of(operation, &parts);
            let answer = pass(operation, &node, parts, body).await;
            seen.finish(answer.unwrap_or_else(IntoResponse::into_response))
        },
    )
}

async fn pass(
    operation: &'static Operation,
    node: &Node,
    parts: Parts,
    body: Body,
) -> Result<Response, Problem> {
    check_query(operation, &parts)?;
    let body = read(operation, &parts, body).await?;
    let key = key(&parts.headers)?.filter(|_| operation.method == "POST");
    let caller = caller(&parts).await;
    let who = match (&caller, key) {
        (_, None) | (Caller::Stranger, _) => None,
        (Caller::Operator, Some(key)) => Some(("operator".to_owned(), key)),
        (Caller::Account(account), Some(key)) => Some((format!("account {}", account.id), key)),
    };
    let Some((who, key)) = who else {
        return Ok(done(operation, node, parts, body).await);
    };
    let path = parts
        .uri
        .path_and_query()
        .map_or("/", axum::http::uri::PathAndQuery::as_str);
    let request = Hash::of_parts(&[
        operation.method.as_bytes(),
        b" ",
        path.as_bytes(),
        b"\n",
        &body,
    ]);
    let replies = node.replies().clone();
    let begun = super::blocking(node, move |_| replies.begin(&who, &key, request)).await?;
    let running = match begun {
        Begun::Same(reply) => return Ok(again(reply)),
        Begun::New(running) => running,
    };
    // On a task of its own: what was begun is finished and kept, even when nobody waits for the answer any more.
    let node = node.clone();
    let work = tokio::spawn(async move {
        let id = request_id(&parts);
        let answer = done(operation, &node, parts, body).await;
        if answer.status().is_server_error() {
            return Ok(answer);
        }
        let (head, body) = whole(answer, &id).into_parts();
        let bytes = to_bytes(body, REPLY_BYTES_MAX)
            .await
            .map_err(|e| Problem::internal("the answer is too large to be kept", e))?;
        let text = |name: &HeaderName| {
            let value = head.headers.get(name)?.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        };
        let reply = if operation.told_once && head.status.is_success() {
            told_once(&id)
        } else {
            Reply {
                status: head.status.as_u16(),
                headers: KEPT_HEADERS.iter().filter_map(text).collect(),
                body: String::from_utf8_lossy(&bytes).into_owned(),
            }
        };
        super::blocking(&node, move |_| {
            if let Err(problem) = running.done(&reply) {
                tracing::error!(%problem, "an answer could not be kept");
            }
            Ok(())
        })
        .await?;
        Ok(Response::from_parts(head, Body::from(bytes)))
    });
    work.await
        .map_err(|e| Problem::internal("the request's work broke off", e))?
}

/// What is kept instead of an answer with a secret: whoever asks again learns that it was done, and no secret lies on the
/// disk.
fn told_once(request_id: &str) -> Reply {
    let problem = Problem::new(
        Code::IdempotencyTold,
        "this was done when it was asked for first; its answer had a secret, which is told once and kept nowhere",
    )
    .field("Idempotency-Key")
    .hint("if that answer was lost, ask under a new key: for an account or a link the new one replaces the old");
    let mut document = problem.document();
    if !request_id.is_empty() {
        document["instance"] = json!(request_id);
    }
    Reply {
        status: problem.code.status(),
        headers: vec![(
            header::CONTENT_TYPE.as_str().to_owned(),
            PROBLEM_TYPE.to_owned(),
        )],
        body: document.to_string(),
    }
}

/// Hands the request to whoever answers.
async fn done(operation: &'static Operation, node: &Node, parts: Parts, body: Bytes) -> Response {
    let handler: MethodRouter = (operation.handler)()
        // The body was read within its bound above.
        .layer(DefaultBodyLimit::disable())
        .with_state(node.clone());
    match handler
        .oneshot(Request::from_parts(parts, Body::from(body)))
        .await
    {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}

/// A problem gets the id of the request that it is kept with: told again, it is the same to the last byte.
fn whole(mut answer: Response, request_id: &str) -> Response {
    if let Some(problem) = answer.extensions_mut().remove::<Problem>() {
        let mut document = problem.document();
        if !request_id.is_empty() {
            document["instance"] = json!(request_id);
        }
        answer.headers_mut().remove(header::CONTENT_LENGTH);
        *answer.body_mut() = Body::from(document.to_string());
    }
    answer
}

fn again(reply: Reply) -> Response {
    let mut answer = Response::new(Body::from(reply.body));
    *answer.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::try_from(value.as_str()),
        ) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
        .headers_mut()
        .insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    answer
}

async fn caller(parts: &Parts) -> Caller {
    let mut parts = parts.clone();
    let Ok(caller) = Caller::from_request_parts(&mut parts, &()).await;
    caller
}

/// A query has the names that the operation knows, each once.
fn check_query(operation: &Operation, parts: &Parts) -> Result<(), Problem> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|e| Problem::new(Code::Usage, format!("the query cannot be read: {e}")))?;
    let mut seen = std::collections::BTreeSet::new();
    for (name, _) in &pairs {
        if !operation.knows(name) {
            let names = operation.query_names();
            let problem = Problem::new(Code::Usage, "the query has a name that is not known here")
                .field(name)
                .found(name)
                .allowed(match names.is_empty() {
                    true => "no query".to_owned(),
                    false => names.join(", "),
                });
            return Err(match crate::nearest::nearest(name, names) {
                Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
                None => problem,
            });
        }
        if !seen.insert(name) {
            return Err(Problem::new(Code::Usage, "the query says something twice")
                .field(name)
                .hint("say it once"));
        }
    }
    Ok(())
}

/// Reads the body, when the operation takes one, within the bound of its row.
async fn read(operation: &Operation, parts: &Parts, body: Body) -> Result<Bytes, Problem> {
    let row = row_of(operation.method, operation.path);
    let bytes_max = row.map_or(BODY_BYTES_MAX, |row| row.body_max);
    let bytes = to_bytes(body, bytes_max).await.map_err(|e| {
        let too_large = e
            .source()
            .is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
        match too_large {
            true => Problem::new(
                Code::UsageSize,
                format!("the request is larger than {bytes_max} bytes"),
            )
            .allowed(format!("{bytes_max} bytes"))
            .hint("send less at once"),
            false => Problem::new(Code::Usage, "the request's body broke off"),
        }
    })?;
    let Some(wanted) = operation.body else {
        // Programs send an empty object where nothing is to be said.
        if bytes.is_empty() || (operation.method != "GET" && bytes.as_ref() == b"{}") {
            return Ok(Bytes::new());
        }
        return Err(
            Problem::new(Code::Usage, "this takes no body").hint("send the request without one")
        );
    };
    let media = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(wanted.media) {
        return Err(Problem::new(
            Code::UsageMediaType,
            "the request's body is of another kind than is read here",
        )
        .field("Content-Type")
        .found(if media.is_empty() { "nothing" } else { media })
        .allowed(wanted.media)
        .hint(format!("send it as Content-Type: {}", wanted.media)));
    }
    Ok(bytes)
}

/// The request's key, in quotation marks or without.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    if (1..=KEY_CHARS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Ok(Some(text.to_owned()));
    }
    Err(Problem::new(Code::Usage, "this is no key of a request")
        .field("Idempotency-Key")
        .found(text)
        .allowed(format!(
            "1 to {KEY_CHARS_MAX} letters, digits and signs, for instance a UUID"
        )))
}

/// What the answer depends on.
struct Seen {
    public: bool,
    staff: bool,
    reads: bool,
    if_none_match: Option<HeaderValue>,
}

impl Seen {
    fn of(operation: &Operation, parts: &Parts) -> Self {
        let access = row_of(operation.method, operation.path).map(|row| row.access);
        let caller = parts.extensions.get::<Caller>();
        Self {
            public: access == Some(Access::Everybody),
            staff: caller.is_some_and(|caller| caller.reader() == Reader::Staff),
            reads: operation.method == "GET",
            if_none_match: parts.headers.get(header::IF_NONE_MATCH).cloned(),
        }
    }

    /// Says who may keep the answer, and who may read it from a page of another host.
    fn finish(self, mut answer: Response) -> Response {
        let headers = answer.headers_mut();
        if self.public {
            headers
                .entry(header::VARY)
                .or_insert(HeaderValue::from_static("authorization"));
        }
        if self.public && self.reads {
            // Pages of other hosts may read what everybody may. No cookie is ever looked at here, and a token is a
            // header that a browser only sends elsewhere after asking; nobody answers that question.
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_ORIGIN,
                HeaderValue::from_static("*"),
            );
        }
        let keep = match self.public && self.reads && !self.staff {
            true => "no-cache",
            false => "no-store",
        };
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static(keep));
        let unchanged = self.reads
            && answer.status() == StatusCode::OK
            && answer.headers().get(header::ETAG).is_some_and(|tag| {
                self.if_none_match
                    .is_some_and(|wanted| matches(&wanted, tag))
            });
        if unchanged {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            answer.headers_mut().remove(header::CONTENT_TYPE);
            answer.headers_mut().remove(header::CONTENT_LENGTH);
            *answer.body_mut() = Body::empty();
        }
        answer
    }
}

/// Whether a list of entity tags has this one; a weak one is as good for reading.
pub(super) fn matches(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else {
        return false;
    };
    list.split(',')
        .map(str::trim)
        .any(|listed| listed == "*" || listed.strip_prefix("W/").unwrap_or(listed) == tag)
}
