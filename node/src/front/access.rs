//! Who may ask for what: one row a route.

use crate::desk::verify::SHOWN_BYTES_MAX;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Everybody,
    /// Whoever has an account; what belongs to an account is its owner's alone, which the handler sees to.
    SignedIn,
    /// Auditors, coordinators, administrators: whoever may read what is not public.
    Auditors,
    /// Coordinators and administrators.
    Coordinators,
    /// Administrators.
    Administrators,
    /// Only the operator, at this machine.
    Operator,
}

/// Bytes of a request's body, unless its row says otherwise: a record's fields (64 KiB).
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a request that brings a file: fifty thousand rows of a kilobyte. Larger files come by the command line.
pub const UPLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of a form with a record's fields: each byte of a text in Kazakh or Russian takes three in a form, and a changed
/// record is sent once more beside what somebody else made of it.
const FORM_BYTES_MAX: usize = 8 * BODY_BYTES_MAX;
/// Bytes of a form that shows a file to be checked, and what a browser puts around it.
const SHOWN_FORM_BYTES_MAX: usize = SHOWN_BYTES_MAX + BODY_BYTES_MAX;

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The method; `HEAD` may whatever `GET` may.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// Bytes of the request's body, at most.
    pub body_max: usize,
    /// Whether programs follow it all day: such routes have a wider limit of requests.
    pub followed: bool,
}

impl Row {
    /// With a larger or smaller body.
    const fn body(mut self, bytes: usize) -> Self {
        self.body_max = bytes;
        self
    }

    /// With the wider limit of requests.
    const fn followed(mut self) -> Self {
        self.followed = true;
        self
    }
}

const fn row(method: &'static str, path: &'static str, access: Access) -> Row {
    Row {
        method,
        path,
        access,
        body_max: BODY_BYTES_MAX,
        followed: false,
    }
}

/// Every route there is.
pub const ACCESS: &[Row] = &[
    // Pages for everybody.
    row("GET", "/", Access::Everybody),
    row("GET", "/about", Access::Everybody),
    row("GET", "/assets/{name}", Access::Everybody).followed(),
    row("GET", "/language/{tag}", Access::Everybody),
    row("GET", "/opportunities/{id}", Access::Everybody).followed(),
    row("GET", "/records/{id}", Access::Everybody),
    row("GET", "/records/{id}/proof", Access::Everybody),
    row("GET", "/records/{id}/files/{name}", Access::Everybody),
    row("GET", "/organisations", Access::Everybody),
    row("GET", "/organisations/{id}", Access::Everybody),
    row("GET", "/network", Access::Everybody),
    row("GET", "/logs", Access::Everybody),
    row("GET", "/logs/{log}", Access::Everybody),
    row("GET", "/verify", Access::Everybody),
    row("POST", "/verify", Access::Everybody).body(SHOWN_FORM_BYTES_MAX),
    // Accounts.
    row("GET", "/signin", Access::Everybody),
    row("POST", "/signin", Access::Everybody),
    row("POST", "/signout", Access::Everybody),
    row("GET", "/link/{link}", Access::Everybody),
    row("POST", "/link/{link}", Access::Everybody),
    row("GET", "/account", Access::SignedIn),
    row("POST", "/account", Access::SignedIn),
    row("POST", "/account/password", Access::SignedIn),
    row("POST", "/account/sessions/end", Access::SignedIn),
    row("POST", "/account/sessions/{id}/end", Access::SignedIn),
    row("POST", "/account/tokens", Access::SignedIn),
    row("POST", "/account/tokens/{id}/revoke", Access::SignedIn),
    // Coordinators' pages.
    row("GET", "/today", Access::Auditors),
    row("POST", "/today/seen", Access::Auditors),
    row("GET", "/manage/records", Access::Auditors),
    row("GET", "/manage/records.csv", Access::Auditors),
    row("POST", "/manage/records/close", Access::Coordinators),
    row("GET", "/manage/records/new", Access::Coordinators),
    row("GET", "/manage/records/new/{kind}", Access::Coordinators),
    row("POST", "/manage/records/new/{kind}", Access::Coordinators).body(FORM_BYTES_MAX),
    row("GET", "/manage/records/{id}", Access::Auditors),
    row("GET", "/manage/records/{id}/edit", Access::Coordinators),
    row("POST", "/manage/records/{id}/edit", Access::Coordinators).body(FORM_BYTES_MAX),
    row("POST", "/manage/records/{id}/close", Access::Coordinators),
    row("POST", "/manage/records/{id}/revert", Access::Coordinators),
    row("GET", "/manage/records/{id}/erase", Access::Coordinators),
    row("POST", "/manage/records/{id}/erase", Access::Coordinators),
    row("GET", "/manage/import", Access::Auditors),
    row("POST", "/manage/import", Access::Coordinators).body(UPLOAD_BYTES_MAX),
    row("GET", "/manage/import/{id}", Access::Auditors),
    row("GET", "/manage/import/{id}/columns", Access::Coordinators),
    row("POST", "/manage/import/{id}/columns", Access::Coordinators).body(FORM_BYTES_MAX),
    row("POST", "/manage/import/{id}/confirm", Access::Coordinators),
    row("POST", "/manage/import/{id}/undo", Access::Coordinators),
    // Administrators' pages.
    row("GET", "/admin/members", Access::Administrators),
    row("POST", "/admin/members", Access::Administrators),
    row("GET", "/admin/members/link/{id}", Access::Administrators),
    row("POST", "/admin/members/{id}", Access::Administrators),
    row("GET", "/admin/partners", Access::Administrators),
    row("POST", "/admin/partners/invite", Access::Administrators),
    row(
        "GET",
        "/admin/partners/invitation/{id}",
        Access::Administrators,
    ),
    row("POST", "/admin/partners/look", Access::Administrators),
    row("POST", "/admin/partners/accept", Access::Administrators),
    row("GET", "/admin/partners/{id}", Access::Administrators),
    row("POST", "/admin/partners/{id}/block", Access::Administrators),
    row(
        "POST",
        "/admin/partners/{id}/unblock",
        Access::Administrators,
    ),
    row(
        "POST",
        "/admin/partners/{id}/remove",
        Access::Administrators,
    ),
    row("GET", "/admin/accreditations", Access::Auditors),
    row("POST", "/admin/accreditations", Access::Administrators),
    row(
        "GET",
        "/admin/accreditations/{id}/revoke",
        Access::Administrators,
    ),
    row(
        "POST",
        "/admin/accreditations/{id}/revoke",
        Access::Administrators,
    ),
    row("POST", "/admin/roots/{id}/trust", Access::Administrators),
    row("POST", "/admin/roots/{id}/distrust", Access::Administrators),
    row("GET", "/admin/settings", Access::Auditors),
    row("GET", "/admin/health", Access::Auditors),
    row("POST", "/admin/health/verify", Access::Administrators),
    row("POST", "/admin/health/rebuild", Access::Administrators),
    row("GET", "/admin/hooks", Access::Administrators),
    row("POST", "/admin/hooks", Access::Administrators),
    row("GET", "/admin/hooks/{id}", Access::Administrators),
    row("POST", "/admin/hooks/{id}", Access::Administrators),
    row("GET", "/admin/deeds", Access::Auditors),
    // The API.
    row("GET", "/v1/accounts", Access::Administrators),
    row("POST", "/v1/accounts", Access::Administrators),
    row("POST", "/v1/accounts/{name}/role", Access::Administrators),
    row("POST", "/v1/accounts/{name}/reset", Access::Administrators),
    row("POST", "/v1/accounts/{name}/remove", Access::Administrators),
    row(
        "GET",
        "/v1/accounts/{name}/sessions",
        Access::Administrators,
    ),
    row(
        "POST",
        "/v1/accounts/{name}/sessions/end",
        Access::Administrators,
    ),
    row("GET", "/v1/kinds", Access::Everybody),
    row("GET", "/v1/kinds/{name}", Access::Everybody),
    row("GET", "/v1/records", Access::Everybody),
    row("GET", "/v1/records.csv", Access::Auditors),
    row("POST", "/v1/records", Access::Coordinators).body(2 * BODY_BYTES_MAX),
    row("GET", "/v1/records/{id}", Access::Everybody),
    row("PUT", "/v1/records/{id}", Access::Coordinators).body(2 * BODY_BYTES_MAX),
    row("GET", "/v1/records/{id}/history", Access::Everybody),
    row("GET", "/v1/records/{id}/proof", Access::Everybody),
    row("GET", "/v1/records/{id}/bundle", Access::Everybody),
    row("POST", "/v1/records/{id}/erase", Access::Coordinators),
    row("POST", "/v1/verify", Access::Everybody).body(SHOWN_BYTES_MAX),
    row("POST", "/v1/export", Access::Auditors),
    row("POST", "/v1/imports", Access::Coordinators).body(UPLOAD_BYTES_MAX),
    row("GET", "/v1/logs", Access::Everybody),
    row("GET", "/v1/checkpoint", Access::Everybody),
    row("GET", "/v1/sync", Access::Auditors),
    row("GET", "/v1/organisations", Access::Everybody),
    row("GET", "/v1/organisations/{id}", Access::Everybody),
    row(
        "GET",
        "/v1/organisations/{id}/accreditations",
        Access::Everybody,
    ),
    row(
        "POST",
        "/v1/organisations/{id}/trust",
        Access::Administrators,
    ),
    row(
        "POST",
        "/v1/organisations/{id}/accredit",
        Access::Administrators,
    ),
    row(
        "POST",
        "/v1/organisations/{id}/revoke",
        Access::Administrators,
    ),
    row("GET", "/v1/peers", Access::Auditors),
    row("GET", "/v1/peers/{id}", Access::Auditors),
    row("POST", "/v1/peers/{id}/block", Access::Administrators),
    row("POST", "/v1/peers/{id}/remove", Access::Administrators),
    row("POST", "/v1/invitations", Access::Administrators),
    row("POST", "/v1/invitations/accept", Access::Administrators),
    row("GET", "/v1/status", Access::Auditors),
    row("GET", "/v1/doctor", Access::Auditors),
    row("GET", "/v1/deeds", Access::Auditors),
    row("POST", "/v1/store/verify", Access::Administrators),
    row("POST", "/v1/store/rebuild", Access::Administrators),
    row("GET", "/livez", Access::Everybody).followed(),
    row("GET", "/readyz", Access::Everybody).followed(),
    row("GET", "/health", Access::Everybody).followed(),
    row("GET", "/openapi.json", Access::Everybody),
    row("GET", "/api", Access::Everybody),
    row("GET", "/problems", Access::Everybody),
    row("GET", "/v1/hooks", Access::Administrators),
    row("POST", "/v1/hooks", Access::Administrators),
    row("GET", "/v1/hooks/{id}", Access::Administrators),
    row("POST", "/v1/hooks/{id}/test", Access::Administrators),
    row("POST", "/v1/hooks/{id}/remove", Access::Administrators),
    row("POST", "/v1/hooks/{id}/redeliver", Access::Administrators),
    // Feeds and logs.
    row("GET", "/v1/events", Access::Everybody).followed(),
    row("GET", "/rpde/opportunities", Access::Everybody).followed(),
    row("GET", "/rpde/sessions", Access::Everybody).followed(),
    row("GET", "/logs/{log}/checkpoint", Access::Everybody).followed(),
    row("GET", "/logs/{log}/tile/{*path}", Access::Everybody).followed(),
    row("GET", "/.well-known/did.json", Access::Everybody),
];

/// The row of a route.
pub fn row_of(method: &str, path: &str) -> Option<&'static Row> {
    let method = if method == "HEAD" { "GET" } else { method };
    ACCESS
        .iter()
        .find(|row| row.path == path && row.method == method)
}
