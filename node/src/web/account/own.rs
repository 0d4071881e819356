//! The page of one's own account: name, language, password, sessions, tokens.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::page::{Page, filled};
use super::{Wrong, again, browser, done, keep, welcome};
use crate::accounts::{Identity, Scope, digest, handle};
use crate::clock;
use crate::deeds::Actor;
use crate::front::{self, Asked, Caller, LANGUAGE_COOKIE, Routes, blocking};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::text::Language;

/// Days that a token is offered for.
const TOKEN_DAYS: [u32; 3] = [30, 90, 365];

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/account", show)
        .post("/account", set_profile)
        .post("/account/password", set_password)
        .post("/account/sessions/end", end_sessions)
        .post("/account/sessions/{id}/end", end_session)
        .post("/account/tokens", make_token)
        .post("/account/tokens/{id}/revoke", revoke_token)
}

#[derive(Template)]
#[template(path = "account/own.html")]
struct OwnPage {
    p: Page,
    identity: Identity,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    scopes: &'static [Scope],
    days: [u32; 3],
    done: Option<&'static str>,
    /// A token that was just made.
    made: Option<String>,
    wrong: Wrong,
}

struct SessionRow {
    id: String,
    browser: String,
    since: String,
    seen: String,
    is_this: bool,
}

struct TokenRow {
    id: String,
    label: String,
    scopes: Vec<Scope>,
    expires: String,
    used: Option<String>,
}

impl OwnPage {
    fn of(
        node: &Node,
        p: Page,
        account: &str,
        asked: &Asked,
        headers: &HeaderMap,
    ) -> Result<Self, Problem> {
        let (accounts, now) = (node.accounts(), clock::now());
        let identity = accounts.identity(account)?;
        let this = front::session(headers, asked.secure).map(digest);
        let moment = |moment| p.language.moment(moment);
        let sessions = accounts.sessions(account, now).into_iter();
        let sessions = sessions
            .map(|(digest, session)| SessionRow {
                id: handle(&digest),
                browser: session.browser,
                since: moment(session.since),
                seen: moment(session.seen),
                is_this: this == Some(digest),
            })
            .collect();
        let tokens = accounts.tokens(account, now).into_iter();
        let tokens = tokens
            .map(|(digest, token)| TokenRow {
                id: handle(&digest),
                label: token.label,
                scopes: token.scopes.into_iter().collect(),
                expires: moment(token.expires),
                used: token.used.map(moment),
            })
            .collect();
        Ok(Self {
            scopes: identity.role.scopes(),
            days: TOKEN_DAYS,
            done: None,
            made: None,
            wrong: Wrong::default(),
            identity,
            sessions,
            tokens,
            p,
        })
    }
}

/// Whose account it is.
fn owner(caller: &Caller) -> Result<(String, Actor), Problem> {
    let account = caller.account().ok_or_else(|| {
        Problem::new(Code::SignInNeeded, "this is for those who are signed in").hint("sign in")
    })?;
    Ok((account.id.clone(), caller.actor()))
}

#[derive(Deserialize)]
struct Show {
    #[serde(default)]
    done: String,
}

async fn show(
    State(node): State<Node>,
    p: Page,
    asked: Asked,
    headers: HeaderMap,
    Query(query): Query<Show>,
) -> Result<Response, Problem> {
    let (id, _) = owner(&p.caller)?;
    let mut page = OwnPage::of(&node, p, &id, &asked, &headers)?;
    page.done = done(&query.done);
    filled(&page)
}

/// The page once more, with what is wrong in one of its forms.
fn page_again(
    node: &Node,
    p: Page,
    id: &str,
    asked: &Asked,
    headers: &HeaderMap,
    problem: Problem,
) -> Result<Response, Problem> {
    let wrong = Wrong::of(&p, &problem).ok_or_else(|| problem.clone())?;
    let mut page = OwnPage::of(node, p, id, asked, headers)?;
    page.wrong = wrong;
    again(&page, &problem)
}

fn back(done: &str) -> Response {
    Redirect::to(&format!("/account?done={done}")).into_response()
}

#[derive(Deserialize)]
struct Profile {
    #[serde(default)]
    shown: String,
    #[serde(default)]
    language: String,
}

async fn set_profile(
    State(node): State<Node>,
    p: Page,
    asked: Asked,
    headers: HeaderMap,
    Form(form): Form<Profile>,
) -> Result<Response, Problem> {
    let (id, by) = owner(&p.caller)?;
    let language = Language::parse(&form.language);
    let of = id.clone();
    let set = blocking(&node, move |node| {
        node.accounts().set_profile(&of, &form.shown, language)?;
        node.deeds().note(&by, "account.profile", &by.name, None)
    })
    .await;
    if let Err(problem) = set {
        return page_again(&node, p, &id, &asked, &headers, problem);
    }
    let mut answer = back("profile");
    if let Some(language) = language {
        let year = Some(front::DEVICE_COOKIE_SECONDS);
        keep(
            &mut answer,
            front::set_cookie(LANGUAGE_COOKIE, language.tag(), year, asked.secure),
        );
    }
    Ok(answer)
}

#[derive(Deserialize)]
struct Password {
    #[serde(default)]
    old: String,
    #[serde(default)]
    password: String,
}

async fn set_password(
    State(node): State<Node>,
    p: Page,
    asked: Asked,
    headers: HeaderMap,
    Form(form): Form<Password>,
) -> Result<Response, Problem> {
    let (id, by) = owner(&p.caller)?;
    let (of, browser) = (id.clone(), browser(&asked, &headers));
    let set = blocking(&node, move |node| {
        let (old, new) = (&form.old, &form.password);
        let signed_in = node
            .accounts()
            .change_password(&of, old, new, &browser, clock::now())?;
        node.deeds().note(&by, "account.password", &by.name, None)?;
        Ok(signed_in)
    })
    .await;
    match set {
        Ok(signed_in) => Ok(welcome(&asked, &signed_in, "/account?done=password")),
        Err(mut problem) => {
            if matches!(problem.code, Code::SignInRefused | Code::SignInLimited) {
                problem = problem.field("old");
            }
            page_again(&node, p, &id, &asked, &headers, problem)
        }
    }
}

async fn end_session(
    State(node): State<Node>,
    caller: Caller,
    Path(session): Path<String>,
) -> Result<Response, Problem> {
    let (id, by) = owner(&caller)?;
    blocking(&node, move |node| {
        node.accounts().end_session(&id, &session)?;
        node.deeds()
            .note(&by, "account.session_end", &by.name, None)
    })
    .await?;
    Ok(back("session"))
}

async fn end_sessions(
    State(node): State<Node>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (id, by) = owner(&caller)?;
    let this = front::session(&headers, asked.secure).map(str::to_owned);
    blocking(&node, move |node| {
        node.accounts().end_sessions(&id, this.as_deref())?;
        node.deeds()
            .note(&by, "account.sessions_end", &by.name, None)
    })
    .await?;
    Ok(back("session"))
}

/// A form with one box a scope: names come once each.
#[derive(Deserialize)]
struct MakeToken {
    #[serde(default)]
    label: String,
    #[serde(default)]
    days: String,
    read: Option<String>,
    publish: Option<String>,
    manage: Option<String>,
}

async fn make_token(
    State(node): State<Node>,
    p: Page,
    asked: Asked,
    headers: HeaderMap,
    Form(form): Form<MakeToken>,
) -> Result<Response, Problem> {
    let (id, by) = owner(&p.caller)?;
    let boxes = [
        (Scope::Read, &form.read),
        (Scope::Publish, &form.publish),
        (Scope::Manage, &form.manage),
    ];
    let scopes: BTreeSet<Scope> = boxes
        .into_iter()
        .filter_map(|(scope, ticked)| ticked.as_ref().map(|_| scope))
        .collect();
    let of = id.clone();
    let made = blocking(&node, move |node| {
        let days = form.days.parse().unwrap_or(0);
        let token = node
            .accounts()
            .make_token(&of, &form.label, &scopes, days, clock::now())?;
        node.deeds().note(&by, "account.token", &by.name, None)?;
        Ok(token)
    })
    .await;
    match made {
        Ok(token) => {
            // Shown in the answer itself, and nowhere else: no address leads to it again.
            let mut page = OwnPage::of(&node, p, &id, &asked, &headers)?;
            page.made = Some(token);
            filled(&page)
        }
        Err(problem) => page_again(&node, p, &id, &asked, &headers, problem),
    }
}

async fn revoke_token(
    State(node): State<Node>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let (id, by) = owner(&caller)?;
    blocking(&node, move |node| {
        node.accounts().revoke_token(&id, &token)?;
        node.deeds()
            .note(&by, "account.token_revoke", &by.name, None)
    })
    .await?;
    Ok(back("token"))
}
