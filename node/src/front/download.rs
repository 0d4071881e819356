//! Tables to be downloaded: page after page as the reader takes them, so that none is ever in memory whole.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use erikti_protocol::kind::Kind;
use futures::stream::{self, StreamExt};

use super::blocking;
use crate::clock;
use crate::desk::own::{self, Filter};
use crate::formats::table::{Column, columns, head, row};
use crate::node::Node;
use crate::problem::Problem;
use crate::text::Language;

/// The media type of a table.
pub const CSV: &str = "text/csv; charset=utf-8";

/// This organisation's records of a kind that a filter lets through, newest first.
///
/// `between`   what stands between cells
pub fn records(
    node: &Node,
    kind: &'static Kind,
    filter: Filter,
    language: Language,
    between: u8,
) -> Response {
    let columns = columns(kind);
    let first = Bytes::from(head(&columns, between));
    let filter = Filter {
        kind: Some(kind.name.to_owned()),
        cursor: None,
        ..filter
    };
    let node = node.clone();
    let pages = stream::unfold(Some((node, filter, columns)), move |state| async move {
        let (node, filter, columns) = state?;
        let page = page(&node, filter, columns, language, between).await;
        Some(match page {
            Ok((bytes, next)) => (
                Ok(bytes),
                next.map(|(filter, columns)| (node, filter, columns)),
            ),
            Err(problem) => {
                tracing::error!(%problem, "a table broke off");
                (Err(problem), None)
            }
        })
    });
    let body = stream::once(async { Ok(first) }).chain(pages);
    let name = format!("{}-{}.csv", kind.name, clock::now().date());
    let headers = [
        (header::CONTENT_TYPE, CSV.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// A page's rows, and what the next one needs.
type Rows = (Bytes, Option<(Filter, Vec<Column>)>);

async fn page(
    node: &Node,
    filter: Filter,
    columns: Vec<Column>,
    language: Language,
    between: u8,
) -> Result<Rows, Problem> {
    blocking(node, move |node| {
        let page = own::list(node, &filter, language)?;
        let mut bytes = Vec::new();
        for record in &page.records {
            let named = (&record.id, record.kind.as_str(), record.version);
            bytes.extend(row(&columns, named, &record.subject, between));
        }
        let next = page.next.map(|cursor| {
            let filter = Filter {
                cursor: Some(cursor),
                ..filter
            };
            (filter, columns)
        });
        Ok((bytes.into(), next))
    })
    .await
}
