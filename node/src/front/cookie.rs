//! The cookies of a browser: its session, what it keeps so that strangers cannot shut it out, what a visitor's forms
//! are tied to.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::clock;

/// The name of the session's cookie.
const SESSION_COOKIE: &str = "session";
/// The same when the node is reached by https: browsers take such a cookie from this host alone.
const SECURE_SESSION_COOKIE: &str = "__Host-session";
/// The name of what a browser keeps after its owner signed in.
pub const DEVICE_COOKIE: &str = "device";
/// How long it keeps that: a year, in seconds.
pub const DEVICE_COOKIE_SECONDS: i64 = 365 * 24 * 60 * 60;
/// The name of what the forms of somebody who is not signed in are tied to.
pub(super) const VISITOR_COOKIE: &str = "visitor";
/// Digits of it: 128 bits.
const VISITOR_DIGITS: usize = 32;
/// Cookies of a request that are looked at, at most.
const COOKIES_MAX: usize = 64;

/// The name of the session's cookie.
pub const fn session_name(secure: bool) -> &'static str {
    if secure {
        SECURE_SESSION_COOKIE
    } else {
        SESSION_COOKIE
    }
}

/// The session that a browser has.
pub fn session(headers: &HeaderMap, secure: bool) -> Option<&str> {
    get(headers, session_name(secure))
}

/// A cookie of a request.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .take(COOKIES_MAX)
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// What a browser is to keep, for so many seconds or until it is closed; 0 seconds is not at all.
pub fn set(name: &str, value: &str, seconds: Option<i64>, secure: bool) -> Option<HeaderValue> {
    let age = seconds.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Strict{age}{secure}"
    ))
    .ok()
}

pub(super) fn fresh_visitor() -> String {
    clock::random::<16>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(super) fn is_visitor(value: &str) -> bool {
    value.len() == VISITOR_DIGITS && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}
