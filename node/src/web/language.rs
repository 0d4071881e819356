//! The reader's choice of language, kept in a cookie.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::front::LANGUAGE_COOKIE;
use crate::problem::{Code, Problem};
use crate::text::Language;

/// A year: whoever comes back once a year reads their own language.
const KEPT_SECONDS: u32 = 365 * 24 * 3_600;

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    to: String,
}

/// Keeps the choice and goes back to where the reader was.
pub(super) async fn choose(
    Path(tag): Path<String>,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    let language = Language::parse(&tag).ok_or_else(|| {
        let known = Language::OFFERED.map(Language::tag);
        Problem::new(Code::UnknownRoute, "no pages are in this language")
            .found(&*tag)
            .allowed(known.join(", "))
    })?;
    let cookie = format!(
        "{LANGUAGE_COOKIE}={}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax; HttpOnly",
        language.tag()
    );
    Ok((
        [(header::SET_COOKIE, cookie)],
        Redirect::to(local(&back.to)),
    )
        .into_response())
}

/// The address when it is one of this node's own, else the first page: a link must not send readers to strangers.
pub(super) fn local(to: &str) -> &str {
    let inside = to.starts_with('/') && !to.starts_with("//");
    // Browsers read a backslash as a slash, and drop tabs and ends of lines.
    let plain = to
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if inside && plain { to } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_addresses_of_this_node_are_gone_back_to() {
        assert_eq!(local("/opportunities?q=1#x"), "/opportunities?q=1#x");
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nset-cookie: x",
        ] {
            assert_eq!(local(foreign), "/", "{foreign:?}");
        }
    }
}
