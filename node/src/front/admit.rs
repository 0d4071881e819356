//! The way in: who asks, whether that may, how often and how much.

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::access::{ACCESS, Access, Row, row_of};
use super::caller::{Account, Caller};
use super::cookie::{self, VISITOR_COOKIE};
use super::form::FormWord;
use super::limits::{Class, Whose};
use super::pass::{Asked, Front};
use super::sent;
use super::told::{method_not_allowed, problem_of, shown, told};
use crate::accounts::{Identity, Scope};
use crate::clock;
use crate::figures::Figures;
use crate::problem::{Code, Problem};

/// Whom a door is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Realm {
    /// Programs: they show a token, and cookies mean nothing.
    Programs,
    /// People: their browser shows a session's cookie.
    People,
}

/// Who asks, and what their forms carry.
struct Visit {
    caller: Caller,
    word: FormWord,
    /// The cookie that a visitor gets when there is a form to fill in.
    fresh: Option<String>,
}

/// Lets a request through when everything about it is as it should be.
pub(super) async fn admit(front: &Front, realm: Realm, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let method = parts.method.clone();
    let asked = Asked::of(&parts);
    let path = parts.extensions.get::<MatchedPath>().cloned();
    let path = path.map_or_else(String::new, |path| path.as_str().to_owned());
    let visit = match realm {
        Realm::Programs => program(front, &parts.headers),
        Realm::People => Ok(person(front, &parts.headers)),
    };
    let (visit, refused) = match visit {
        Ok(visit) => (visit, None),
        Err(problem) => (stranger(), Some(problem)),
    };
    parts.extensions.insert(visit.caller.clone());
    parts.extensions.insert(visit.word.clone());
    let kept = (realm == Realm::People).then(|| parts.clone());
    let mut answer = match refused {
        Some(problem) => problem.into_response(),
        None => {
            let answered = enter(front, realm, parts, body, &visit, &asked, next).await;
            answered.unwrap_or_else(IntoResponse::into_response)
        }
    };
    if let Some(problem) = problem_of(&answer, front.body_max) {
        let limits = kept_headers(&answer);
        answer = match &kept {
            Some(parts) => shown(front.page, &front.node, parts, &problem, &asked.id),
            None => told(&problem, &asked.id),
        };
        answer.headers_mut().extend(limits);
        if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
            let allow = allowed_at(&path);
            answer.headers_mut().insert(header::ALLOW, allow);
        }
        if realm == Realm::Programs && answer.status() == 401 {
            let bearer = HeaderValue::from_static("Bearer");
            answer
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, bearer);
        }
    }
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let figures = front.node.kept::<Figures>();
    figures.asked(method.as_str(), route, answer.status().as_u16());
    leave(front, realm, &visit, answer)
}

async fn enter(
    front: &Front,
    realm: Realm,
    parts: Parts,
    body: Body,
    visit: &Visit,
    asked: &Asked,
    next: Next,
) -> Result<Response, Problem> {
    let path = parts.extensions.get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let Some(row) = row_of(parts.method.as_str(), path) else {
        return Err(without_row(front, &parts.method, path));
    };
    let left = count(front, row, visit, asked)?;
    let changes = sent::changes(&parts.method);
    if realm == Realm::People && changes {
        sent::check_origin(&parts.headers, &front.hosts, &asked.host)?;
    }
    if !visit.caller.permits(row.access, changes) {
        if visit.caller == Caller::Stranger && realm == Realm::People && !changes {
            return Ok(to_sign_in(&parts).into_response());
        }
        return Err(not_allowed(&visit.caller, row.access, changes));
    }
    // Held until the answer is there, since the body is.
    let mut room = None;
    let bytes = if body.is_end_stream() {
        axum::body::Bytes::new()
    } else {
        room = Some(front.room(&parts.headers, row.body_max)?);
        sent::take(body, row.body_max).await?
    };
    if realm == Realm::People && changes {
        sent::check_form(&parts.headers, &bytes, &visit.word)?;
    }
    // Only now: who sends slowly keeps nobody else from being answered.
    let place = front.places.place().await?;
    let mut answer = next.run(Request::from_parts(parts, bytes.into())).await;
    drop((place, room));
    left.say(answer.headers_mut());
    Ok(answer)
}

/// What is set before somebody leaves.
fn leave(front: &Front, realm: Realm, visit: &Visit, mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    let mut personal = visit.caller != Caller::Stranger;
    if let Some(visitor) = visit.fresh.as_deref().filter(|_| visit.word.used()) {
        personal = true;
        if let Some(kept) = cookie::set(VISITOR_COOKIE, visitor, None, front.secure) {
            headers.append(header::SET_COOKIE, kept);
        }
    }
    personal |= realm == Realm::People && visit.word.used();
    if personal || headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else if realm == Realm::People && !headers.contains_key(header::CACHE_CONTROL) {
        let vary = HeaderValue::from_static("accept-language, cookie");
        headers.append(header::VARY, vary);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    answer
}

/// The methods that an address takes.
fn allowed_at(path: &str) -> HeaderValue {
    let mut methods: Vec<&str> = ACCESS
        .iter()
        .filter(|row| row.path == path)
        .map(|row| row.method)
        .collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    HeaderValue::try_from(methods.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

/// What an answer keeps when its problem is told anew: limits, and what says in which state a thing is and who may
/// read the answer.
fn kept_headers(answer: &Response) -> HeaderMap {
    let limits = [
        "ratelimit",
        "ratelimit-policy",
        "allow",
        "etag",
        "vary",
        "access-control-allow-origin",
    ];
    answer
        .headers()
        .iter()
        .filter(|(name, _)| limits.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn stranger() -> Visit {
    Visit {
        caller: Caller::Stranger,
        word: FormWord::of(""),
        fresh: None,
    }
}

/// Who a program acts for.
///
/// Errors   `token.invalid`
fn program(front: &Front, headers: &HeaderMap) -> Result<Visit, Problem> {
    let Some(shown) = headers.get(header::AUTHORIZATION) else {
        return Ok(stranger());
    };
    let token = shown.to_str().ok().and_then(|shown| {
        let (scheme, token) = shown.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    });
    let known = token.and_then(|token| front.node.accounts().token(token, clock::now()));
    let (identity, scopes) = known.ok_or_else(|| {
        Problem::new(
            Code::TokenInvalid,
            "this token is not good, or not any more",
        )
        .allowed("authorization: Bearer erikti_…")
        .hint("make one on the page of your account")
    })?;
    Ok(Visit {
        caller: Caller::Account(account(identity, Some(scopes.into_iter().collect()))),
        ..stranger()
    })
}

/// Whose browser it is.
fn person(front: &Front, headers: &HeaderMap) -> Visit {
    let session = cookie::session(headers, front.secure);
    let known = session.and_then(|session| {
        let identity = front.node.accounts().session(session, clock::now())?;
        Some((session, identity))
    });
    if let Some((session, identity)) = known {
        return Visit {
            caller: Caller::Account(account(identity, None)),
            word: FormWord::of(session),
            fresh: None,
        };
    }
    match cookie::get(headers, VISITOR_COOKIE) {
        Some(visitor) if cookie::is_visitor(visitor) => Visit {
            word: FormWord::of(visitor),
            ..stranger()
        },
        _ => {
            let visitor = cookie::fresh_visitor();
            Visit {
                word: FormWord::of(&visitor),
                fresh: Some(visitor),
                ..stranger()
            }
        }
    }
}

fn account(identity: Identity, scopes: Option<Vec<Scope>>) -> Account {
    Account {
        id: identity.id,
        name: identity.name,
        shown: identity.shown,
        role: identity.role,
        language: identity.language,
        scopes,
    }
}

fn count(
    front: &Front,
    row: &Row,
    visit: &Visit,
    asked: &Asked,
) -> Result<super::limits::Left, Problem> {
    let address = Whose::Address(asked.address);
    let (class, whose) = match visit.caller.account() {
        _ if asked.address.is_loopback() => (Class::Local, address),
        _ if row.followed => (Class::Followed, address),
        Some(account) => (Class::Account, Whose::Account(&account.id)),
        None => (Class::Stranger, address),
    };
    front.rates.count(class, whose)
}

fn without_row(front: &Front, method: &Method, path: &str) -> Problem {
    if front
        .routes
        .iter()
        .any(|(of, at)| *of == method.as_str() && *at == path)
    {
        tracing::error!(%method, path, "a route has no row in the access table");
        return Problem::new(Code::NotAllowed, "this is for nobody");
    }
    method_not_allowed()
}

fn not_allowed(caller: &Caller, access: Access, changes: bool) -> Problem {
    match caller.account() {
        None => Problem::new(Code::SignInNeeded, "this is for those who are signed in")
            .hint("sign in, or show a token: authorization: Bearer erikti_…"),
        Some(account) if account.scopes.is_some() => {
            let scope = match access {
                Access::Administrators | Access::Operator => Scope::Manage,
                _ if changes => Scope::Publish,
                _ => Scope::Read,
            };
            Problem::new(Code::NotAllowed, "this token may not do that")
                .allowed(format!(
                    "the scope {}, of an account that may",
                    scope.as_str()
                ))
                .hint("make a token with this scope on the page of your account")
        }
        Some(account) => Problem::new(Code::NotAllowed, "your account may not do this")
            .found(account.role.as_str())
            .hint("ask an administrator of this node"),
    }
}

/// Where to sign in, to come back here.
fn to_sign_in(parts: &Parts) -> Redirect {
    let here = parts.uri.path_and_query().map_or("/", |here| here.as_str());
    let mut to = String::with_capacity(here.len() + 16);
    for byte in here.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                to.push(char::from(byte));
            }
            _ => to.push_str(&format!("%{byte:02X}")),
        }
    }
    Redirect::to(&format!("/signin?to={to}"))
}
