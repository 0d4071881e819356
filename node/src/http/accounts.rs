//! Accounts, for administrators and for the operator.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::operations::{Operation, Parameter, Part, Reply, give};
use super::{Answer, answer, read};
use crate::desk::accounts;
use crate::front::Caller;
use crate::node::Node;
use crate::problem::Code;

/// Life of an invitation that does not say how long: three days.
const INVITATION_HOURS: u32 = 72;

/// The path's account.
const NAME: Parameter = Parameter::path(
    "name",
    "The account: its id, or the name it signs in with.",
    || json!({"type": "string", "maxLength": 64}),
);
/// Where an answer names an account that the next operation may take.
const LISTED: &str = "$response.body#/accounts/0/id";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "POST",
        "/v1/accounts",
        "inviteToAccount",
        Part::Node,
        "Invites somebody to an account: the answer has a link that works once.",
        || post(invite),
    )
    .sent(
        "AccountInviting",
        || json!({"name": "dana", "role": "coordinator", "shown": "Dana", "valid_hours": 72}),
    )
    .answers(&[Reply::json("AccountInvited", "The link.")])
    .told_once()
    .refuses(&[Code::AccountExists]),
    Operation::new(
        "GET",
        "/v1/accounts",
        "listAccounts",
        Part::Node,
        "Lists accounts and open invitations.",
        || get(list),
    )
    .answers(&[Reply::json("AccountList", "The accounts.")])
    .gives(&[
        give("setAccountRole", "path.name", LISTED),
        give("resetAccount", "path.name", LISTED),
        give("removeAccount", "path.name", LISTED),
        give("listAccountSessions", "path.name", LISTED),
        give("endAccountSessions", "path.name", LISTED),
    ]),
    Operation::new(
        "POST",
        "/v1/accounts/{name}/role",
        "setAccountRole",
        Part::Node,
        "Gives an account another role.",
        || post(set_role),
    )
    .takes(&[NAME])
    .sent("AccountRole", || json!({"role": "administrator"}))
    .answers(&[Reply::json("AccountState", "The account.")])
    .refuses(&[Code::AccountUnknown, Code::NotAllowed]),
    Operation::new(
        "POST",
        "/v1/accounts/{name}/reset",
        "resetAccount",
        Part::Node,
        "Makes a link with which the account's owner sets a new password.",
        || post(reset),
    )
    .takes(&[NAME])
    .answers(&[Reply::json("AccountReset", "The link.")])
    .told_once()
    .refuses(&[Code::AccountUnknown]),
    Operation::new(
        "GET",
        "/v1/accounts/{name}/sessions",
        "listAccountSessions",
        Part::Node,
        "Lists an account's open sessions.",
        || get(sessions),
    )
    .takes(&[NAME])
    .answers(&[Reply::json("AccountSessions", "The sessions.")])
    .refuses(&[Code::AccountUnknown]),
    Operation::new(
        "POST",
        "/v1/accounts/{name}/sessions/end",
        "endAccountSessions",
        Part::Node,
        "Ends an account's sessions.",
        || post(end_sessions),
    )
    .takes(&[NAME])
    .answers(&[Reply::json("AccountEnded", "How many ended.")])
    .refuses(&[Code::AccountUnknown]),
    Operation::new(
        "POST",
        "/v1/accounts/{name}/remove",
        "removeAccount",
        Part::Node,
        "Removes an account, its sessions and its tokens; the last administrator stays.",
        || post(remove),
    )
    .takes(&[NAME])
    .answers(&[Reply::json("AccountRemoved", "It is gone.")])
    .refuses(&[Code::AccountUnknown, Code::NotAllowed]),
];

async fn list(State(node): State<Node>) -> Answer {
    answer(&node, accounts::list).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invite {
    name: String,
    #[serde(default)]
    shown: String,
    role: String,
    #[serde(default)]
    valid_hours: Option<u32>,
}

async fn invite(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let invite: Invite = read(&body)?;
    answer(&node, move |node| {
        let hours = invite.valid_hours.unwrap_or(INVITATION_HOURS);
        let (name, shown) = (&invite.name, &invite.shown);
        accounts::invite(node, &caller.actor(), name, shown, &invite.role, hours)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetRole {
    role: String,
}

async fn set_role(
    State(node): State<Node>,
    caller: Caller,
    Path(account): Path<String>,
    body: Bytes,
) -> Answer {
    let set: SetRole = read(&body)?;
    answer(&node, move |node| {
        accounts::set_role(node, &caller.actor(), &account, &set.role)
    })
    .await
}

async fn reset(State(node): State<Node>, caller: Caller, Path(account): Path<String>) -> Answer {
    answer(&node, move |node| {
        accounts::reset(node, &caller.actor(), &account)
    })
    .await
}

async fn remove(State(node): State<Node>, caller: Caller, Path(account): Path<String>) -> Answer {
    answer(&node, move |node| {
        accounts::remove(node, &caller.actor(), &account)
    })
    .await
}

async fn sessions(State(node): State<Node>, Path(account): Path<String>) -> Answer {
    answer(&node, move |node| accounts::sessions(node, &account)).await
}

async fn end_sessions(
    State(node): State<Node>,
    caller: Caller,
    Path(account): Path<String>,
) -> Answer {
    answer(&node, move |node| {
        accounts::end_sessions(node, &caller.actor(), &account)
    })
    .await
}
