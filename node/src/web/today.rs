//! Today: what needs a coordinator.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use erikti_protocol::time::Timestamp;

use super::page::{Page, filled};
use super::staff::{Told, see_other};
use crate::clock;
use crate::desk::imports::batch::Batch;
use crate::desk::today::{self, LIST_MAX, Today};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;

/// The cookie that keeps since when partners' news are new.
const SEEN_COOKIE: &str = "seen";

#[derive(Template)]
#[template(path = "staff/today.html")]
struct Shown {
    p: Page,
    told: Told,
    today: Today,
    interrupted: Vec<bool>,
}

impl Shown {
    fn shown<'a, T>(&self, list: &'a [T]) -> &'a [T] {
        &list[..list.len().min(LIST_MAX)]
    }

    fn more<T>(&self, list: &[T]) -> usize {
        list.len().saturating_sub(LIST_MAX)
    }
}

/// The page.
pub(super) async fn show(
    State(node): State<Node>,
    p: Page,
    Query(told): Query<Told>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let seen = headers
        .get(header::COOKIE)
        .and_then(|cookies| cookies.to_str().ok())
        .and_then(|cookies| {
            cookies
                .split(';')
                .find_map(|pair| pair.trim().strip_prefix(SEEN_COOKIE)?.strip_prefix('='))
        })
        .and_then(Timestamp::parse);
    let language = p.language;
    let (today, interrupted) = blocking(&node, move |node| {
        let today = today::look(node, seen, language)?;
        let interrupted = today
            .imports
            .iter()
            .map(|batch: &Batch| batch.interrupted(node))
            .collect();
        Ok((today, interrupted))
    })
    .await?;
    filled(&Shown {
        p,
        told,
        today,
        interrupted,
    })
}

/// Notes that partners' news are seen, in the reader's browser.
pub(super) async fn seen() -> Response {
    let cookie = format!(
        "{SEEN_COOKIE}={}; Path=/today; Max-Age=31536000; SameSite=Strict; HttpOnly",
        clock::now()
    );
    let mut answer = see_other("/today?done=seen").into_response();
    if let Ok(value) = cookie.parse() {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}
