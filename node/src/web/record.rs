//! One own record: what it says, what can be done with it, and its past with who did what.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use erikti_protocol::id::RecordId;
use erikti_protocol::kind::Kind;
use erikti_protocol::record::Readers;

use super::deeds;
use super::page::{Page, page};
use super::staff::{Pairs, Told, one, see_other};
use crate::desk::edits::{self, Saved};
use crate::desk::form::lines::{Difference, Line, differences, lines};
use crate::desk::form::list::title_in;
use crate::desk::history;
use crate::desk::reader::Reader;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Versions whose differences are worked out; older ones are listed only.
const COMPARED_MAX: usize = 50;

#[derive(Template)]
#[template(path = "staff/record.html")]
struct Shown {
    p: Page,
    told: Told,
    id: RecordId,
    kind: Option<&'static Kind>,
    title: String,
    lines: Vec<Line>,
    status: String,
    readers: String,
    newest: u64,
    conflict: bool,
    can_close: bool,
    versions: Vec<Past>,
    erasures: Vec<Erased>,
}

/// One version, newest first.
struct Past {
    version: u64,
    at: String,
    by: String,
    what: String,
    current: bool,
    compared: bool,
    differences: Vec<Difference>,
}

/// One order to erase it, and who has answered.
struct Erased {
    at: String,
    by: String,
    answered: Vec<(String, String)>,
    silent: Vec<String>,
}

fn look(node: &Node, p: Page, told: Told, id: &str) -> Result<Shown, Problem> {
    let past = history::history(node, Reader::Staff, id)?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let deed = |version: Option<u64>, what: &str| {
        past["deeds"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|deed| {
                version.is_none_or(|version| deed["version"].as_u64() == Some(version))
                    && deed["what"]
                        .as_str()
                        .is_some_and(|found| found.starts_with(what))
            })
            .map(|deed| (text(&deed["by"]["name"]), text(&deed["what"])))
            .unwrap_or_default()
    };
    let erasures = past["erasures"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|erasure| Erased {
            at: text(&erasure["at"]),
            by: deed(None, "record.erase").0,
            answered: erasure["receipts"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|receipt| (text(&receipt["name"]), text(&receipt["destroyed"])))
                .collect(),
            silent: erasure["unanswered"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|silent| text(&silent["name"]))
                .collect(),
        });
    let mut shown = Shown {
        id: crate::desk::thing::read_id(id)?,
        kind: None,
        title: p.say("record-erased"),
        lines: Vec::new(),
        status: String::new(),
        readers: String::new(),
        newest: 0,
        conflict: past["conflict"].as_bool().unwrap_or(false),
        can_close: false,
        versions: Vec::new(),
        erasures: erasures.collect(),
        told,
        p,
    };
    let begun = match edits::begin(node, id, None) {
        Ok(begun) => begun,
        Err(problem) if problem.code == Code::RecordErased => return Ok(shown),
        Err(problem) => return Err(problem),
    };
    let language = shown.p.language;
    shown.newest = edits::newest(node, id)?;
    let subject = serde_json::Value::Object(begun.said.subject.clone());
    shown.title = title_in(&subject, language)
        .unwrap_or_else(|| begun.kind.label.of(language.tag()).to_owned());
    shown.status = text(&subject["status"]);
    shown.can_close = edits::status_that(begun.kind, &edits::ENDS)
        .is_some_and(|status| status != shown.status && shown.status != "cancelled");
    shown.lines = lines(begun.kind, &begun.said, language);
    shown.readers = said_readers(node, &shown.p, &begun.readers);
    shown.kind = Some(begun.kind);
    let mut later: Option<Past> = None;
    let mut later_said = None;
    let all = past["versions"].as_array().cloned().unwrap_or_default();
    for (at, version) in all.iter().rev().enumerate() {
        let number = version["version"].as_u64().unwrap_or(0);
        let compared = at < COMPARED_MAX;
        let said = compared
            .then(|| edits::begin(node, id, Some(number)).ok())
            .flatten()
            .map(|begun| begun.said);
        if let (Some(past), Some(after), Some(before)) = (&mut later, &later_said, &said) {
            past.differences = differences(begun.kind, before, after, language);
            past.compared = true;
        }
        shown.versions.extend(later.take());
        let (by, what) = deed(Some(number), "");
        later = Some(Past {
            version: number,
            at: text(&version["validFrom"]),
            by,
            what,
            current: version["current"].as_bool().unwrap_or(false),
            compared: false,
            differences: Vec::new(),
        });
        later_said = said;
    }
    shown.versions.extend(later);
    Ok(shown)
}

/// Who may read it, as a sentence.
pub(super) fn said_readers(node: &Node, p: &Page, readers: &Readers) -> String {
    match readers {
        Readers::Public => p.say("readers-public"),
        Readers::Network => p.say("readers-network"),
        Readers::Listed(listed) => {
            let own = node.organisation();
            let names: Vec<String> = listed
                .iter()
                .filter(|organisation| **organisation != own)
                .map(|organisation| node.name_of(organisation))
                .collect();
            match names.is_empty() {
                true => p.say("readers-own"),
                false => p.say_of("readers-listed", "names", names.join(", ")),
            }
        }
    }
}

/// The page.
pub(super) async fn show(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    page(&node, move |node| look(node, p, told, &id)).await
}

/// Closes it.
pub(super) async fn close(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let to = format!("/manage/records/{id}");
    let (before, after) = blocking(&node, move |node| edits::close(node, &by, &id)).await?;
    Ok(see_other(&format!(
        "{to}?done=closed&undo={before}&made={after}"
    )))
}

/// Makes an earlier version the newest one again.
pub(super) async fn revert(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let to = format!("/manage/records/{id}");
    let version = |name: &str| {
        one(&pairs, name).parse::<u64>().map_err(|_| {
            Problem::new(Code::Usage, "a version is a number")
                .field(name)
                .found(one(&pairs, name))
        })
    };
    let (earlier, began) = (version("to")?, version("began")?);
    let saved = blocking(&node, move |node| {
        edits::revert(node, &by, &id, earlier, began)
    })
    .await?;
    match saved {
        Saved::Done { version } => Ok(see_other(&format!(
            "{to}?done=reverted&undo={began}&made={version}"
        ))),
        Saved::Changed(_) => Err(Problem::new(
            Code::RecordConflict,
            "the record has changed meanwhile",
        )
        .hint("look at its history again")),
    }
}
