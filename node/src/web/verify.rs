//! Verify: what can be said of a credential or a bundle that somebody shows.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Multipart, Query, State};
use axum::response::Response;
use erikti_protocol::kind;
use erikti_protocol::time::Timestamp;

use super::page::{Page, filled};
use super::shown::{self, Words};
use crate::desk::verify::{Finding, Judged, Outcome, SHOWN_BYTES_MAX, Step, judge};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Something that was looked at, in words.
struct Told {
    tone: &'static str,
    word: String,
    says: String,
    because: Option<String>,
}

/// The answer.
struct Verdict {
    tone: &'static str,
    mark: &'static str,
    says: &'static str,
    first: Option<String>,
    title: Option<Words>,
    kind: String,
    issuer: String,
    id: String,
    to: Option<String>,
    organisation: Option<(String, String)>,
    steps: Vec<Told>,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Verify {
    p: Page,
    text: String,
    id: String,
    refused: Option<&'static str>,
    verdict: Option<Verdict>,
    most: u64,
}

/// The form; with an id in the address, also the answer.
pub(super) async fn show(
    p: Page,
    State(node): State<Node>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let id = query.get("id").cloned().unwrap_or_default();
    answer(p, node, String::new(), id).await
}

/// The answer, and the form again.
pub(super) async fn check(
    p: Page,
    State(node): State<Node>,
    mut form: Multipart,
) -> Result<Response, Problem> {
    let (mut text, mut id) = (String::new(), String::new());
    let unreadable = |e: axum::extract::multipart::MultipartError| {
        Problem::new(Code::Usage, "the form cannot be read").found(e.body_text())
    };
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(unreadable)?;
        let value = String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "text" | "file" if !value.trim().is_empty() => text = value,
            "id" => id = value.trim().to_owned(),
            _ => {}
        }
    }
    answer(p, node, text, id).await
}

async fn answer(p: Page, node: Node, text: String, id: String) -> Result<Response, Problem> {
    blocking(&node, move |node| {
        let shown = if text.is_empty() { &id } else { &text };
        let judged = match shown.trim() {
            "" => None,
            shown => Some(judge(node, p.caller.reader(), shown.as_bytes())),
        };
        let (verdict, refused) = match judged {
            None => (None, None),
            Some(Ok(judged)) => (Some(verdict(&p, node, &judged)), None),
            Some(Err(problem)) => (None, Some(refusal(&problem)?)),
        };
        filled(&Verify {
            // A large file is not sent back: whoever has it can choose it again.
            text: if text.len() <= TEXT_SHOWN_BYTES_MAX {
                text
            } else {
                String::new()
            },
            id,
            refused,
            verdict,
            most: SHOWN_BYTES_MAX as u64 / 1024,
            p,
        })
    })
    .await
}

/// Bytes of a pasted text that stand in the form again: a record of the greatest size.
const TEXT_SHOWN_BYTES_MAX: usize = 64 * 1024;

/// What is said when there is nothing to judge. Faults of the node stay problems.
fn refusal(problem: &Problem) -> Result<&'static str, Problem> {
    Ok(match problem.code {
        Code::RecordUnknown => "verify-refused-unknown",
        Code::RecordErased => "verify-refused-erased",
        Code::RecordConflict => "verify-conflict",
        Code::Usage | Code::RecordMalformed => "verify-refused-form",
        _ => return Err(problem.clone()),
    })
}

fn verdict(p: &Page, node: &Node, judged: &Judged) -> Verdict {
    let (tone, mark, says) = match judged.outcome {
        Outcome::Good => ("good", "✓", "verdict-good"),
        Outcome::Doubtful => ("warn", "!", "verdict-doubtful"),
        Outcome::Bad => ("bad", "✕", "verdict-bad"),
        Outcome::Unknown => ("warn", "?", "verdict-unknown"),
    };
    let shown = judged.shown.clone().unwrap_or_default();
    let known = kind::by_name(&shown.kind);
    Verdict {
        tone,
        mark,
        says,
        first: judged.decided_by().map(|step| said(p, step)),
        title: Words::of(&shown.title, p.language),
        kind: known.map_or(shown.kind, |kind| p.words(kind.label).to_owned()),
        issuer: shown.issuer,
        to: shown
            .held
            .then(|| erikti_protocol::id::RecordId::parse(&shown.id))
            .flatten()
            .map(|id| shown::record_address(&id)),
        id: shown.id,
        organisation: judged.organisation.map(|organisation| {
            let to = shown::organisation_address(&organisation);
            (to, node.name_of(&organisation))
        }),
        steps: judged.steps.iter().map(|step| told(p, step)).collect(),
    }
}

fn told(p: &Page, step: &Step) -> Told {
    let (tone, word) = match step.finding {
        Finding::Good => ("good", "finding-good"),
        Finding::Doubtful => ("warn", "finding-doubtful"),
        Finding::Bad => ("bad", "finding-bad"),
    };
    Told {
        tone,
        word: p.say(word),
        says: said(p, step),
        because: step.because.clone(),
    }
}

/// A step in the reader's words, its values as the reader writes them.
fn said(p: &Page, step: &Step) -> String {
    let values: Vec<_> = step
        .values
        .iter()
        .map(|(name, value)| {
            let role = erikti_protocol::kind::Role::parse(value).filter(|_| *name == "role");
            let value = match *name {
                "index" | "size" => value
                    .parse::<u64>()
                    .map_or_else(|_| value.clone(), |number| p.number(number)),
                "from" | "until" => Timestamp::parse(value)
                    .map_or_else(|| value.clone(), |moment| p.language.moment(moment)),
                _ => role.map_or_else(|| value.clone(), |role| p.words(role.label()).to_owned()),
            };
            (*name, value.into())
        })
        .collect();
    p.language.say_with(step.says, &values)
}
