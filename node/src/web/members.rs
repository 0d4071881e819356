//! The people who may sign in here: invited by a link that is good once, given a role, shown the door.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use serde_json::Value;

use super::page::{Page, filled, page};
use super::slips::{keep, kept, token};
use super::staff::{Pairs, Refused, Told, one, refused, see_other};
use crate::accounts::Role;
use crate::desk::accounts;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Hours that an invitation is good for, unless its form says otherwise: a long weekend.
const HOURS: u32 = 72;

#[derive(Template)]
#[template(path = "staff/members.html")]
struct Listed {
    p: Page,
    told: Told,
    token: String,
    people: Vec<Person>,
    invited: Vec<(String, String, String)>,
    refused: Option<Refused>,
    name: String,
    shown: String,
    role: String,
    hours: u32,
}

impl Listed {
    fn roles(&self) -> [Role; 4] {
        Role::ALL
    }

    fn role_name(&self, role: &str) -> String {
        said(&self.p, role)
    }
}

fn said(p: &Page, role: &str) -> String {
    match Role::parse(role) {
        Some(role) => p.say(&format!("member-{}", role.as_str())),
        None => role.to_owned(),
    }
}

/// One account.
struct Person {
    name: String,
    shown: String,
    role: String,
    sessions: u64,
    tokens: u64,
    seen: String,
    own: bool,
}

/// What stood in a form that was refused.
#[derive(Default)]
struct Wanted {
    name: String,
    shown: String,
    role: String,
    hours: u32,
}

fn look(
    node: &Node,
    p: Page,
    told: Told,
    refused: Option<Refused>,
    wanted: Wanted,
) -> Result<Listed, Problem> {
    let answer = accounts::list(node)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let own = p.account().map(|account| account.name.clone());
    let people = answer["accounts"].as_array().into_iter().flatten();
    let invited = answer["invited"].as_array().into_iter().flatten();
    Ok(Listed {
        people: people
            .map(|person| Person {
                name: text(&person["name"]),
                shown: text(&person["shown"]),
                role: text(&person["role"]),
                sessions: person["sessions"].as_u64().unwrap_or(0),
                tokens: person["tokens"].as_u64().unwrap_or(0),
                seen: text(&person["seen"]),
                own: own.as_deref() == person["name"].as_str(),
            })
            .collect(),
        invited: invited
            .map(|link| {
                let role = said(&p, &text(&link["role"]));
                (text(&link["name"]), role, text(&link["expires"]))
            })
            .collect(),
        token: token(),
        name: wanted.name,
        shown: wanted.shown,
        role: match wanted.role.is_empty() {
            true => Role::Coordinator.as_str().to_owned(),
            false => wanted.role,
        },
        hours: match wanted.hours {
            0 => HOURS,
            hours => hours,
        },
        told,
        refused,
        p,
    })
}

/// The list.
pub(super) async fn list(
    State(node): State<Node>,
    p: Page,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        look(node, p, told, None, Wanted::default())
    })
    .await
}

async fn listed(
    node: &Node,
    p: Page,
    problem: Problem,
    wanted: Wanted,
) -> Result<Response, Problem> {
    refused(node, problem, move |node, refused| {
        look(node, p, Told::default(), Some(refused), wanted)
    })
    .await
}

/// Invites somebody.
pub(super) async fn invite(
    State(node): State<Node>,
    p: Page,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let once = one(&pairs, "once").to_owned();
    let to = format!("/admin/members/link/{once}?done=made");
    if kept(&node, &once).is_some() {
        return Ok(see_other(&to));
    }
    let wanted = Wanted {
        name: one(&pairs, "name").to_owned(),
        shown: one(&pairs, "shown").to_owned(),
        role: one(&pairs, "role").to_owned(),
        hours: one(&pairs, "hours").parse().unwrap_or(HOURS),
    };
    let by = p.caller.actor();
    let (name, shown, role) = (
        wanted.name.clone(),
        wanted.shown.clone(),
        wanted.role.clone(),
    );
    let hours = wanted.hours;
    let made = blocking(&node, move |node| {
        let answer = accounts::invite(node, &by, &name, &shown, &role, hours)?;
        keep(node, &once, answer);
        Ok(())
    })
    .await;
    match made {
        Ok(()) => Ok(see_other(&to)),
        Err(problem) => listed(&node, p, problem, wanted).await,
    }
}

#[derive(Template)]
#[template(path = "staff/member_link.html")]
struct Made {
    p: Page,
    told: Told,
    name: String,
    link: String,
    expires: String,
}

/// A link that was just made: shown to whoever made it, and nowhere else.
pub(super) async fn link(
    State(node): State<Node>,
    p: Page,
    Path(token): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let answer = kept(&node, &token).ok_or_else(|| {
        Problem::new(
            Code::InvitationUnknown,
            "a link is shown only once, and this one is gone",
        )
        .hint("make another one")
    })?;
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    filled(&Made {
        name: text("name"),
        link: text("link"),
        expires: text("expires"),
        told,
        p,
    })
}

/// Changes an account: another role, a new password by link, its sessions ended, or the account gone.
pub(super) async fn change(
    State(node): State<Node>,
    p: Page,
    Path(name): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let once = one(&pairs, "once").to_owned();
    let (what, role) = (one(&pairs, "do").to_owned(), one(&pairs, "role").to_owned());
    let changed = blocking(&node, move |node| match what.as_str() {
        "role" => accounts::set_role(node, &by, &name, &role)
            .map(|_| "/admin/members?done=role".to_owned()),
        "reset" => {
            if kept(node, &once).is_none() {
                let answer = accounts::reset(node, &by, &name)?;
                keep(node, &once, answer);
            }
            Ok(format!("/admin/members/link/{once}?done=made"))
        }
        "sessions" => accounts::end_sessions(node, &by, &name)
            .map(|_| "/admin/members?done=sessions-ended".to_owned()),
        "remove" => accounts::remove(node, &by, &name)
            .map(|_| "/admin/members?done=account-removed".to_owned()),
        other => Err(Problem::new(Code::Usage, "there is no such button").found(other)),
    })
    .await;
    match changed {
        Ok(to) => Ok(see_other(&to)),
        Err(problem) => listed(&node, p, problem, Wanted::default()).await,
    }
}
