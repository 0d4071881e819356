//! What every page needs: who reads, in which language, at which address.

use std::fmt;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};

use crate::front::{Access, Account, Caller, FORM_FIELD, FormWord};
use crate::node::Node;
use crate::problem::Problem;
use crate::text::Language;

/// The cookie that keeps a reader's choice of language.
pub(super) const LANGUAGE_COOKIE: &str = "language";

/// The frame of a page: templates call it `p`.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// The reader's language.
    pub(super) language: Language,
    /// Who reads.
    pub(super) caller: Caller,
    /// What the reader's forms carry.
    word: FormWord,
    /// The address of the page, with its query.
    pub(super) here: String,
    /// The organisation whose node this is.
    pub(super) organisation: String,
}

impl Page {
    /// Says a text.
    pub(super) fn say(&self, key: &str) -> String {
        self.language.say(key)
    }

    /// The hidden input that every form with `method="post"` begins with; before any other field.
    pub(super) fn csrf(&self) -> HiddenInput<'_> {
        HiddenInput(self.word.word())
    }

    /// The account that is signed in.
    pub(super) fn account(&self) -> Option<&Account> {
        self.caller.account()
    }

    /// Whether the reader may read and write records.
    #[allow(dead_code, reason = "the pages of coordinators ask")]
    pub(super) fn coordinates(&self) -> bool {
        self.caller.may(Access::Coordinators)
    }

    /// Whether the reader looks after the node.
    #[allow(dead_code, reason = "the pages of administrators ask")]
    pub(super) fn administers(&self) -> bool {
        self.caller.may(Access::Administrators)
    }

    /// The languages to choose from.
    pub(super) fn languages(&self) -> [Language; 3] {
        Language::OFFERED
    }
}

/// An input that nobody sees, written as HTML.
#[derive(Debug)]
pub(super) struct HiddenInput<'a>(&'a str);

impl fmt::Display for HiddenInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The word is hexadecimal digits: nothing in it needs an escape.
        write!(
            f,
            r#"<input type="hidden" name="{FORM_FIELD}" value="{}">"#,
            self.0
        )
    }
}

impl askama::filters::HtmlSafe for HiddenInput<'_> {}

impl FromRequestParts<Node> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, node: &Node) -> Result<Self, Problem> {
        let Ok(caller) = Caller::from_request_parts(parts, node).await;
        let Ok(word) = FormWord::from_request_parts(parts, node).await;
        Ok(Self {
            language: language_of(&parts.headers),
            caller,
            word,
            here: parts
                .uri
                .path_and_query()
                .map_or_else(String::new, ToString::to_string),
            organisation: node.settings().name.clone(),
        })
    }
}

/// The language that the reader chose, else the one that the browser asks for.
fn language_of(headers: &HeaderMap) -> Language {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    cookie(text(header::COOKIE), LANGUAGE_COOKIE)
        .and_then(Language::parse)
        .unwrap_or_else(|| Language::negotiate(text(header::ACCEPT_LANGUAGE)))
}

fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies
        .split(';')
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Fills a template.
pub(super) fn filled(template: &impl Template) -> Result<Response, Problem> {
    template
        .render()
        .map(|page| Html(page).into_response())
        .map_err(|e| Problem::internal("a page cannot be made", e))
}
