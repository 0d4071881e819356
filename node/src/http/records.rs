//! Records: list, read, history, proof, bundle, make, supersede, erase, export.

mod operations;

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use erikti_protocol::hash::Hash;
use serde::Deserialize;
use serde_json::Value;

use super::operations::TEXT;
use super::passage::matches;
use super::{Answer, Json, answer, read};
use crate::desk::own::Filter;
use crate::desk::{edits, history, records};
use crate::front::{Caller, blocking, download};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::text::Language;

pub(super) use operations::{LAST_OPERATIONS, OPERATIONS};

/// Adds where the next page is, for programs that follow `Link`.
///
/// Source   RFC 8288
pub(super) fn paged(uri: &Uri, page: Json) -> Json {
    let Some(next) = page.value["next"].as_str().map(str::to_owned) else {
        return page;
    };
    let query = uri.query().unwrap_or_default();
    let kept: String = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="))
        .map(|pair| format!("{pair}&"))
        .collect();
    let link = format!("<{}?{kept}cursor={next}>; rel=\"next\"", uri.path());
    page.header(header::LINK, link)
}

async fn list(
    State(node): State<Node>,
    caller: Caller,
    uri: Uri,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    let page = answer(&node, move |node| {
        records::find(node, caller.reader(), &query)
    })
    .await?;
    Ok(paged(&uri, page))
}

async fn table(
    State(node): State<Node>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let text = |name: &str| query.get(name).filter(|text| !text.is_empty()).cloned();
    let kind = text("kind").ok_or_else(|| {
        Problem::new(Code::Usage, "a table is of one kind of records")
            .field("kind")
            .hint("say which: ?kind=opportunity")
    })?;
    let filter = Filter {
        status: text("status"),
        text: text("q").unwrap_or_default(),
        ..Filter::default()
    };
    let kind = edits::kind_of(&kind)?;
    let language = Language::English;
    Ok(download::records(&node, kind, filter, language, b','))
}

/// The tag of a record's state: its digest.
fn tag(digest: &Value) -> String {
    format!("\"{}\"", digest.as_str().unwrap_or_default())
}

async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    let shown = answer(&node, move |node| {
        let version = query.get("version").map(String::as_str);
        records::show(node, caller.reader(), &id, version)
    })
    .await?;
    let tag = tag(&shown.value["digest"]);
    Ok(shown.header(header::ETAG, tag))
}

async fn history(State(node): State<Node>, caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| {
        history::history(node, caller.reader(), &id)
    })
    .await
}

async fn proof(State(node): State<Node>, caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| {
        records::proof(node, caller.reader(), &id)
    })
    .await
}

async fn bundle(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let text = blocking(&node, move |node| {
        records::bundle(node, caller.reader(), &id)
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, TEXT)], text).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    kind: String,
    #[serde(default)]
    subject: Value,
    #[serde(default)]
    set: Vec<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    readers: Option<String>,
}

async fn create(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let create: Create = read(&body)?;
    if create.id.is_some() && caller != Caller::Operator {
        return Err(Problem::new(
            Code::PreconditionNeeded,
            "a record that is there is changed by PUT, which says from which state",
        )
        .field("id")
        .hint("PUT /v1/records/{id} with If-Match"));
    }
    let made = answer(&node, move |node| {
        records::create(
            node,
            &caller.actor(),
            &create.kind,
            create.subject,
            &create.set,
            create.id.as_deref(),
            create.readers.as_deref(),
        )
    })
    .await?;
    Ok(written(made).status(StatusCode::CREATED))
}

/// A receipt with the record's new tag and address.
fn written(receipt: Json) -> Json {
    let tag = tag(&receipt.value["digest"]);
    let id = receipt.value["id"].as_str().unwrap_or_default();
    let location = format!("/v1/records/{id}");
    receipt
        .header(header::ETAG, tag)
        .header(header::LOCATION, location)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replace {
    subject: Value,
    #[serde(default)]
    readers: Option<String>,
}

async fn replace(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let replace: Replace = read(&body)?;
    let expected = headers.get(header::IF_MATCH).cloned();
    let fits = move |current: &Hash| {
        let Some(expected) = &expected else {
            return Err(Problem::new(
                Code::PreconditionNeeded,
                "say which state of the record is to be changed",
            )
            .field("If-Match")
            .found("nothing")
            .allowed(format!("\"{current}\""))
            .hint("read it, and send its ETag as If-Match"));
        };
        let tag = HeaderValue::try_from(format!("\"{current}\""));
        // A weak tag does not say that the bytes are the same.
        let weak = expected.to_str().is_ok_and(|text| text.contains("W/"));
        if !weak && tag.is_ok_and(|tag| matches(expected, &tag)) {
            return Ok(());
        }
        Err(changed(current).found(expected.to_str().unwrap_or("not text")))
    };
    let put = blocking(&node, move |node| {
        let readers = replace.readers.as_deref();
        records::replace(node, &caller.actor(), &id, replace.subject, readers, fits)
    })
    .await;
    match put {
        Ok(receipt) => Ok(written(Json::new(receipt)).into_response()),
        Err(problem) => {
            let tag = problem
                .allowed
                .clone()
                .filter(|_| problem.code == Code::PreconditionFailed);
            let mut answer = problem.into_response();
            if let Some(Ok(tag)) = tag.map(HeaderValue::try_from) {
                answer.headers_mut().insert(header::ETAG, tag);
            }
            Ok(answer)
        }
    }
}

fn changed(current: &Hash) -> Problem {
    Problem::new(
        Code::PreconditionFailed,
        "somebody changed the record since it was read",
    )
    .field("If-Match")
    .allowed(format!("\"{current}\""))
    .hint("read it again, and make the change to what it says now")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Erase {
    reason: String,
}

async fn erase(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let erase: Erase = read(&body)?;
    answer(&node, move |node| {
        records::erase(node, &caller.actor(), &id, &erase.reason)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    ids: Vec<String>,
    #[serde(default)]
    bundle: bool,
}

async fn export(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let export: Export = read(&body)?;
    answer(&node, move |node| {
        records::export(node, caller.reader(), &export.ids, export.bundle)
    })
    .await
}
