//! How the node is: the doctor's checks in words, sizes, and what an administrator can have done about it.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::response::Response;
use serde_json::Value;

use super::page::{Page, filled};
use super::staff::{Refused, Told, see_other};
use crate::desk::{logs, reader::Reader, upkeep};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;

/// Names of works in the background.
const VERIFY: &str = "store-verify";
const REBUILD: &str = "index-rebuild";
/// How often a page asks again while a work runs.
const REFRESH_S: &str = "2";

#[derive(Template)]
#[template(path = "staff/health.html")]
struct Shown {
    p: Page,
    told: Told,
    checks: Vec<Check>,
    ok: bool,
    logs: Vec<Log>,
    index_bytes: u64,
    works: Vec<Work>,
}

/// One check.
struct Check {
    ok: bool,
    /// What it is about, in the reader's language.
    name: String,
    /// The key of what is wrong and what to do; the texts end in `-bad`.
    key: &'static str,
    /// What was found, as the node says it.
    found: String,
    /// Whether that says more than the words of the page: which address, how much.
    tells: bool,
    /// What to type.
    fix: String,
}

/// One log.
struct Log {
    name: String,
    origin: String,
    size: u64,
    indexed: u64,
    audited: u64,
}

/// A work in the background.
struct Work {
    key: &'static str,
    runs: bool,
    outcome: String,
    failed: Option<Refused>,
}

fn check(p: &Page, row: &Value) -> Check {
    let name = row["check"].as_str().unwrap_or_default();
    let (key, said) = match name.split_once(' ') {
        _ if name == "recovery file" => ("check-recovery", p.say("check-recovery")),
        Some(("partner", who)) => ("check-partner", p.say_of("check-partner", "name", who)),
        Some(("log", rest)) => {
            let who = rest.strip_prefix("of ").unwrap_or(rest);
            ("check-log", p.say_of("check-log", "name", who))
        }
        _ => match name {
            "running" => ("check-running", p.say("check-running")),
            "disk" => ("check-disk", p.say("check-disk")),
            "partners" => ("check-partners", p.say("check-partners")),
            "roots" => ("check-roots", p.say("check-roots")),
            "store" => ("check-store", p.say("check-store")),
            other => ("check-other", other.to_owned()),
        },
    };
    let ok = row["ok"].as_bool().unwrap_or(false);
    Check {
        ok,
        name: said,
        tells: ok && key == "check-disk"
            || !ok && !["check-running", "check-recovery"].contains(&key),
        key,
        found: row["found"].as_str().unwrap_or_default().to_owned(),
        fix: row["fix"].as_str().unwrap_or_default().to_owned(),
    }
}

fn works(node: &Node) -> Vec<Work> {
    [(VERIFY, "health-verify"), (REBUILD, "health-rebuild")]
        .into_iter()
        .filter_map(|(name, key)| {
            let job = node.jobs().find(name)?;
            let outcome = job.outcome();
            Some(Work {
                key,
                runs: !job.ended(),
                failed: outcome
                    .as_ref()
                    .and_then(|outcome| outcome.as_ref().err())
                    .map(Refused::from),
                outcome: outcome.and_then(Result::ok).unwrap_or_default(),
            })
        })
        .collect()
}

/// The page.
pub(super) async fn show(
    State(node): State<Node>,
    p: Page,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let shown = blocking(&node, move |node| {
        let doctor = upkeep::doctor(node)?;
        let checks: Vec<Check> = doctor["checks"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|row| check(&p, row))
            .collect();
        let listed = logs::list(node, Reader::Staff)?;
        let logs = listed["logs"].as_array().into_iter().flatten().map(|log| {
            let origin = log["origin"].as_str().unwrap_or_default().to_owned();
            let indexed = erikti_protocol::id::Origin::parse(&origin).map_or(0, |origin| {
                node.ingest().index().complete_up_to(&origin).size
            });
            Log {
                name: log["name"].as_str().unwrap_or_default().to_owned(),
                size: log["size"].as_u64().unwrap_or(0),
                audited: log["audited"].as_u64().unwrap_or(0),
                indexed,
                origin,
            }
        });
        Ok(Shown {
            ok: doctor["ok"].as_bool().unwrap_or(false),
            logs: logs.collect(),
            index_bytes: node.ingest().index().disk_bytes().unwrap_or(0),
            works: works(node),
            checks,
            told,
            p,
        })
    })
    .await?;
    let mut answer = filled(&shown)?;
    if shown.works.iter().any(|work| work.runs) {
        let after = HeaderValue::from_static(REFRESH_S);
        answer.headers_mut().insert("refresh", after);
    }
    Ok(answer)
}

/// Reads everything back, in the background.
pub(super) async fn verify(State(node): State<Node>, p: Page) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let working = node.clone();
    node.jobs().start(VERIFY, move |_| {
        crate::desk::note(&working, &by, "store.verify", "store", None);
        let answer = upkeep::verify(&working)?;
        Ok(answer["records"].to_string())
    })?;
    Ok(see_other("/admin/health?done=verifying"))
}

/// Makes the index anew, in the background.
pub(super) async fn rebuild(State(node): State<Node>, p: Page) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let working = node.clone();
    node.jobs().start(REBUILD, move |_| {
        let answer = upkeep::rebuild(&working, &by)?;
        Ok(answer["records"].to_string())
    })?;
    Ok(see_other("/admin/health?done=rebuilding"))
}
