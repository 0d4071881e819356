//! Introductions: an organisation that was invited shows its invitation and its founding record, once.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use erikti_protocol::exchange::message::{Accepted, JoinRequest, read_answer, write};
use erikti_protocol::exchange::refusal::{Refusal, RefusalCode};
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::invitation::{InvitationSecret, Link};
use erikti_protocol::key::PublicKey;
use erikti_protocol::kind::log::LogOpened;
use erikti_protocol::record::Record;

use super::driver::Shared;
use crate::clock;
use crate::desk::peers;
use crate::members::Partner;
use crate::net::addresses::{Address, Source};
use crate::net::frame::Pace;
use crate::net::{Handle, Protocol};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Shows an invitation to the node that made it.
///
/// Errors   `peer.unreachable`; `invitation.used`, `invitation.expired`, `invitation.unknown` as the other node says
pub(super) async fn introduce(node: &Node, handle: &Handle, link: &Link) -> Result<(), Problem> {
    let invitation = link.invitation();
    let unreachable = |cause: &dyn std::fmt::Display| {
        Problem::new(
            Code::PeerUnreachable,
            format!("{} cannot be reached: {cause}", invitation.name),
        )
        .hint("is its node running, and its port open?")
    };
    let peer = invitation.origin.node_key();
    let addresses = read_addresses(&invitation.addresses, Source::Operator);
    handle
        .dial(peer, addresses)
        .await
        .map_err(|fault| unreachable(&fault))?;
    let mut stream = handle
        .open(peer, Protocol::Join)
        .await
        .map_err(|fault| unreachable(&fault))?;
    stream.set_pace(Pace::REQUEST);
    let founding = founding(node)?;
    let request = JoinRequest {
        secret: URL_SAFE_NO_PAD.encode(invitation.secret.as_bytes()),
        founding,
        successors: Vec::new(),
        name: node.ingest().own().name.clone(),
        addresses: node.announced(),
    };
    let frame = write(&request)
        .map_err(|fault| Problem::internal("the introduction cannot be written", fault))?;
    stream
        .send(&[&frame])
        .await
        .map_err(|fault| unreachable(&fault))?;
    let mut answer = Vec::new();
    if !stream
        .read(&mut answer)
        .await
        .map_err(|fault| unreachable(&fault))?
    {
        return Err(unreachable(&"it hung up"));
    }
    match read_answer::<Accepted>(&answer) {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(refusal)) => Err(refused(&refusal)),
        Err(fault) => Err(unreachable(&fault)),
    }
}

/// Notes that an invitation was redeemed.
///
/// Errors   `file.unwritable`
pub(super) fn settled(node: &Node, link: &Link) -> Result<(), Problem> {
    let organisation = link.invitation().organisation;
    node.members().change(|decided| {
        if let Some(partner) = decided.partners.get_mut(&organisation) {
            partner.pending = None;
        }
        Ok(())
    })?;
    node.standing_changed();
    Ok(())
}

/// The text of this organisation's founding record.
fn founding(node: &Node) -> Result<String, Problem> {
    let record = node
        .ingest()
        .record(node.origin(), 0)
        .map_err(crate::ingest::store_problem)?;
    let record = record
        .ok_or_else(|| Problem::new(Code::StoreDamaged, "the founding record is not readable"))?;
    String::from_utf8(record.into_bytes())
        .map_err(|e| Problem::internal("the founding record is no text", e))
}

fn refused(refusal: &Refusal) -> Problem {
    let (code, hint) = match refusal.code {
        RefusalCode::Used => (Code::InvitationUsed, "ask for a new one"),
        RefusalCode::Expired => (Code::InvitationExpired, "ask for a new one"),
        RefusalCode::NotFound => (Code::InvitationUnknown, "ask for a new one"),
        RefusalCode::OtherNetwork => (
            Code::InvitationInvalid,
            "both nodes must belong to one network",
        ),
        RefusalCode::Busy => (Code::PeerUnreachable, "try again in a minute"),
        _ => (Code::NotAllowed, "ask the organisation that invited you"),
    };
    Problem::new(code, format!("the other node refuses: {}", refusal.detail)).hint(hint)
}

/// Addresses of which at least the readable ones are used.
pub(super) fn read_addresses(addresses: &[String], source: Source) -> Vec<Address> {
    addresses
        .iter()
        .filter_map(|text| Address::read(text, source).ok())
        .collect()
}

/// Judges an introduction: the secret, and that the peer's key is the node key of the log that founded the organisation.
pub(super) async fn admit(
    shared: &Arc<Shared>,
    peer: PublicKey,
    join: JoinRequest,
) -> Result<Accepted, Refusal> {
    let work = Arc::clone(shared);
    let admitted = tokio::task::spawn_blocking(move || redeem(&work.node, peer, &join)).await;
    admitted.map_err(|_| Refusal::busy(1_000))??;
    shared.node.standing_changed();
    Ok(Accepted { accepted: true })
}

fn redeem(node: &Node, peer: PublicKey, join: &JoinRequest) -> Result<(), Refusal> {
    let bad = |detail: &str| Refusal::new(RefusalCode::BadRequest, detail);
    let secret: [u8; 16] = URL_SAFE_NO_PAD
        .decode(&join.secret)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| bad("the secret is none"))?;
    let (organisation, origin) = introduced(node, peer, &join.founding)?;
    if node
        .members()
        .look(|decided| decided.blocked.contains(&organisation))
    {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            "this organisation is blocked here",
        ));
    }
    let now = clock::now();
    let partner = Partner {
        name: join.name.clone(),
        origin,
        addresses: join.addresses.clone(),
        role: String::new(),
        since: now,
        pending: None,
    };
    peers::redeem(
        node,
        &InvitationSecret::from_bytes(secret),
        organisation,
        partner,
        now,
    )
    .map_err(|problem| {
        let code = match problem.code {
            Code::InvitationUnknown => RefusalCode::NotFound,
            Code::InvitationUsed => RefusalCode::Used,
            Code::InvitationExpired => RefusalCode::Expired,
            _ => RefusalCode::Busy,
        };
        Refusal::new(code, &problem.detail)
    })
}

/// Which organisation a founding record makes, and its log; the log's node key must be the peer's.
fn introduced(node: &Node, peer: PublicKey, founding: &str) -> Result<(OrgId, Origin), Refusal> {
    let bad = |detail: String| Refusal::new(RefusalCode::BadRequest, &detail);
    let record = Record::parse(founding.as_bytes().to_vec())
        .and_then(Record::verify)
        .map_err(|fault| bad(fault.to_string()))?;
    let subject = record.subject();
    let opened = subject.as_object().map(LogOpened::from_subject);
    let Some(Ok(opened)) =
        opened.filter(|_| record.kind() == erikti_protocol::kind::log::KIND.name)
    else {
        return Err(bad("the founding record is no `log` record".to_owned()));
    };
    if opened.network != node.origin().network() {
        return Err(Refusal::new(
            RefusalCode::OtherNetwork,
            &format!("this is network `{}`", node.origin().network()),
        ));
    }
    if opened.node_key != peer || opened.succession.is_some() {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            "the founding record names another node",
        ));
    }
    let organisation = OrgId::from_founding(record.digest());
    if organisation == node.organisation() {
        return Err(bad("an organisation cannot be its own partner".to_owned()));
    }
    Ok((organisation, opened.origin()))
}
