//! The body that came with a request: taken whole within its bound, and, when a page's form sent it, checked to have
//! come from a page of ours. No handler can forget that: it is done here, for every route of a door with pages.

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, Method, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::form::{FORM_FIELD, FormWord};
use super::hosts::Hosts;
use super::line::TooSlow;
use super::told::too_large;
use crate::problem::{Code, Problem};

/// Fields of a form before the one that is looked for, at most.
const FIELDS_MAX: usize = 1_024;

/// Takes a body.
///
/// Errors   `usage.size`, `usage.slow`, `usage`
pub(super) async fn take(body: Body, max: usize) -> Result<Bytes, Problem> {
    let announced = body.size_hint().lower();
    if announced > max as u64 {
        return Err(too_large(max));
    }
    match Limited::new(body, max).collect().await {
        Ok(taken) => Ok(taken.to_bytes()),
        Err(fault) if fault.is::<LengthLimitError>() => Err(too_large(max)),
        Err(fault) => Err(broken_off(fault.as_ref())),
    }
}

fn broken_off(fault: &(dyn std::error::Error + 'static)) -> Problem {
    let mut cause = Some(fault);
    while let Some(fault) = cause {
        if fault.is::<TooSlow>() {
            return Problem::new(Code::UsageSlow, "the request came too slowly")
                .hint("try again over a better connection");
        }
        cause = fault.source();
    }
    Problem::new(Code::Usage, "the request's body broke off").hint("try again")
}

/// Whether a request changes something, and so needs to come from a page of ours when a browser sends it.
pub(super) fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Checks where a browser says that a request comes from.
///
/// Errors   `form.foreign`
pub(super) fn check_origin(headers: &HeaderMap, hosts: &Hosts, host: &str) -> Result<(), Problem> {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("?"))
    };
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin")
        || text("origin").is_some_and(|origin| !hosts.is_own_origin(origin, host))
    {
        return Err(foreign());
    }
    Ok(())
}

/// Checks that a form carries its reader's word.
///
/// Errors   `form.foreign`, `usage.media_type`
pub(super) fn check_form(headers: &HeaderMap, body: &[u8], word: &FormWord) -> Result<(), Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let (essence, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    let found = match essence.trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => in_fields(body),
        "multipart/form-data" => boundary(parameters).and_then(|boundary| in_parts(body, boundary)),
        _ => {
            return Err(Problem::new(
                Code::UsageMediaType,
                "pages take forms, and programs use the API",
            )
            .found(essence)
            .allowed("application/x-www-form-urlencoded, multipart/form-data"));
        }
    };
    match found {
        Some(found) if word.fits(found) => Ok(()),
        _ => Err(foreign()),
    }
}

fn foreign() -> Problem {
    Problem::new(
        Code::FormForeign,
        "this form was not sent from a page of this node, or the page was open for too long",
    )
    .hint("go back, load the page again and send the form once more")
}

/// The word in `name=value&…`; the word itself needs no escape.
fn in_fields(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    text.split('&')
        .take(FIELDS_MAX)
        .find_map(|field| field.strip_prefix(FORM_FIELD)?.strip_prefix('='))
}

fn boundary(parameters: &str) -> Option<&str> {
    let value = parameters
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
    let value = value.trim_matches('"');
    // RFC 2046 section 5.1.1
    (1..=70).contains(&value.len()).then_some(value)
}

/// The word in a form of parts: it is the first one, so that nothing else has to be read.
fn in_parts<'a>(body: &'a [u8], boundary: &str) -> Option<&'a str> {
    let rest = body
        .strip_prefix(b"--")?
        .strip_prefix(boundary.as_bytes())?;
    let rest = rest.strip_prefix(b"\r\n")?;
    let head_end = rest
        .windows(4)
        .take(1_024)
        .position(|end| end == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&rest[..head_end]).ok()?;
    let named = format!("name=\"{FORM_FIELD}\"");
    let is_word = head.split("\r\n").any(|line| {
        line.to_ascii_lowercase()
            .starts_with("content-disposition:")
            && line.split(';').any(|parameter| parameter.trim() == named)
    });
    if !is_word {
        return None;
    }
    let value = &rest[head_end + 4..];
    let end = value
        .windows(2)
        .take(1_024)
        .position(|end| end == b"\r\n")?;
    std::str::from_utf8(&value[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &str, body: &str) -> Result<(), Code> {
        let mut headers = HeaderMap::new();
        if !kind.is_empty() {
            headers.insert(header::CONTENT_TYPE, kind.parse().expect("a header"));
        }
        check_form(&headers, body.as_bytes(), &FormWord::of("cookie"))
            .map_err(|problem| problem.code)
    }

    #[test]
    fn only_forms_with_the_readers_own_word_pass() {
        let word = FormWord::of("cookie").word().to_owned();
        let other = FormWord::of("another").word().to_owned();
        let form = "application/x-www-form-urlencoded";
        assert_eq!(check(form, &format!("csrf={word}&a=b")), Ok(()));
        assert_eq!(check(form, &format!("a=b&csrf={word}")), Ok(()));
        assert_eq!(
            check(&format!("{form}; charset=UTF-8"), &format!("csrf={word}")),
            Ok(())
        );
        for body in [
            "",
            "csrf=",
            "a=b",
            &format!("csrf={other}"),
            &format!("csrf={other}&csrf={word}"),
            &format!("xcsrf={word}"),
            &format!("csrf={word}x"),
        ] {
            assert_eq!(check(form, body), Err(Code::FormForeign), "{body}");
        }
        for kind in [
            "",
            "text/plain",
            "application/json",
            "application/x-www-form-urlencoded2",
        ] {
            assert_eq!(
                check(kind, &format!("csrf={word}")),
                Err(Code::UsageMediaType),
                "{kind}"
            );
        }
        let part = |name: &str, word: &str| {
            format!(
                "--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{word}\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nbytes\r\n--XX--\r\n"
            )
        };
        let parts = "multipart/form-data; boundary=XX";
        assert_eq!(check(parts, &part("csrf", &word)), Ok(()));
        assert_eq!(check(parts, &part("csrf", &other)), Err(Code::FormForeign));
        assert_eq!(check(parts, &part("file", &word)), Err(Code::FormForeign));
        assert_eq!(
            check(parts, &part("file\"; name=\"csrf", &word)),
            Ok(()),
            "named twice, and the word is right"
        );
        assert_eq!(
            check("multipart/form-data; boundary=YY", &part("csrf", &word)),
            Err(Code::FormForeign)
        );
        assert_eq!(
            check("multipart/form-data", &part("csrf", &word)),
            Err(Code::FormForeign)
        );
        assert_eq!(
            check(
                parts,
                &format!("--XX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{word}")
            ),
            Err(Code::FormForeign)
        );
    }
}
