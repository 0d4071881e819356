//! Pages of the people who work here: coordinators and administrators. What several of them need.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::page::page;
use super::{
    accreditations, deeds, erase, health, hooks, import_columns, imports, members, partners,
    record, record_form, records, settings, today,
};
use crate::front::Routes;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Inputs of a submitted form, in order.
pub(super) type Pairs = Vec<(String, String)>;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/today", today::show)
        .post("/today/seen", today::seen)
        .get("/manage/records", records::list)
        .get("/manage/records.csv", records::table)
        .post("/manage/records/close", records::close)
        .get("/manage/records/new", records::kinds)
        .get("/manage/records/new/{kind}", record_form::new)
        .post("/manage/records/new/{kind}", record_form::create)
        .get("/manage/records/{id}", record::show)
        .get("/manage/records/{id}/edit", record_form::edit)
        .post("/manage/records/{id}/edit", record_form::change)
        .post("/manage/records/{id}/close", record::close)
        .post("/manage/records/{id}/revert", record::revert)
        .get("/manage/records/{id}/erase", erase::show)
        .post("/manage/records/{id}/erase", erase::erase)
        .get("/manage/import", imports::list)
        .post("/manage/import", imports::bring)
        .get("/manage/import/{id}", imports::show)
        .get("/manage/import/{id}/columns", import_columns::columns)
        .post("/manage/import/{id}/columns", import_columns::choose)
        .post("/manage/import/{id}/confirm", imports::confirm)
        .post("/manage/import/{id}/undo", imports::undo)
        .get("/admin/members", members::list)
        .post("/admin/members", members::invite)
        .get("/admin/members/link/{id}", members::link)
        .post("/admin/members/{id}", members::change)
        .get("/admin/partners", partners::list)
        .post("/admin/partners/invite", partners::invite)
        .get("/admin/partners/invitation/{id}", partners::invitation)
        .post("/admin/partners/look", partners::look)
        .post("/admin/partners/accept", partners::accept)
        .get("/admin/partners/{id}", partners::show)
        .post("/admin/partners/{id}/block", partners::block)
        .post("/admin/partners/{id}/unblock", partners::unblock)
        .post("/admin/partners/{id}/remove", partners::remove)
        .get("/admin/accreditations", accreditations::list)
        .post("/admin/accreditations", accreditations::give)
        .get("/admin/accreditations/{id}/revoke", accreditations::ask)
        .post("/admin/accreditations/{id}/revoke", accreditations::revoke)
        .post("/admin/roots/{id}/trust", accreditations::trust)
        .post("/admin/roots/{id}/distrust", accreditations::distrust)
        .get("/admin/settings", settings::show)
        .get("/admin/health", health::show)
        .post("/admin/health/verify", health::verify)
        .post("/admin/health/rebuild", health::rebuild)
        .get("/admin/hooks", hooks::list)
        .post("/admin/hooks", hooks::add)
        .get("/admin/hooks/{id}", hooks::show)
        .post("/admin/hooks/{id}", hooks::change)
        .get("/admin/deeds", deeds::show)
}

/// What a page was just told to say: a key of a text, never words from an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    /// What was done.
    pub(super) done: String,
    /// How many.
    pub(super) n: u64,
    /// The version that it can be taken back to, and the version that it made.
    pub(super) undo: u64,
    /// The version that was made.
    pub(super) made: u64,
    /// The form whose answer is shown once.
    pub(super) slip: String,
}

/// Everything that a page may be told to say.
const DONE: &[&str] = &[
    "published",
    "closed",
    "closed-many",
    "reverted",
    "erased",
    "undone",
    "seen",
    "discarded",
    "accepted",
    "blocked",
    "unblocked",
    "removed",
    "accredited",
    "revoked",
    "trusted",
    "distrusted",
    "verifying",
    "rebuilding",
    "made",
    "role",
    "sessions-ended",
    "account-removed",
    "hook-added",
    "hook-removed",
    "hook-tested",
];

impl Told {
    /// The text's key; nothing for what is none of ours.
    pub(super) fn key(&self) -> Option<String> {
        DONE.contains(&self.done.as_str())
            .then(|| format!("done-{}", self.done))
    }
}

/// Sends the browser on, so that a reload does nothing twice.
pub(super) fn see_other(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
}

/// The first input of a name, or nothing.
pub(super) fn one<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs
        .iter()
        .find(|(found, _)| found == name)
        .map_or("", |(_, text)| text.trim())
}

/// Every input of a name.
pub(super) fn every(pairs: &Pairs, name: &str) -> Vec<String> {
    pairs
        .iter()
        .filter(|(found, text)| found == name && !text.trim().is_empty())
        .map(|(_, text)| text.trim().to_owned())
        .collect()
}

/// What stands on a page that was refused what it asked for: what happened, and what to do.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// The key of the text that says what happened.
    pub(super) says: String,
    /// What happened in this very case, in English.
    pub(super) detail: String,
    /// What to do, in English.
    pub(super) hint: String,
    /// The code to quote.
    pub(super) code: &'static str,
}

impl From<&Problem> for Refused {
    fn from(problem: &Problem) -> Self {
        Self {
            says: problem.code.key(),
            detail: problem.detail.clone(),
            hint: problem.hint.clone().unwrap_or_default(),
            code: problem.code.as_str(),
        }
    }
}

/// The page once more after something was refused, with what is wrong; a fault of the node has a page of its own.
///
/// Errors   a fault of the node
pub(super) async fn refused<T: Template + Send + 'static>(
    node: &Node,
    problem: Problem,
    look: impl FnOnce(&Node, Refused) -> Result<T, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let (code, refused) = (problem.code, Refused::from(&problem));
    // Of these the form says more than a page of their own would.
    let known = matches!(code, Code::Busy | Code::PeerUnreachable | Code::NodeStopped);
    if code.status() >= 500 && !known {
        return Err(problem);
    }
    Ok(again(page(node, move |node| look(node, refused)).await?))
}

/// A page with a form that has to be filled in once more.
pub(super) fn again(page: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}
