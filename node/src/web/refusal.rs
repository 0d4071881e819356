//! The page that says what went wrong.

use askama::Template;
use axum::http::request::Parts;
use axum::response::Response;

use super::page::{Page, filled};
use crate::node::Node;
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "refusal.html")]
struct Refusal<'a> {
    p: Page,
    what: String,
    /// What it was, in the words of the code.
    says: String,
    next: String,
    code: &'a str,
    detail: &'a str,
    request: String,
}

/// Makes it, in the reader's language.
pub fn refusal(node: &Node, parts: &Parts, problem: &Problem) -> Option<Response> {
    let p = Page::of(parts, node);
    let key = match problem.code {
        Code::LinkGone | Code::LinkUnknown => "refusal-link",
        Code::FormForeign => "refusal-form",
        Code::RequestsLimited | Code::SignInLimited => "refusal-many",
        code => match code.status() {
            401 | 403 => "refusal-forbidden",
            404 => "refusal-nowhere",
            410 => "refusal-gone",
            400..500 => "refusal-request",
            503 => "refusal-later",
            _ => "refusal-fault",
        },
    };
    let (what, next) = (p.say(key), p.say(&format!("{key}-next")));
    let refusal = Refusal {
        says: p.say(&problem.code.key()),
        what,
        next,
        code: problem.code.as_str(),
        detail: &problem.detail,
        request: crate::front::request_id(parts),
        p,
    };
    filled(&refusal).ok()
}
