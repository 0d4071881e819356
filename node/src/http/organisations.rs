//! Organisations: list, show, trust, accredit, revoke.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::operations::{Operation, Parameter, Part, Reply, give};
use super::records::paged;
use super::{Answer, answer, read};
use crate::desk::organisations;
use crate::front::Caller;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// The path's organisation.
const ID: Parameter = Parameter::path(
    "id",
    "The organisation: its id, or the beginning of it when only one begins so.",
    || json!({"type": "string", "maxLength": 128}),
);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "GET",
        "/v1/organisations",
        "listOrganisations",
        Part::Organisations,
        "Lists every organisation known here, with its standing as seen from this node.",
        || get(list),
    )
    .takes(&[
        Parameter::query("limit", "At most so many.", || {
            json!({"type": "integer", "minimum": 1, "maximum": organisations::PAGE_MAX})
        })
        .example("50"),
        Parameter::query("cursor", "What `next` said on the page before.", || {
            json!({"type": "string", "maxLength": 128})
        }),
    ])
    .answers(&[Reply::json("OrganisationPage", "The organisations.").headers(&[(
        "Link",
        "The next page, when there is one: `rel=\"next\"`.",
    )])])
    .gives(&[
        give("showOrganisation", "path.id", "$response.body#/organisations/0/organisation"),
        give("listAccreditations", "path.id", "$response.body#/organisations/0/organisation"),
    ]),
    Operation::new(
        "GET",
        "/v1/organisations/{id}",
        "showOrganisation",
        Part::Organisations,
        "Shows an organisation: its card, its standing, and the chain of accreditations that leads to it.",
        || get(show),
    )
    .takes(&[ID])
    .answers(&[Reply::json("Organisation", "The organisation.")])
    .refuses(&[Code::OrganisationUnknown]),
    Operation::new(
        "GET",
        "/v1/organisations/{id}/accreditations",
        "listAccreditations",
        Part::Organisations,
        "Lists the accreditations that an organisation has given.",
        || get(accreditations),
    )
    .takes(&[ID])
    .answers(&[Reply::json("AccreditationList", "Each in its newest state.")])
    .refuses(&[Code::OrganisationUnknown]),
    Operation::new(
        "POST",
        "/v1/organisations/{id}/trust",
        "trustOrganisation",
        Part::Organisations,
        "Makes an organisation a root: whom it accredits stands here.",
        || post(trust),
    )
    .takes(&[ID.example(EXAMPLE)])
    .answers(&[Reply::json("Standing", "The organisation's standing now.")])
    .refuses(&[Code::OrganisationUnknown]),
    Operation::new(
        "POST",
        "/v1/organisations/{id}/accredit",
        "giveAccreditation",
        Part::Organisations,
        "Accredits an organisation, or changes its accreditation.",
        || post(accredit),
    )
    .takes(&[ID.example(EXAMPLE)])
    .sent("Accrediting", || json!({"roles": ["host"], "from": "2026-01-01", "until": "2027-12-31"}))
    .answers(&[Reply::json("Accredited", "The accreditation is published.")])
    .refuses(&[Code::OrganisationUnknown, Code::NotAllowed]),
    Operation::new(
        "POST",
        "/v1/organisations/{id}/revoke",
        "revokeAccreditation",
        Part::Organisations,
        "Takes an accreditation back; what its organisation logged until then still counts.",
        || post(revoke),
    )
    .takes(&[ID.example(EXAMPLE)])
    .sent("Revoking", || json!({}))
    .answers(&[Reply::json("Accredited", "The revocation is published.")])
    .refuses(&[Code::OrganisationUnknown, Code::RecordConflict]),
];

/// An organisation that nobody founded: everybody can try the examples on it.
const EXAMPLE: &str = "urn:erikti:org:zAYgzzjkycsBvFGoryYP5YSynvYh1mJuWiCYhiqEzsruf";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<usize>,
    cursor: Option<String>,
}

async fn list(
    State(node): State<Node>,
    caller: Caller,
    uri: Uri,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    let page: Page = serde_json::from_value(
        query
            .into_iter()
            .map(|(name, text)| match text.parse::<u64>() {
                Ok(number) if name == "limit" => (name, Value::from(number)),
                _ => (name, Value::from(text)),
            })
            .collect(),
    )
    .map_err(|e| {
        Problem::new(Code::Usage, format!("the query cannot be read: {e}"))
            .field("limit")
            .allowed(format!("1 to {}", organisations::PAGE_MAX))
    })?;
    if page
        .limit
        .is_some_and(|limit| !(1..=organisations::PAGE_MAX).contains(&limit))
    {
        return Err(Problem::new(Code::Usage, "the limit is out of bounds")
            .field("limit")
            .allowed(format!("1 to {}", organisations::PAGE_MAX)));
    }
    let whole = page.limit.is_none() && page.cursor.is_none();
    let listed = answer(&node, move |node| match (&caller, page.limit) {
        // The command line shows all of them.
        (Caller::Operator, None) if whole => organisations::list(node, caller.reader()),
        (_, limit) => organisations::page(
            node,
            caller.reader(),
            page.cursor.as_deref(),
            limit.unwrap_or(organisations::PAGE_MAX),
        ),
    })
    .await?;
    Ok(paged(&uri, listed))
}

async fn accreditations(State(node): State<Node>, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| organisations::accreditations(node, &id)).await
}

async fn show(State(node): State<Node>, caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| {
        organisations::show(node, caller.reader(), &id)
    })
    .await
}

async fn trust(State(node): State<Node>, caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| {
        organisations::trust(node, &caller.actor(), &id)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accredit {
    roles: Vec<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    until: Option<String>,
}

async fn accredit(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let accredit: Accredit = read(&body)?;
    answer(&node, move |node| {
        organisations::accredit(
            node,
            &caller.actor(),
            &id,
            &accredit.roles,
            accredit.from.as_deref(),
            accredit.until.as_deref(),
        )
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    #[serde(default)]
    log_size: Option<u64>,
}

async fn revoke(
    State(node): State<Node>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let revoke: Revoke = read(&body)?;
    answer(&node, move |node| {
        organisations::revoke(node, &caller.actor(), &id, revoke.log_size)
    })
    .await
}
