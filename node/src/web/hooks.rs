//! Webhooks: programs of others that are told of every change.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use erikti_protocol::kind::{self, Kind};
use serde_json::Value;

use super::page::{Page, page};
use super::slips::{keep, kept, token};
use super::staff::{Pairs, Refused, Told, every, one, refused, see_other};
use crate::courier;
use crate::desk::hooks;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "staff/hooks.html")]
struct Listed {
    p: Page,
    told: Told,
    token: String,
    hooks: Vec<Hook>,
    secret: String,
    refused: Option<Refused>,
    url: String,
}

impl Listed {
    fn all_kinds(&self) -> &'static [&'static Kind] {
        kind::all()
    }
}

/// One webhook.
struct Hook {
    id: String,
    url: String,
    kinds: String,
    waiting: u64,
    last: String,
    status: String,
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn look(
    node: &Node,
    p: Page,
    told: Told,
    secret: String,
    refused: Option<Refused>,
    url: String,
) -> Result<Listed, Problem> {
    let answer = hooks::list(node)?;
    let named = |name: &str| {
        kind::by_name(name)
            .map_or(name, |kind| kind.label.of(p.language.tag()))
            .to_owned()
    };
    let listed = answer["hooks"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|hook| {
            let kinds = hook["kinds"].as_array().into_iter().flatten();
            let kinds: Vec<String> = kinds.filter_map(Value::as_str).map(named).collect();
            Hook {
                id: text(&hook["id"]),
                url: text(&hook["url"]),
                kinds: kinds.join(", "),
                waiting: hook["waiting"].as_u64().unwrap_or(0),
                last: text(&hook["last"]["at"]),
                status: text(&hook["last"]["status"]),
            }
        });
    Ok(Listed {
        hooks: listed.collect(),
        token: token(),
        told,
        secret,
        refused,
        url,
        p,
    })
}

/// The list; once after a webhook was added, with its secret.
pub(super) async fn list(
    State(node): State<Node>,
    p: Page,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        let secret = kept(node, &told.slip).map(|answer| text(&answer["secret"]));
        look(
            node,
            p,
            told,
            secret.unwrap_or_default(),
            None,
            String::new(),
        )
    })
    .await
}

/// Adds one.
pub(super) async fn add(
    State(node): State<Node>,
    p: Page,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let once = one(&pairs, "once").to_owned();
    let to = format!("/admin/hooks?done=hook-added&slip={once}");
    if kept(&node, &once).is_some() {
        return Ok(see_other(&to));
    }
    let wanted = hooks::Wanted {
        url: one(&pairs, "url").to_owned(),
        kinds: every(&pairs, "kind"),
        organisation: None,
        loopback: one(&pairs, "loopback") == "1",
    };
    let (by, url) = (p.caller.actor(), wanted.url.clone());
    let added = blocking(&node, move |node| {
        let answer = hooks::add(node, &by, &wanted)?;
        keep(node, &once, answer);
        Ok(())
    })
    .await;
    match added {
        Ok(()) => Ok(see_other(&to)),
        Err(problem) => {
            refused(&node, problem, move |node, refused| {
                look(node, p, Told::default(), String::new(), Some(refused), url)
            })
            .await
        }
    }
}

#[derive(Template)]
#[template(path = "staff/hook.html")]
struct Shown {
    p: Page,
    told: Told,
    id: String,
    url: String,
    tries: Vec<Try>,
}

/// One try of one delivery.
struct Try {
    delivery: String,
    at: String,
    number: String,
    status: String,
    fault: String,
    taken: bool,
}

/// One, with its last tries.
pub(super) async fn show(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        let answer = hooks::show(node, &id)?;
        let tries = answer["tries"].as_array().into_iter().flatten();
        Ok(Shown {
            url: text(&answer["url"]),
            tries: tries
                .map(|one| Try {
                    delivery: text(&one["delivery"]),
                    at: text(&one["at"]),
                    number: text(&one["number"]),
                    status: text(&one["status"]),
                    fault: text(&one["fault"]),
                    taken: one["fault"].is_null(),
                })
                .collect(),
            id,
            told,
            p,
        })
    })
    .await
}

/// Tests one, sends a delivery again, or removes it.
pub(super) async fn change(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let to = blocking(&node, move |node| {
        let by = p.caller.actor();
        match one(&pairs, "do") {
            "remove" => {
                hooks::remove(node, &by, &id)?;
                Ok("/admin/hooks?done=hook-removed".to_owned())
            }
            "test" => {
                courier::test(node, &id)?;
                Ok(format!("/admin/hooks/{id}?done=hook-tested"))
            }
            delivery => {
                hooks::redeliver(node, &by, &id, delivery)?;
                Ok(format!("/admin/hooks/{id}?done=hook-tested"))
            }
        }
    })
    .await?;
    Ok(see_other(&to))
}
