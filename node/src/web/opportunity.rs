//! One opportunity: what there is to do, when and where, for whom, and how one knows that it is true.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::kind::{opportunity, session};
use serde_json::{Map as Object, Value};

use super::held;
use super::map::{self, Dot, Map};
use super::opportunities::{place, when};
use super::page::{Page, filled};
use super::shown::{self, Facts, Item, Look, Words};
use crate::clock;
use crate::desk::opportunities::Point;
use crate::desk::{organisations, records, sessions};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Sessions on the page; whoever needs more asks the API.
const SESSIONS_SHOWN_MAX: usize = 30;

/// One session of the list.
struct Meeting {
    to: String,
    start: String,
    place: String,
    status: Option<Item>,
    cancelled: bool,
    remaining: Option<Item>,
}

#[derive(Template)]
#[template(path = "opportunity.html")]
struct Opportunity {
    p: Page,
    title: Words,
    summary: Option<Words>,
    description: Option<Words>,
    status: Option<Item>,
    open: bool,
    priority: bool,
    remote: bool,
    emergency: bool,
    apply: Option<String>,
    contact: Option<String>,
    when: String,
    place: String,
    schedule: Option<Item>,
    place_facts: Option<Facts>,
    map: Option<Map>,
    rest: Facts,
    meetings: Vec<Meeting>,
    meetings_more: usize,
    organisation: String,
    organisation_name: String,
    standing: &'static str,
    record: String,
    signed: String,
    issuer: String,
    version: u64,
    conflict: bool,
    malformed: bool,
}

/// The page.
pub(super) async fn show(
    p: Page,
    State(node): State<Node>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    blocking(&node, move |node| page(p, node, &id)).await
}

fn page(p: Page, node: &Node, id: &str) -> Result<Response, Problem> {
    let reader = p.caller.reader();
    let found = match records::show(node, reader, id, None) {
        Err(problem) if problem.code == Code::RecordErased => return held::erased(p, node, id),
        found => found?,
    };
    let record = &found["record"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if found["kind"] != opportunity::KIND.name {
        return Err(Problem::new(
            Code::RecordUnknown,
            "this record is no opportunity",
        ));
    }
    let organisation = OrgId::parse(found["organisation"].as_str().unwrap_or_default())
        .ok_or_else(|| Problem::internal("an organisation is none", "unreadable"))?;
    let id = RecordId::parse(record["id"].as_str().unwrap_or_default())
        .ok_or_else(|| Problem::internal("a record has no id", "unreadable"))?;
    let nothing = Object::new();
    let subject = record["credentialSubject"].as_object().unwrap_or(&nothing);
    let look = Look { p: &p, node };
    let fields = opportunity::KIND.fields;
    let member = |name: &str| look.member(fields, subject, name);
    let words = |name: &str| Words::of(subject.get(name)?, p.language);
    let truth = |name: &str| subject.get(name) == Some(&Value::Bool(true));
    let address = |name: &str| {
        let address = subject.get(name)?.as_str()?;
        shown::opens(address).then(|| address.to_owned())
    };
    let meetings = sessions::of(node, reader, &organisation, &id)?;
    let today = clock::now().date().to_string();
    let coming: Vec<_> = meetings
        .iter()
        .filter(|session| *session.start >= *today)
        .collect();
    let days = |name: &str| subject.get(name).and_then(Value::as_str);
    let status = subject.get("status").and_then(Value::as_str);
    // Where it was imported from stands on the page of the whole record.
    const TOLD: [&str; 17] = [
        "title",
        "summary",
        "description",
        "status",
        "priority",
        "allowsRemoteParticipation",
        "requiresEmergencyParticipation",
        "applyLink",
        "contactPage",
        "startDate",
        "endDate",
        "schedule",
        "place",
        "type",
        "id",
        "image",
        "source",
    ];
    filled(&Opportunity {
        title: words("title").unwrap_or_else(|| Words::plain(p.say("untitled"))),
        summary: words("summary"),
        description: words("description"),
        status: member("status"),
        open: status.is_none_or(|status| status == "open"),
        priority: truth("priority"),
        remote: truth("allowsRemoteParticipation"),
        emergency: truth("requiresEmergencyParticipation"),
        apply: address("applyLink"),
        contact: address("contactPage"),
        when: when(&p, days("startDate"), days("endDate")),
        place: place(&p, subject.get("place")),
        schedule: member("schedule"),
        place_facts: match member("place") {
            Some(Item::Facts(facts)) => Some(facts),
            _ => None,
        },
        map: small_map(&p, subject.get("place")),
        rest: look.facts(fields, subject, &TOLD),
        meetings_more: coming.len().saturating_sub(SESSIONS_SHOWN_MAX),
        meetings: coming
            .iter()
            .take(SESSIONS_SHOWN_MAX)
            .map(|session| meeting(look, session))
            .collect(),
        organisation: shown::organisation_address(&organisation),
        organisation_name: node.name_of(&organisation),
        standing: standing_text(organisations::standing(node, &organisation)),
        record: shown::record_address(&id),
        signed: p.moment(&text(&record["proof"]["created"])),
        issuer: text(&record["issuer"]["name"]),
        version: record["version"].as_u64().unwrap_or_default(),
        conflict: found["conflict"] == true,
        malformed: !found["malformed"].is_null(),
        p,
    })
}

fn meeting(look: Look<'_>, session: &sessions::Session) -> Meeting {
    let fields = session::KIND.fields;
    let nothing = Object::new();
    let subject = session.subject.as_object().unwrap_or(&nothing);
    let status = subject.get("status").and_then(Value::as_str);
    Meeting {
        to: shown::record_address(&session.id),
        start: look.local(&session.start),
        place: place(look.p, subject.get("place")),
        status: look
            .member(fields, subject, "status")
            .filter(|_| status != Some("scheduled")),
        cancelled: matches!(status, Some("cancelled" | "postponed")),
        remaining: look.member(fields, subject, "remaining"),
    }
}

/// Where it is, when the record says so in degrees.
fn small_map(p: &Page, place: Option<&Value>) -> Option<Map> {
    let degrees = |name: &str| place?.get(name)?.as_str();
    let point = Point::parse(&format!(
        "{},{}",
        degrees("latitude")?,
        degrees("longitude")?
    ))?;
    let dot = Dot {
        longitude: point.longitude,
        latitude: point.latitude,
        count: 1,
    };
    let says = format!("{:.2}, {:.2}", point.latitude, point.longitude);
    Some(map::spot("place", p.say("map-place"), says, &dot))
}

/// The key of what is said of a standing.
pub(super) fn standing_text(standing: &str) -> &'static str {
    match standing {
        "root" => "standing-root",
        "accredited" => "standing-accredited",
        "partner" => "standing-partner",
        "former" => "standing-former",
        _ => "standing-none",
    }
}

/// The class of a badge that says it.
pub(super) fn standing_tone(standing: &str) -> &'static str {
    match standing {
        "standing-root" | "standing-accredited" => "good",
        "standing-partner" => "accent",
        _ => "warn",
    }
}
