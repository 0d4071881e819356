//! Partners and invitations.

use erikti_protocol::id::OrgId;
use erikti_protocol::invitation::{Invitation, InvitationFault, InvitationSecret, Link};
use erikti_protocol::time::Timestamp;
use serde_json::{Value, json};

use super::{note, organisations};
use crate::clock;
use crate::deeds::Actor;
use crate::members::{Issued, Partner};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Longest life of an invitation: 90 days.
const VALID_HOURS_MAX: u32 = 90 * 24;

/// Makes an invitation that works once.
pub fn invite(node: &Node, by: &Actor, role: &str, valid_hours: u32) -> Result<Value, Problem> {
    let roles = organisations::read_roles(&[role.to_owned()])?;
    let role = roles
        .first()
        .copied()
        .ok_or_else(|| Problem::new(Code::Usage, "an invitation names a role"))?;
    if !(1..=VALID_HOURS_MAX).contains(&valid_hours) {
        return Err(Problem::new(Code::Usage, "the hours are out of bounds")
            .field("valid_hours")
            .found(valid_hours.to_string())
            .allowed(format!("1 to {VALID_HOURS_MAX}"))
            .hint("90 days are the most"));
    }
    let addresses = node.announced();
    if addresses.is_empty() {
        return Err(Problem::new(
            Code::NodeStopped,
            "the node does not listen, so nobody could accept",
        )
        .hint("start it with erikti run, and invite from another terminal"));
    }
    let now = clock::now();
    let secret = InvitationSecret::from_bytes(clock::random());
    let expires = now.plus_seconds(i64::from(valid_hours) * 3_600);
    let issued = Issued {
        role: role.as_str().to_owned(),
        expires,
        used_by: None,
    };
    let invitation = Invitation {
        addresses,
        expires,
        name: node.ingest().own().name.clone(),
        organisation: node.organisation(),
        origin: node.origin().clone(),
        role,
        secret: secret.clone(),
    };
    let link = invitation
        .sign(&node.ingest().own().keys.node)
        .map_err(|fault| invitation_problem(&fault))?;
    node.members()
        .change(|decided| decided.issue(secret.hash(), issued, now))?;
    note(node, by, "peer.invite", role.as_str(), None);
    let text = link.to_string();
    Ok(
        json!({"link": text, "words": link.words(), "expires": expires, "role": role.as_str(), "qr": qr(&text)}),
    )
}

/// The link as a QR code of half blocks, for a terminal.
fn qr(link: &str) -> Option<String> {
    let code =
        qrcode::QrCode::with_error_correction_level(link.as_bytes(), qrcode::EcLevel::L).ok()?;
    Some(
        code.render::<qrcode::render::unicode::Dense1x2>()
            .quiet_zone(true)
            .build(),
    )
}

/// Modules around a code that stay light.
///
/// Source   ISO/IEC 18004 section 9.1
const QUIET_MODULES: usize = 4;

/// A text as a QR code: modules on a side with the quiet zone, and the path that draws the dark ones.
pub fn qr_path(text: &str) -> Option<(usize, String)> {
    if text.is_empty() {
        return None;
    }
    let code =
        qrcode::QrCode::with_error_correction_level(text.as_bytes(), qrcode::EcLevel::L).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, module) in code.to_colors().into_iter().enumerate() {
        if module == qrcode::Color::Dark {
            let (x, y) = (at % width + QUIET_MODULES, at / width + QUIET_MODULES);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    Some((width + 2 * QUIET_MODULES, path))
}

/// Reads and judges an invitation's link.
///
/// Errors   `invitation.altered`, `invitation.expired`, `invitation.invalid`
pub fn read_invitation(node: &Node, link: &str) -> Result<Link, Problem> {
    let link = Link::parse(link.trim()).map_err(|fault| invitation_problem(&fault))?;
    let invitation = link
        .open(node.origin().network(), clock::now())
        .map_err(|fault| invitation_problem(&fault))?;
    if invitation.organisation == node.organisation() {
        return Err(Problem::new(
            Code::InvitationInvalid,
            "this invitation is from this organisation itself",
        )
        .hint("send the link to the other organisation"));
    }
    Ok(link)
}

fn invitation_problem(fault: &InvitationFault) -> Problem {
    let code = match fault {
        InvitationFault::Altered => Code::InvitationAltered,
        InvitationFault::Expired { .. } => Code::InvitationExpired,
        _ => Code::InvitationInvalid,
    };
    let hint = match code {
        Code::InvitationExpired => "ask for a new one",
        _ => "ask for the link again, and copy it whole",
    };
    Problem::new(code, fault.to_string()).hint(hint)
}

/// Accepts an invitation: makes its organisation a partner, and introduces this one to it when the node runs.
///
/// Errors   what the other node refuses; an unreachable one is tried again for as long as the invitation is good
pub async fn join(node: &Node, by: &Actor, link: Link) -> Result<Value, Problem> {
    let invitation = link.invitation().clone();
    let partner = Partner {
        name: invitation.name.clone(),
        origin: invitation.origin.clone(),
        addresses: invitation.addresses.clone(),
        role: invitation.role.as_str().to_owned(),
        since: clock::now(),
        pending: Some(link.to_string()),
    };
    let organisation = invitation.organisation;
    let before = node
        .members()
        .look(|decided| decided.partners.get(&organisation).cloned());
    node.members()
        .change(|decided| decided.add_partner(organisation, partner))?;
    let state = match node.introduce(&link).await {
        Ok(()) => "partners",
        Err(problem) if problem.code == Code::NodeStopped => {
            "accepted: they are told when this node runs"
        }
        Err(problem) if problem.code == Code::PeerUnreachable => {
            "accepted: they are told as soon as they can be reached"
        }
        Err(problem) => {
            // Refused for good: what stood before stands again.
            node.members().change(|decided| {
                match before {
                    Some(before) => decided.partners.insert(organisation, before),
                    None => decided.partners.remove(&organisation),
                };
                Ok(())
            })?;
            return Err(problem);
        }
    };
    note(node, by, "peer.accept", organisation, None);
    node.standing_changed();
    Ok(
        json!({"state": state, "organisation": organisation, "name": invitation.name, "words": link.words()}),
    )
}

/// Lists partners.
pub fn list(node: &Node) -> Result<Value, Problem> {
    let decided = node.members().decided();
    let partners: Vec<Value> = decided
        .partners
        .iter()
        .map(|(organisation, partner)| row(node, organisation, partner))
        .collect();
    Ok(json!({"peers": partners, "blocked": decided.blocked}))
}

fn row(node: &Node, organisation: &OrgId, partner: &Partner) -> Value {
    let status = node
        .sync_status()
        .into_iter()
        .find(|status| status.organisation == organisation.to_string());
    let blocked = node
        .members()
        .look(|decided| decided.blocked.contains(organisation));
    let state = match (&partner.pending, &status) {
        _ if blocked => "blocked",
        (Some(_), _) => "invitation pending",
        (None, Some(status)) if status.connected => "connected",
        (None, _) => "not connected",
    };
    json!({
        "organisation": organisation, "name": partner.name, "origin": partner.origin, "addresses": partner.addresses,
        "roles": [partner.role], "since": partner.since, "state": state, "sync": status,
    })
}

/// Shows one partner.
pub fn show(node: &Node, id: &str) -> Result<Value, Problem> {
    let (organisation, partner) = partner(node, id)?;
    Ok(row(node, &organisation, &partner))
}

/// Cuts an organisation off, partner or not.
pub fn block(node: &Node, by: &Actor, id: &str) -> Result<Value, Problem> {
    let organisation = organisations::find(node, id)?;
    if organisation == node.organisation() {
        return Err(
            Problem::new(Code::NotAllowed, "an organisation does not block itself")
                .hint("see who is a partner: erikti peer list"),
        );
    }
    node.members()
        .change(|decided| decided.block(organisation))?;
    note(node, by, "peer.block", organisation, None);
    node.standing_changed();
    Ok(json!({"organisation": organisation, "state": "blocked"}))
}

/// Ends a partnership and lifts a block; what was exchanged stays.
pub fn remove(node: &Node, by: &Actor, id: &str) -> Result<Value, Problem> {
    let organisation = organisations::find(node, id)?;
    let was = node.members().change(|decided| {
        let partner = decided.partners.remove(&organisation).is_some();
        Ok(decided.blocked.remove(&organisation) || partner)
    })?;
    if !was {
        return Err(no_partner(&organisation));
    }
    note(node, by, "peer.remove", organisation, None);
    node.standing_changed();
    Ok(json!({"organisation": organisation, "state": "removed"}))
}

fn no_partner(organisation: &OrgId) -> Problem {
    Problem::new(Code::PeerUnknown, format!("{organisation} is no partner"))
        .hint("see who is: erikti peer list")
}

fn partner(node: &Node, id: &str) -> Result<(OrgId, Partner), Problem> {
    let organisation = organisations::find(node, id)?;
    let partner = node
        .members()
        .look(|decided| decided.partners.get(&organisation).cloned());
    partner
        .map(|partner| (organisation, partner))
        .ok_or_else(|| no_partner(&organisation))
}

/// Whether an invitation of this node may still be used, and what it grants; marks it as used.
///
/// Errors   `invitation.unknown`, `invitation.used`, `invitation.expired`
pub fn redeem(
    node: &Node,
    secret: &InvitationSecret,
    organisation: OrgId,
    partner: Partner,
    now: Timestamp,
) -> Result<(), Problem> {
    node.members().change(|decided| {
        let issued = decided.invitations.get_mut(&secret.hash()).ok_or_else(|| {
            Problem::new(Code::InvitationUnknown, "no such invitation was made here")
        })?;
        match issued.used_by {
            // The answer to the first try may have been lost: the same organisation may ask again.
            Some(by) if by != organisation => {
                return Err(Problem::new(
                    Code::InvitationUsed,
                    "the invitation was used by another organisation",
                ));
            }
            Some(_) if decided.partners.contains_key(&organisation) => {}
            Some(_) => {
                return Err(Problem::new(
                    Code::InvitationUsed,
                    "the invitation was already used",
                ));
            }
            None if issued.expires <= now => {
                return Err(Problem::new(
                    Code::InvitationExpired,
                    format!("the invitation expired at {}", issued.expires),
                ));
            }
            None => issued.used_by = Some(organisation),
        }
        let role = issued.role.clone();
        decided.add_partner(organisation, Partner { role, ..partner })
    })?;
    note(node, &Actor::node(), "peer.join", organisation, None);
    Ok(())
}
