//! Erasing a record: what follows, in words, and its title typed by whoever means it.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use erikti_protocol::kind::erasure::REASONS;

use super::page::{Page, filled, page};
use super::staff::{Pairs, again, one, see_other};
use crate::desk::edits;
use crate::desk::form::list::title_in;
use crate::desk::records;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "staff/erase.html")]
struct Asked {
    p: Page,
    id: String,
    title: String,
    versions: u64,
    reasons: Vec<(&'static str, &'static str)>,
    chosen: String,
    typed: String,
    wrong_title: bool,
    wrong_reason: bool,
}

fn look(node: &Node, p: Page, id: &str) -> Result<Asked, Problem> {
    let begun = edits::begin(node, id, None)?;
    let subject = serde_json::Value::Object(begun.said.subject);
    let tag = p.language.tag();
    Ok(Asked {
        // A record without a title is named by the end of its id.
        title: title_in(&subject, p.language)
            .unwrap_or_else(|| id.rsplit('-').next().unwrap_or_default().to_owned()),
        versions: edits::newest(node, id)?,
        reasons: REASONS
            .iter()
            .map(|choice| (choice.value, choice.label.of(tag)))
            .collect(),
        id: id.to_owned(),
        chosen: String::new(),
        typed: String::new(),
        wrong_title: false,
        wrong_reason: false,
        p,
    })
}

/// The question.
pub(super) async fn show(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    page(&node, move |node| look(node, p, &id)).await
}

/// What is compared of a title: nobody has to hit the shift key.
fn folded(title: &str) -> String {
    title
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// The deed.
pub(super) async fn erase(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let to = format!("/manage/records/{id}?done=erased");
    let asked = blocking(&node, move |node| {
        let by = p.caller.actor();
        let mut asked = match look(node, p, &id) {
            Ok(asked) => asked,
            // The form was submitted twice.
            Err(problem) if problem.code == Code::RecordErased => return Ok(None),
            Err(problem) => return Err(problem),
        };
        asked.chosen = one(&pairs, "reason").to_owned();
        asked.typed = one(&pairs, "title").to_owned();
        asked.wrong_title = folded(&asked.typed) != folded(&asked.title);
        asked.wrong_reason = !REASONS.iter().any(|choice| choice.value == asked.chosen);
        if asked.wrong_title || asked.wrong_reason {
            return Ok(Some(asked));
        }
        records::erase(node, &by, &id, &asked.chosen)?;
        Ok(None)
    })
    .await?;
    match asked {
        Some(asked) => Ok(again(filled(&asked)?)),
        None => Ok(see_other(&to)),
    }
}
