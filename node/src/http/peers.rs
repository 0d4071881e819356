//! Partners and invitations.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::operations::{Operation, Parameter, Part, Reply, give};
use super::{Answer, Json, answer, read};
use crate::desk::peers;
use crate::front::{Caller, blocking};
use crate::node::Node;
use crate::problem::Code;

/// The path's partner.
const ID: Parameter = Parameter::path(
    "id",
    "The partner's organisation: its id, or the beginning of it.",
    || json!({"type": "string", "maxLength": 128}),
);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "POST",
        "/v1/invitations",
        "invite",
        Part::Peers,
        "Makes an invitation that works once: a link, the same as a QR code, and six words that both sides see.",
        || post(invite),
    )
    .sent("Inviting", || json!({"role": "host", "valid_hours": 24}))
    .answers(&[Reply::json("Invitation", "The invitation.")])
    .told_once()
    .refuses(&[Code::NodeStopped]),
    Operation::new(
        "POST",
        "/v1/invitations/accept",
        "acceptInvitation",
        Part::Peers,
        "Accepts another node's invitation: its organisation becomes a partner.",
        || post(accept),
    )
    .sent("Accepting", || json!({"link": "erikti:the link that the other side was shown"}))
    .answers(&[Reply::json("Accepted", "The partner, and the six words.")])
    .refuses(&[
        Code::InvitationAltered,
        Code::InvitationExpired,
        Code::InvitationInvalid,
        Code::InvitationUnknown,
        Code::InvitationUsed,
    ]),
    Operation::new(
        "GET",
        "/v1/peers",
        "listPeers",
        Part::Peers,
        "Lists partners: lag, last contact, refusals.",
        || get(list),
    )
    .answers(&[Reply::json("PeerList", "The partners.")])
    .gives(&[
        give("showPeer", "path.id", "$response.body#/peers/0/organisation"),
        give("blockPeer", "path.id", "$response.body#/peers/0/organisation"),
        give("removePeer", "path.id", "$response.body#/peers/0/organisation"),
    ]),
    Operation::new(
        "GET",
        "/v1/peers/{id}",
        "showPeer",
        Part::Peers,
        "Shows a partner.",
        || get(show),
    )
    .takes(&[ID])
    .answers(&[Reply::json("Peer", "The partner.")])
    .refuses(&[Code::PeerUnknown, Code::OrganisationUnknown]),
    Operation::new(
        "POST",
        "/v1/peers/{id}/block",
        "blockPeer",
        Part::Peers,
        "Cuts an organisation off, partner or not.",
        || post(block),
    )
    .takes(&[ID])
    .answers(&[Reply::json("PeerState", "It is cut off.")])
    .refuses(&[Code::OrganisationUnknown, Code::NotAllowed]),
    Operation::new(
        "POST",
        "/v1/peers/{id}/remove",
        "removePeer",
        Part::Peers,
        "Ends a partnership and lifts a block; what was exchanged stays.",
        || post(remove),
    )
    .takes(&[ID])
    .answers(&[Reply::json("PeerState", "It is no partner any more.")])
    .refuses(&[Code::PeerUnknown, Code::OrganisationUnknown]),
];

async fn list(State(node): State<Node>) -> Answer {
    answer(&node, peers::list).await
}

async fn show(State(node): State<Node>, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| peers::show(node, &id)).await
}

async fn block(State(node): State<Node>, caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| peers::block(node, &caller.actor(), &id)).await
}

async fn remove(State(node): State<Node>, caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&node, move |node| peers::remove(node, &caller.actor(), &id)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invite {
    role: String,
    valid_hours: u32,
}

async fn invite(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let invite: Invite = read(&body)?;
    answer(&node, move |node| {
        peers::invite(node, &caller.actor(), &invite.role, invite.valid_hours)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accept {
    link: String,
}

async fn accept(State(node): State<Node>, caller: Caller, body: Bytes) -> Answer {
    let accept: Accept = read(&body)?;
    let invitation = blocking(&node, move |node| {
        peers::read_invitation(node, &accept.link)
    })
    .await?;
    peers::join(&node, &caller.actor(), invitation)
        .await
        .map(Json::new)
}
