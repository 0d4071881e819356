//! In which language somebody reads.

use axum::http::{HeaderMap, header};

use super::cookie;
use crate::text::Language;

/// The cookie that keeps a reader's choice.
pub const LANGUAGE_COOKIE: &str = "language";
/// What pages in several languages depend on.
pub const VARIES: &str = "cookie, accept-language";

/// The language that the reader chose, else the one that the browser asks for.
pub fn language_of(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    cookie::get(headers, LANGUAGE_COOKIE)
        .and_then(Language::parse)
        .unwrap_or_else(|| Language::negotiate(accepted.unwrap_or_default()))
}
