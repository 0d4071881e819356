//! What every page needs: who reads, in which language, at which address.

use std::fmt;

use askama::Template;
use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use erikti_protocol::field::{Code, Text3};
use erikti_protocol::time::{Date, Timestamp};

use super::assets;
use crate::codes;
use crate::deeds;
use crate::front::{
    Access, Account, Caller, FORM_FIELD, FormWord, VARIES, blocking, language_of, row_of,
};
use crate::node::Node;
use crate::problem::Problem;
use crate::text::Language;

/// The frame of a page: templates call it `p`.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// The reader's language.
    pub(super) language: Language,
    /// Who reads.
    pub(super) caller: Caller,
    /// What the reader's forms carry.
    word: FormWord,
    /// The address of the page, with its query; below an address that only takes forms, that of the page they stand on.
    pub(super) here: String,
    /// The organisation whose node this is.
    pub(super) organisation: String,
    /// Whether the node only plays one in the demonstration.
    pub(super) demonstration: bool,
}

/// The network of the demonstration's nodes.
const DEMONSTRATION: &str = "demo";

/// A link of the navigation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// Where it leads.
    pub(super) to: &'static str,
    /// The key of what it says.
    pub(super) says: &'static str,
}

const fn link(to: &'static str, says: &'static str) -> Link {
    Link { to, says }
}

/// The navigation, for everybody.
const MAIN: &[Link] = &[
    link("/", "nav-opportunities"),
    link("/organisations", "nav-organisations"),
    link("/network", "nav-network"),
    link("/verify", "nav-verify"),
    link("/about", "nav-about"),
];

/// The navigation of members of staff, each link with who may follow it.
const STAFF: &[(Access, Link)] = &[
    (Access::Auditors, link("/today", "nav-today")),
    (Access::Auditors, link("/manage/records", "nav-records")),
    (Access::Auditors, link("/manage/import", "nav-import")),
    (
        Access::Administrators,
        link("/admin/members", "nav-members"),
    ),
    (
        Access::Administrators,
        link("/admin/partners", "nav-partners"),
    ),
    (
        Access::Auditors,
        link("/admin/accreditations", "nav-accreditations"),
    ),
    (Access::Auditors, link("/admin/health", "nav-health")),
    (Access::Administrators, link("/admin/hooks", "nav-hooks")),
    (Access::Auditors, link("/admin/settings", "nav-settings")),
    (Access::Auditors, link("/admin/deeds", "nav-deeds")),
];

impl Page {
    /// The frame for a request.
    pub(super) fn of(parts: &Parts, node: &Node) -> Self {
        Self {
            language: language_of(&parts.headers),
            caller: Caller::of(parts),
            word: FormWord::of_request(parts),
            here: here(parts),
            organisation: node.settings().name.clone(),
            demonstration: node.settings().network == DEMONSTRATION,
        }
    }

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
    pub(super) fn coordinates(&self) -> bool {
        self.caller.may(Access::Coordinators)
    }

    /// Whether the reader looks after the node.
    pub(super) fn administers(&self) -> bool {
        self.caller.may(Access::Administrators)
    }

    /// Says a text with one value in it.
    pub(super) fn say_of(&self, key: &str, name: &str, value: impl ToString) -> String {
        self.language
            .say_with(key, &[(name, value.to_string().into())])
    }

    /// Says how many: the text chooses its plural by `$n` and shows `$count`.
    pub(super) fn count(&self, key: &str, n: impl Count) -> String {
        self.language.count(key, n.count())
    }

    /// A whole number as its readers write it.
    pub(super) fn number(&self, n: impl Count) -> String {
        self.language.number(n.count())
    }

    /// Words that stand with a kind, a field or a choice.
    pub(super) fn words(&self, words: Text3) -> &'static str {
        words.of(self.language.tag())
    }

    /// What a code of a list means, in the reader's words; the code itself where nobody here knows it.
    pub(super) fn coded(&self, list: &Code, value: &str) -> String {
        codes::named(list, value, self.language.tag())
    }

    /// A day in words; what is no day stays as it is.
    pub(super) fn date(&self, day: &str) -> String {
        Date::parse(day).map_or_else(|| day.to_owned(), |day| self.language.date(day))
    }

    /// A moment in words; what is no moment stays as it is.
    pub(super) fn moment(&self, moment: &str) -> String {
        Timestamp::parse(moment)
            .map_or_else(|| moment.to_owned(), |moment| self.language.moment(moment))
    }

    /// Who did something: an account's name, or words for who needed none.
    pub(super) fn who(&self, name: &str) -> String {
        match name {
            deeds::OPERATOR => self.say("who-operator"),
            deeds::NODE => self.say("who-node"),
            name => name.to_owned(),
        }
    }

    /// The languages to choose from.
    pub(super) fn languages(&self) -> [Language; 3] {
        Language::OFFERED
    }

    /// The links for everybody.
    pub(super) fn links(&self) -> &'static [Link] {
        MAIN
    }

    /// The links for whoever works here.
    pub(super) fn staff_links(&self) -> Vec<Link> {
        let mine = STAFF.iter().filter(|(access, _)| self.caller.may(*access));
        mine.map(|(_, link)| *link).collect()
    }

    /// Whether the page is the one that a link leads to, or one below it.
    pub(super) fn is_at(&self, to: &str) -> bool {
        let path = self.here.split('?').next().unwrap_or_default();
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        match to {
            "/" => path == "/" || path.starts_with("/opportunities"),
            to => path.strip_prefix(to).is_some_and(below),
        }
    }

    /// The address of an asset: it changes with the content, so browsers may keep what they have for ever.
    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }
}

/// What counts things: templates hand over numbers and references to numbers alike.
pub(super) trait Count {
    /// As one type.
    fn count(&self) -> u64;
}

impl Count for u64 {
    fn count(&self) -> u64 {
        *self
    }
}

impl Count for usize {
    fn count(&self) -> u64 {
        *self as u64
    }
}

impl<T: Count> Count for &T {
    fn count(&self) -> u64 {
        (*self).count()
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
        Ok(Self::of(parts, node))
    }
}

/// Forms whose page is not above them.
const ELSEWHERE: [(&str, &str); 1] = [("/admin/roots", "/admin/accreditations")];

/// The address under which a reader can ask for this page again: after a form that was refused, the page of the form.
fn here(parts: &Parts) -> String {
    let asked = parts.uri.path_and_query();
    let asked = asked.map_or_else(String::new, ToString::to_string);
    let Some(route) = parts.extensions.get::<MatchedPath>() else {
        return asked;
    };
    let (mut route, mut path) = (route.as_str(), parts.uri.path());
    if row_of("GET", route).is_some() {
        return asked;
    }
    while let (Some((above, _)), Some((there, _))) = (route.rsplit_once('/'), path.rsplit_once('/'))
    {
        if let Some((_, page)) = ELSEWHERE.iter().find(|(forms, _)| *forms == above) {
            return (*page).to_owned();
        }
        if row_of("GET", above).is_some() {
            return there.to_owned();
        }
        (route, path) = (above, there);
    }
    "/".to_owned()
}

/// Fills the template that work makes.
pub(super) async fn page<T: Template + Send + 'static>(
    node: &Node,
    work: impl FnOnce(&Node) -> Result<T, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    filled(&blocking(node, work).await?)
}

/// Fills a template.
pub(super) fn filled(template: &impl Template) -> Result<Response, Problem> {
    template
        .render()
        .map(|page| ([(header::VARY, VARIES)], Html(page)).into_response())
        .map_err(|e| Problem::internal("a page cannot be made", e))
}
