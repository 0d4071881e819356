//! Any record, of a kind known here or not: what it says, its versions, its proof, its exact bytes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::kind;
use serde_json::{Map as Object, Value};

use super::opportunity::{standing_text, standing_tone};
use super::page::{Page, filled};
use super::shown::{self, Facts, Look, Words};
use crate::desk::proving::{self, Examined};
use crate::desk::{history, organisations, records};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// One version of the list.
struct Version {
    number: String,
    state: &'static str,
    tone: &'static str,
    from: String,
    digest: String,
    to: Option<String>,
    shown: bool,
}

/// Who destroyed what was erased.
struct Erasure {
    at: String,
    reason: String,
    by: String,
    receipts: Vec<(String, String)>,
    unanswered: Vec<String>,
}

/// Who here did what.
struct Deed {
    at: String,
    by: String,
    what: String,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    p: Page,
    title: Words,
    kind: String,
    kind_help: Option<&'static str>,
    of_opportunity: Option<String>,
    facts: Facts,
    extra: Facts,
    organisation: String,
    organisation_name: String,
    standing: &'static str,
    readers: String,
    issuer: String,
    signed: String,
    version: u64,
    old: bool,
    conflict: bool,
    malformed: Option<String>,
    audited: bool,
    here: String,
    log: String,
    index: u64,
    digest: String,
    versions: Vec<Version>,
    deeds: Vec<Deed>,
}

/// A record's page.
pub(super) async fn show(
    p: Page,
    State(node): State<Node>,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    blocking(&node, move |node| {
        page(p, node, &id, query.get("version").map(String::as_str))
    })
    .await
}

fn page(p: Page, node: &Node, id: &str, version: Option<&str>) -> Result<Response, Problem> {
    let reader = p.caller.reader();
    let found = match records::show(node, reader, id, version) {
        Err(problem) if problem.code == Code::RecordErased => return erased(p, node, id),
        Err(problem) if problem.code == Code::RecordConflict => return disputed(p, node, id),
        found => found?,
    };
    let record = &found["record"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (organisation, id) = named(&found)?;
    let look = Look { p: &p, node };
    let nothing = Object::new();
    let subject = record["credentialSubject"].as_object().unwrap_or(&nothing);
    let name = found["kind"].as_str().unwrap_or_default();
    let known = kind::by_name(name);
    let (fields, extra) = known.map_or((&[][..], &[][..]), |kind| (kind.fields, kind.extra));
    let extra_members: Object<String, Value> = record
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| extra.iter().any(|field| field.name == **name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let title = ["title", "name"]
        .iter()
        .find_map(|member| Words::of(subject.get(*member)?, p.language));
    let kind_label = known.map_or(name, |kind| p.words(kind.label)).to_owned();
    let past = history::history(node, reader, &id.to_string())?;
    let shown_version = record["version"].as_u64().unwrap_or_default();
    let origin = Origin::parse(found["log"]["origin"].as_str().unwrap_or_default());
    filled(&RecordPage {
        title: title.unwrap_or_else(|| Words::plain(&kind_label)),
        kind: kind_label,
        kind_help: known.map(|kind| p.words(kind.help)),
        of_opportunity: (name == kind::opportunity::KIND.name && version.is_none())
            .then(|| shown::opportunity_address(&id)),
        facts: look.facts(fields, subject, &[]),
        extra: look.facts(extra, &extra_members, &[]),
        organisation: shown::organisation_address(&organisation),
        organisation_name: node.name_of(&organisation),
        standing: standing_text(organisations::standing(node, &organisation)),
        readers: readers(&p, record),
        issuer: text(&record["issuer"]["name"]),
        signed: p.moment(&text(&record["proof"]["created"])),
        version: shown_version,
        old: past["versions"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|version| version["current"] == true && version["version"] != shown_version),
        conflict: found["conflict"] == true,
        malformed: found["malformed"].as_str().map(str::to_owned),
        audited: found["audited"] == true,
        here: shown::record_address(&id),
        log: origin.map_or_else(|| "/logs".to_owned(), |origin| shown::log_address(&origin)),
        index: found["log"]["index"].as_u64().unwrap_or_default(),
        digest: text(&found["digest"]),
        versions: versions(&p, &id, &past, shown_version),
        deeds: deeds(&p, &past),
        p,
    })
}

fn named(found: &Value) -> Result<(OrgId, RecordId), Problem> {
    let organisation = found["organisation"].as_str().and_then(OrgId::parse);
    let id = found["record"]["id"].as_str().and_then(RecordId::parse);
    organisation
        .zip(id)
        .ok_or_else(|| Problem::internal("a record names nobody", "unreadable"))
}

fn readers(p: &Page, record: &Value) -> String {
    match &record["termsOfUse"][0]["readers"] {
        Value::String(text) if text == "public" => p.say("may-read-public"),
        Value::String(text) if text == "network" => p.say("may-read-network"),
        Value::Array(listed) => p.count("may-read-listed", listed.len()),
        _ => p.say("may-read-public"),
    }
}

fn versions(p: &Page, id: &RecordId, past: &Value, shown_version: u64) -> Vec<Version> {
    let list = past["versions"].as_array().into_iter().flatten().rev();
    list.map(|version| {
        let number = version["version"].as_u64();
        let current = version["current"] == true;
        let state = version["state"].as_str().unwrap_or_default();
        let (says, tone) = match state {
            "present" if current => ("version-current", "good"),
            "present" => ("version-old", ""),
            "erased" => ("version-erased", "bad"),
            "bad" | "foreign" | "damaged" => ("version-bad", "bad"),
            _ => ("version-absent", "warn"),
        };
        let text = |name: &str| version[name].as_str().unwrap_or_default().to_owned();
        let here = shown::record_address(id);
        Version {
            number: number.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            state: says,
            tone,
            from: p.moment(&text("validFrom")),
            digest: text("digest"),
            to: number
                .filter(|number| state == "present" && *number != shown_version)
                .map(|number| format!("{here}?version={number}")),
            shown: number == Some(shown_version),
        }
    })
    .collect()
}

fn deeds(p: &Page, past: &Value) -> Vec<Deed> {
    let list = past["deeds"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list.map(|deed| Deed {
        at: p.moment(&text(&deed["at"])),
        by: text(&deed["by"]["name"]),
        what: text(&deed["what"]),
    })
    .collect()
}

#[derive(Template)]
#[template(path = "record-gone.html")]
struct Gone {
    p: Page,
    id: String,
    erased: bool,
    erasures: Vec<Erasure>,
    versions: Vec<Version>,
}

/// What is left of a record that was erased: when, why, and who has destroyed it.
pub(super) fn erased(p: Page, node: &Node, id: &str) -> Result<Response, Problem> {
    let past = history::history(node, p.caller.reader(), id);
    let past = past.unwrap_or(Value::Null);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = past["erasures"].as_array().into_iter().flatten();
    let erasures = list
        .map(|erasure| {
            let many = |name: &str| erasure[name].as_array().cloned().unwrap_or_default();
            let reason = text(&erasure["reason"]);
            let choice = kind::erasure::REASONS
                .iter()
                .find(|choice| choice.value == reason);
            let by = past["organisation"].as_str().and_then(OrgId::parse);
            Erasure {
                at: p.moment(&text(&erasure["at"])),
                reason: choice.map_or(reason, |choice| p.words(choice.label).to_owned()),
                by: by.map_or_else(String::new, |by| node.name_of(&by)),
                receipts: many("receipts")
                    .iter()
                    .map(|receipt| {
                        (
                            text(&receipt["name"]),
                            p.moment(&text(&receipt["destroyed"])),
                        )
                    })
                    .collect(),
                unanswered: many("unanswered")
                    .iter()
                    .map(|who| text(&who["name"]))
                    .collect(),
            }
        })
        .collect();
    let page = filled(&Gone {
        id: id.to_owned(),
        erased: true,
        erasures,
        versions: Vec::new(),
        p,
    })?;
    Ok((axum::http::StatusCode::GONE, page).into_response())
}

/// Two records claim one version: both are there, neither counts.
fn disputed(p: Page, node: &Node, id: &str) -> Result<Response, Problem> {
    let past = history::history(node, p.caller.reader(), id)?;
    let record = past["id"].as_str().and_then(RecordId::parse);
    let versions = record.map_or_else(Vec::new, |id| versions(&p, &id, &past, 0));
    let page = filled(&Gone {
        id: id.to_owned(),
        erased: false,
        erasures: Vec::new(),
        versions,
        p,
    })?;
    Ok((axum::http::StatusCode::CONFLICT, page).into_response())
}

#[derive(Template)]
#[template(path = "proof.html")]
struct Proof {
    p: Page,
    here: String,
    kind: String,
    log: String,
    created: String,
    standing: &'static str,
    good: bool,
    roles: Vec<&'static str>,
    cosigners: Vec<(Option<String>, String, String)>,
    chain: Vec<(String, String)>,
    examined: Examined,
}

/// What is proved of a record, and how.
pub(super) async fn proof(
    p: Page,
    State(node): State<Node>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    blocking(&node, move |node| {
        let examined = proving::examine(node, p.caller.reader(), &id)?;
        let known = kind::by_name(&examined.kind);
        filled(&Proof {
            here: shown::record_address(&examined.id),
            kind: known
                .map_or(&*examined.kind, |kind| p.words(kind.label))
                .to_owned(),
            log: shown::log_address(&examined.origin),
            created: p.moment(&examined.created.to_string()),
            standing: standing_text(examined.standing),
            good: examined.signed && examined.included && examined.in_force,
            roles: examined
                .roles
                .iter()
                .map(|role| p.words(role.label()))
                .collect(),
            cosigners: examined
                .cosigners
                .iter()
                .map(|cosigner| {
                    let at = p.moment(&cosigner.at.to_string());
                    (cosigner.name.clone(), cosigner.key.to_string(), at)
                })
                .collect(),
            chain: examined
                .chain
                .iter()
                .map(|seat| {
                    let to = shown::organisation_address(&seat.organisation);
                    (to, seat.name.clone())
                })
                .collect(),
            examined,
            p,
        })
    })
    .await
}

/// A record as files: its exact bytes, its bundle, its proof.
pub(super) async fn file(
    p: Page,
    State(node): State<Node>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    blocking(&node, move |node| {
        let reader = p.caller.reader();
        let ids = [id.clone()];
        let (text, kind) = match name.as_str() {
            "record.json" => (
                records::export(node, reader, &ids, false)?["text"].clone(),
                "application/vc",
            ),
            "bundle.json" => (
                records::export(node, reader, &ids, true)?["text"].clone(),
                "application/json",
            ),
            "proof.txt" => (
                records::proof(node, reader, &id)?["text"].clone(),
                "text/plain; charset=utf-8",
            ),
            _ => return Err(Problem::new(Code::UnknownRoute, "there is no such file")),
        };
        let short = id.strip_prefix("urn:uuid:").unwrap_or(&id);
        let plain: String = short
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let headers = [
            (header::CONTENT_TYPE, kind.to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{plain}-{name}\""),
            ),
        ];
        let text = text.as_str().unwrap_or_default().to_owned();
        Ok((headers, text).into_response())
    })
    .await
}
