//! Signing in and out, following a one-time link, and the page of one's own account.

mod own;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::language::local;
use super::page::{Page, filled};
use crate::accounts::{Browser, Grant, NewPerson, PASSWORD_CHARS_MIN, Scope, SignedIn};
use crate::clock;
use crate::front::{self, Asked, LANGUAGE_COOKIE, Routes, blocking};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/signin", show_sign_in)
        .post("/signin", sign_in)
        .post("/signout", sign_out)
        .get("/link/{link}", show_link)
        .post("/link/{link}", follow_link)
        .merge(own::routes())
}

/// What is wrong with a form, beside the field that it is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrong {
    field: String,
    says: String,
}

impl Wrong {
    /// What a problem means for whoever filled in a form; `None` for what is not about the form.
    fn of(p: &Page, problem: &Problem) -> Option<Self> {
        let (field, key) = match problem.code {
            Code::PasswordWeak => {
                let key = match &problem.allowed {
                    Some(allowed) if allowed.starts_with("at most") => "password-long",
                    Some(_) => "password-short",
                    None => "password-guessed",
                };
                ("password", key)
            }
            Code::SignInRefused => (asked_for(problem), "sign-in-wrong"),
            Code::SignInLimited => (asked_for(problem), "sign-in-limited"),
            Code::AccountExists => ("name", "name-taken"),
            Code::Usage => match problem.field.as_deref() {
                Some("name") => ("name", "name-wrong"),
                Some("label") => ("label", "shown-wrong"),
                Some("scopes") => ("scopes", "scopes-wrong"),
                Some("days") => ("days", "days-wrong"),
                _ => ("shown", "shown-wrong"),
            },
            Code::NotAllowed if problem.field.as_deref() == Some("scopes") => {
                ("scopes", "scopes-wrong")
            }
            _ => return None,
        };
        let minutes = problem.retry_after.unwrap_or(0).div_ceil(60);
        let says = p.language.say_with(
            key,
            &[
                ("min", (PASSWORD_CHARS_MIN as u64).into()),
                ("n", minutes.into()),
            ],
        );
        Some(Self {
            field: field.to_owned(),
            says,
        })
    }

    /// Whether it is about this field.
    fn is_about(&self, field: &str) -> bool {
        self.field == field
    }
}

/// The field whose password was wrong: that of the sign-in form, or the one asked for before a new one is set.
fn asked_for(problem: &Problem) -> &'static str {
    match problem.field.as_deref() {
        Some("old") => "old",
        _ => "password",
    }
}

/// A form once more, with what is wrong in it.
fn again(template: &impl Template, problem: &Problem) -> Result<Response, Problem> {
    let mut page = filled(template)?;
    *page.status_mut() = match problem.code {
        Code::SignInLimited => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    if let Some(seconds) = problem.retry_after {
        page.headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(page)
}

#[derive(Template)]
#[template(path = "account/signin.html")]
struct SignInPage {
    p: Page,
    to: String,
    name: String,
    done: Option<&'static str>,
    wrong: Wrong,
}

#[derive(Deserialize)]
struct ShowSignIn {
    #[serde(default)]
    to: String,
    #[serde(default)]
    done: String,
}

async fn show_sign_in(p: Page, Query(query): Query<ShowSignIn>) -> Result<Response, Problem> {
    let to = local(&query.to).to_owned();
    if p.account().is_some() {
        return Ok(Redirect::to(&to).into_response());
    }
    filled(&SignInPage {
        p,
        to,
        name: String::new(),
        done: done(&query.done),
        wrong: Wrong::default(),
    })
}

#[derive(Deserialize)]
struct SignIn {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    to: String,
}

async fn sign_in(
    State(node): State<Node>,
    p: Page,
    asked: Asked,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Result<Response, Problem> {
    let browser = browser(&asked, &headers);
    let (name, to) = (form.name.clone(), local(&form.to).to_owned());
    let signed_in = blocking(&node, move |node| {
        node.accounts()
            .sign_in(&form.name, &form.password, &browser, clock::now())
    })
    .await;
    match signed_in {
        Ok(signed_in) => Ok(welcome(&asked, &signed_in, &to)),
        Err(problem) => {
            let wrong = Wrong::of(&p, &problem).ok_or_else(|| problem.clone())?;
            tracing::warn!(code = problem.code.as_str(), "nobody was signed in");
            let page = SignInPage {
                p,
                to,
                name,
                done: None,
                wrong,
            };
            again(&page, &problem)
        }
    }
}

async fn sign_out(
    State(node): State<Node>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(session) = front::session(&headers, asked.secure) {
        let session = session.to_owned();
        blocking(&node, move |node| node.accounts().sign_out(&session)).await?;
    }
    let mut answer = Redirect::to("/signin?done=signed-out").into_response();
    let name = front::session_name(asked.secure);
    keep(
        &mut answer,
        front::set_cookie(name, "", Some(0), asked.secure),
    );
    // Whatever the browser still shows of the pages it saw.
    answer
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(answer)
}

#[derive(Template)]
#[template(path = "account/link.html")]
struct LinkPage {
    p: Page,
    /// `first`, `invitation` or `reset`.
    purpose: &'static str,
    role: &'static str,
    name: String,
    shown: String,
    wrong: Wrong,
}

impl LinkPage {
    fn of(node: &Node, p: Page, grant: &Grant) -> Result<Self, Problem> {
        let (purpose, role, name, shown) = match grant {
            Grant::FirstAdministrator => ("first", "administrator", String::new(), String::new()),
            Grant::Invitation { name, shown, role } => {
                ("invitation", role.as_str(), name.clone(), shown.clone())
            }
            Grant::Reset { account } => {
                let identity = node.accounts().identity(account)?;
                (
                    "reset",
                    identity.role.as_str(),
                    identity.name,
                    identity.shown,
                )
            }
        };
        Ok(Self {
            p,
            purpose,
            role,
            name,
            shown,
            wrong: Wrong::default(),
        })
    }
}

async fn show_link(
    State(node): State<Node>,
    p: Page,
    Path(link): Path<String>,
) -> Result<Response, Problem> {
    let grant = node.accounts().link(&link, clock::now())?;
    filled(&LinkPage::of(&node, p, &grant)?)
}

#[derive(Deserialize)]
struct FollowLink {
    #[serde(default)]
    name: String,
    #[serde(default)]
    shown: String,
    #[serde(default)]
    password: String,
}

async fn follow_link(
    State(node): State<Node>,
    p: Page,
    asked: Asked,
    headers: HeaderMap,
    Path(link): Path<String>,
    Form(form): Form<FollowLink>,
) -> Result<Response, Problem> {
    let grant = node.accounts().link(&link, clock::now())?;
    let browser = browser(&asked, &headers);
    let mut page = LinkPage::of(&node, p, &grant)?;
    if grant == Grant::FirstAdministrator {
        (page.name, page.shown) = (form.name.clone(), form.shown.clone());
    }
    let person = NewPerson {
        name: form.name,
        shown: form.shown,
        password: form.password,
    };
    let followed = blocking(&node, move |node| {
        let now = clock::now();
        let identity = node.accounts().follow(&link, &person, now)?;
        let by = crate::deeds::Actor {
            name: identity.name.clone(),
        };
        node.deeds()
            .note(&by, "account.link", &identity.name, None)?;
        node.accounts().welcome(&identity.id, &browser, now)
    })
    .await;
    match followed {
        Ok(signed_in) => Ok(welcome(&asked, &signed_in, "/account?done=welcome")),
        Err(problem) => {
            page.wrong = Wrong::of(&page.p, &problem).ok_or_else(|| problem.clone())?;
            again(&page, &problem)
        }
    }
}

/// What is known of the browser that a request comes from.
fn browser(asked: &Asked, headers: &HeaderMap) -> Browser {
    let text = |value: Option<&str>| value.map(str::to_owned);
    Browser {
        address: asked.address,
        device: text(front::cookie(headers, front::DEVICE_COOKIE)),
        session: text(front::session(headers, asked.secure)),
        words: headers
            .get(header::USER_AGENT)
            .map(|words| String::from_utf8_lossy(words.as_bytes()).into_owned())
            .unwrap_or_default(),
    }
}

/// Sends somebody who has just signed in where they wanted to go.
fn welcome(asked: &Asked, signed_in: &SignedIn, to: &str) -> Response {
    let mut answer = Redirect::to(to).into_response();
    let session = front::session_name(asked.secure);
    keep(
        &mut answer,
        front::set_cookie(session, &signed_in.session, None, asked.secure),
    );
    let year = Some(front::DEVICE_COOKIE_SECONDS);
    keep(
        &mut answer,
        front::set_cookie(front::DEVICE_COOKIE, &signed_in.device, year, asked.secure),
    );
    if let Some(language) = signed_in.identity.language {
        let tag = language.tag();
        keep(
            &mut answer,
            front::set_cookie(LANGUAGE_COOKIE, tag, year, asked.secure),
        );
    }
    answer
}

fn keep(answer: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The text of a deed that has just been done, of those that pages of accounts tell.
fn done(key: &str) -> Option<&'static str> {
    [
        ("signed-out", "done-signed-out"),
        ("welcome", "done-welcome"),
        ("profile", "done-profile"),
        ("password", "done-password"),
        ("session", "done-session"),
        ("token", "done-token"),
    ]
    .into_iter()
    .find_map(|(of, text)| (of == key).then_some(text))
}

impl Page {
    /// What a role is called.
    pub(super) fn role_name(&self, role: &str) -> String {
        self.say(&format!("role-{role}"))
    }

    /// What a scope is called.
    fn scope_name(&self, scope: &Scope) -> String {
        self.say(&format!("scope-{}", scope.as_str()))
    }

    /// So many days.
    fn days(&self, days: &u32) -> String {
        self.language
            .say_with("token-for-days", &[("n", (*days).into())])
    }
}
