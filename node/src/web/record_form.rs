//! New records and changed ones: one form for every kind, made from the kind's fields.

use askama::Template;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use erikti_protocol::field::Text3;
use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::kind;
use erikti_protocol::record::Readers;

use super::conflict::{self, Conflict};
use super::page::{Page, filled, page};
use super::staff::{Pairs, every, one, see_other};
use crate::clock;
use crate::desk::edits::{self, Begun, Saved};
use crate::desk::form::fault::{FormFault, What};
use crate::desk::form::list::Offers;
use crate::desk::form::read::read;
use crate::desk::form::show::{Means, Part, parts};
use crate::desk::form::{self, Form as Entries};
use crate::desk::own::{self, Filter};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "staff/record_form.html")]
struct Shown {
    p: Page,
    label: Text3,
    help: Text3,
    action: String,
    id: RecordId,
    began: u64,
    parts: Vec<Part>,
    offers: Offers,
    readers: Vec<Choice>,
    organisations: Vec<(String, String, bool)>,
    summary: Vec<(String, String, String)>,
    readers_faults: Vec<String>,
    refused: Option<String>,
}

impl Shown {
    fn listed(&self) -> bool {
        let mut readers = self.readers.iter();
        readers.any(|choice| choice.chosen && choice.value == "listed")
    }
}

/// One answer to who may read it.
struct Choice {
    value: &'static str,
    chosen: bool,
    possible: bool,
}

/// What a form is about to be shown with.
struct Filling {
    begun: Begun,
    entries: Entries,
    readers: Readers,
    faults: Vec<FormFault>,
    refused: Option<String>,
}

impl Filling {
    fn of(begun: Begun) -> Self {
        Self {
            entries: Entries::of(begun.kind, &begun.said.subject, &begun.said.extra),
            readers: begun.readers.clone(),
            begun,
            faults: Vec::new(),
            refused: None,
        }
    }

    fn shown(self, node: &Node, p: Page) -> Result<Shown, Problem> {
        let kind = self.begun.kind;
        let offers = Offers::of(node, kind, p.language)?;
        let parts = parts(kind, &self.entries, &self.faults, &offers, p.language);
        let named = |path: &str| label_of(&parts, path);
        let (of_readers, of_fields): (Vec<_>, Vec<_>) = self
            .faults
            .iter()
            .partition(|fault| fault.path == "readers");
        let mut summary: Vec<(String, String, String)> = of_fields
            .iter()
            .map(|fault| {
                (
                    anchor(&parts, &fault.path),
                    named(&fault.path),
                    fault.say(p.language),
                )
            })
            .collect();
        summary.extend(of_readers.iter().map(|fault| {
            (
                "readers".to_owned(),
                p.say("form-readers"),
                fault.say(p.language),
            )
        }));
        let began = self.begun.version;
        let readers = ["public", "network", "listed"].map(|value| Choice {
            value,
            chosen: value == word_of(&self.readers),
            possible: began == 0 || possible(&self.begun.readers, value),
        });
        let own = node.organisation();
        let organisations = node
            .known_organisations()
            .into_iter()
            .filter(|organisation| *organisation != own)
            .map(|organisation| {
                let ticked = matches!(&self.readers, Readers::Listed(listed) if listed.contains(&organisation));
                (organisation.to_string(), node.name_of(&organisation), ticked)
            })
            .collect();
        Ok(Shown {
            label: kind.label,
            help: kind.help,
            action: match began {
                0 => format!("/manage/records/new/{}", kind.name),
                _ => format!("/manage/records/{}/edit", self.begun.id),
            },
            id: self.begun.id,
            began,
            readers: readers.into(),
            organisations,
            readers_faults: of_readers
                .iter()
                .map(|fault| fault.say(p.language))
                .collect(),
            summary,
            parts,
            offers,
            refused: self.refused,
            p,
        })
    }
}

fn word_of(readers: &Readers) -> &'static str {
    match readers {
        Readers::Public => "public",
        Readers::Network => "network",
        Readers::Listed(_) => "listed",
    }
}

fn possible(before: &Readers, value: &str) -> bool {
    match value {
        "public" => true,
        "network" => edits::may_follow(before, &Readers::Network),
        _ => matches!(before, Readers::Listed(_)),
    }
}

/// What the input or group of a path is called; of what is not shown, the path itself.
fn label_of(parts: &[Part], path: &str) -> String {
    let found = parts.iter().find_map(|part| match part {
        Part::Control(control) | Part::Ticks(control) if control.id == path => {
            Some(control.label.clone())
        }
        Part::Open(group) if group.id == path => Some(group.legend.clone()),
        _ => None,
    });
    let above = path.rsplit_once('.').map(|(above, _)| above);
    match (found, above) {
        (Some(found), _) => found,
        (None, Some(above)) => label_of(parts, above),
        (None, None) => path.to_owned(),
    }
}

/// The id of what is nearest to a fault: its input, else the group around it.
fn anchor(parts: &[Part], path: &str) -> String {
    let exists = |path: &str| {
        parts.iter().any(|part| match part {
            Part::Control(control) | Part::Ticks(control) => control.id == path,
            Part::Open(group) => group.id == path,
            _ => false,
        })
    };
    let mut at = path;
    while !exists(at) {
        let Some((above, _)) = at.rsplit_once('.') else {
            return "form".to_owned();
        };
        at = above;
    }
    at.to_owned()
}

/// An empty form, a copy of another record (`?copy=`), or one with some fields filled in (`?f.activity=`).
pub(super) async fn new(
    State(node): State<Node>,
    p: Page,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query: Pairs = axum::extract::Query::try_from_uri(
        &format!("/?{}", query.unwrap_or_default())
            .parse()
            .map_err(|_| Problem::new(Code::Usage, "the address cannot be read"))?,
    )
    .map(|axum::extract::Query(pairs)| pairs)
    .unwrap_or_default();
    // An organisation has one card, and its node has made it.
    if kind == kind::organisation::KIND.name {
        let filter = Filter {
            kind: Some(kind.clone()),
            ..Filter::default()
        };
        let language = p.language;
        let cards = blocking(&node, move |node| own::list(node, &filter, language)).await?;
        if let Some(card) = cards.records.first() {
            return Ok(see_other(&format!("/manage/records/{}/edit", card.id)));
        }
    }
    page(&node, move |node| {
        let kind = edits::kind_of(&kind)?;
        let mut begun = edits::begin_new(node, kind, clock::record_id())?;
        let copied = one(&query, "copy");
        if !copied.is_empty() {
            let other = edits::begin(node, copied, None)?;
            if other.kind.name == kind.name {
                begun.said = other.said;
                begun.readers = other.readers;
            }
        }
        let mut filling = Filling::of(begun);
        for (name, text) in &query {
            if let Some(path) = name.strip_prefix("f.") {
                filling.entries.subject.put(path, text);
            }
        }
        filling.shown(node, p)
    })
    .await
}

/// The form of a record that there is.
pub(super) async fn edit(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        let newest = edits::newest(node, &id)?;
        // In a conflict the newest version is what a further one follows.
        let begun = edits::begin(node, &id, Some(newest))?;
        Filling::of(begun).shown(node, p)
    })
    .await
}

/// What became of a submitted form.
enum Answered {
    Published(RecordId),
    Again(Box<Shown>, StatusCode),
    Conflict(Box<Conflict>),
}

/// Makes a record.
pub(super) async fn create(
    State(node): State<Node>,
    p: Page,
    Path(kind): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let answered = blocking(&node, move |node| {
        let kind = edits::kind_of(&kind)?;
        let id = RecordId::parse(one(&pairs, "id")).unwrap_or_else(clock::record_id);
        let begun = edits::begin_new(node, kind, id)?;
        submitted(node, p, begun, &pairs)
    })
    .await?;
    answer(answered)
}

/// Changes one.
pub(super) async fn change(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let answered = blocking(&node, move |node| {
        let began = one(&pairs, "began").parse().ok();
        let begun = edits::begin(node, &id, began)?;
        submitted(node, p, begun, &pairs)
    })
    .await?;
    answer(answered)
}

fn answer(answered: Answered) -> Result<Response, Problem> {
    match answered {
        Answered::Published(id) => Ok(see_other(&format!("/manage/records/{id}?done=published"))),
        Answered::Again(shown, status) => Ok((status, filled(&*shown)?).into_response()),
        Answered::Conflict(conflict) => {
            Ok((StatusCode::CONFLICT, filled(&*conflict)?).into_response())
        }
    }
}

fn submitted(node: &Node, p: Page, mut begun: Begun, pairs: &Pairs) -> Result<Answered, Problem> {
    let kind = begun.kind;
    let mut entries = Entries::submitted(kind, pairs);
    let (readers, reader_faults) = read_readers(node, &begun, pairs);
    let button = one(pairs, "do");
    if button.contains(':') {
        entries.press(button, pairs);
        let filling = Filling {
            begun,
            entries,
            readers,
            faults: Vec::new(),
            refused: None,
        };
        return Ok(Answered::Again(
            Box::new(filling.shown(node, p)?),
            StatusCode::OK,
        ));
    }
    // What a new form shows filled in is its own; nothing of it was there before.
    let before = match begun.version {
        0 => form::read::Said::default(),
        _ => begun.said.clone(),
    };
    let mut faults = reader_faults;
    let said = match read(kind, &entries, &before) {
        Ok(said) if faults.is_empty() => said,
        other => {
            faults.splice(0..0, other.err().into_iter().flatten());
            let filling = Filling {
                begun,
                entries,
                readers,
                faults,
                refused: None,
            };
            let shown = filling.shown(node, p)?;
            return Ok(Answered::Again(
                Box::new(shown),
                StatusCode::UNPROCESSABLE_ENTITY,
            ));
        }
    };
    let mut said = said;
    // Somebody was faster, and this form is the answer to what to keep.
    if let Ok(over) = one(pairs, "over").parse::<u64>() {
        let theirs = edits::begin(node, &begun.id.to_string(), Some(over))?;
        said = conflict::merged(&begun.said, &theirs.said, &said, pairs);
        begun = theirs;
    }
    match edits::save(node, &p.caller.actor(), &begun, &said, readers.clone()) {
        Ok(Saved::Done { .. }) => Ok(Answered::Published(begun.id)),
        Ok(Saved::Changed(theirs)) => Ok(Answered::Conflict(Box::new(Conflict::of(
            p, &begun, &theirs, &said, &readers,
        )))),
        Err(problem)
            if problem.code == Code::RecordMalformed || problem.code == Code::NotAllowed =>
        {
            let filling = Filling {
                begun,
                entries,
                readers,
                faults: Vec::new(),
                refused: Some(problem.detail.clone()),
            };
            let shown = filling.shown(node, p)?;
            Ok(Answered::Again(
                Box::new(shown),
                StatusCode::UNPROCESSABLE_ENTITY,
            ))
        }
        Err(problem) => Err(problem),
    }
}

/// Who may read it, as the form says.
fn read_readers(node: &Node, begun: &Begun, pairs: &Pairs) -> (Readers, Vec<FormFault>) {
    let fault = |what: What| {
        vec![FormFault {
            path: "readers".to_owned(),
            what,
        }]
    };
    let readers = match one(pairs, "readers") {
        "public" => Readers::Public,
        "network" => Readers::Network,
        "listed" => {
            let mut listed: Vec<OrgId> = every(pairs, "reader")
                .iter()
                .filter_map(|text| OrgId::parse(text))
                .collect();
            // Those who speak read it themselves.
            listed.push(node.organisation());
            listed.sort_unstable();
            listed.dedup();
            Readers::Listed(listed)
        }
        _ => return (begun.readers.clone(), fault(What::Nobody)),
    };
    if begun.version > 0 && !edits::may_follow(&begun.readers, &readers) {
        return (readers, fault(What::Narrower));
    }
    (readers, Vec::new())
}
