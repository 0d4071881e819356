//! Invitations between organisations that never met: one command a side, and every wrong one is refused for its reason.

use erikti_node::keys::Keys;
use erikti_node::members::FILE_NAME;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::invitation::{Invitation, InvitationSecret};
use erikti_protocol::kind::Role;
use erikti_protocol::time::Timestamp;
use erikti_tests::process::{Member, partner, until};
use serde_json::{Value, json};

use super::text;

const PAST: &str = "2026-01-01T00:00:00Z";
const FUTURE: &str = "2096-01-01T00:00:00Z";

#[test]
fn one_command_a_side_makes_partners() {
    let (mut inviting, mut accepting) = (Member::init("Astana", &[]), Member::init("Bern", &[]));
    inviting.start();
    accepting.start();
    partner(&inviting, &accepting);
    for (member, other) in [(&inviting, &accepting), (&accepting, &inviting)] {
        until("both are connected", || {
            member.ask(&["peer", "list"])["peers"][0]["state"] == "connected"
        });
        let peers = member.ask(&["peer", "list"])["peers"].clone();
        assert_eq!(peers.as_array().map(Vec::len), Some(1));
        assert_eq!(peers[0]["organisation"], other.organisation.as_str());
        assert_eq!(peers[0]["name"], other.name.as_str());
        // An invitation gives standing here: the other's log is followed.
        until("both hold both logs", || member.roots().len() == 2);
    }
}

#[test]
fn wrong_invitations_are_refused_for_their_reason() {
    let [mut astana, mut bern, mut cebu] =
        ["Astana", "Bern", "Cebu"].map(|name| Member::init(name, &[]));
    for member in [&mut astana, &mut bern, &mut cebu] {
        member.start();
    }
    let refused = |member: &Member, link: &str, code: &str| {
        let (exit, problem) = member.refused(&["peer", "accept", link]);
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(exit, if code == "not_allowed" { 77 } else { 65 });
        assert_eq!(partners(member), Vec::<String>::new(), "{code}");
    };
    let invite = |member: &Member| text(&member.ask(&["peer", "invite"])["link"]);

    // Used, by another organisation.
    let used = invite(&astana);
    bern.ask(&["peer", "accept", &used]);
    refused(&cebu, &used, "invitation.used");

    // Altered: in every tenth place.
    let link = invite(&astana);
    for at in (link.len() / 2..link.len()).step_by(link.len() / 10) {
        let other = if link.as_bytes()[at] == b'A' {
            "B"
        } else {
            "A"
        };
        let altered = format!("{}{other}{}", &link[..at], &link[at + 1..]);
        refused(&cebu, &altered, "invitation.altered");
    }
    // Its own.
    let own = invite(&cebu);
    refused(&cebu, &own, "invitation.invalid");

    // Expired as the link says, of another network, and with a secret that was never given out.
    refused(&cebu, &signed(&astana, "test", PAST), "invitation.expired");
    refused(
        &cebu,
        &signed(&astana, "elsewhere", FUTURE),
        "invitation.invalid",
    );
    refused(
        &cebu,
        &signed(&astana, "test", FUTURE),
        "invitation.unknown",
    );

    // Expired as the inviting node remembers it, whatever the link says.
    let late = invite(&astana);
    astana.stop();
    let path = astana.data().join(FILE_NAME);
    let members = std::fs::read(&path).expect("the node keeps its members");
    let mut members: Value = serde_json::from_slice(&members).expect("they are JSON");
    for issued in members["invitations"].as_object_mut().into_iter().flatten() {
        issued.1["expires"] = json!(PAST);
    }
    std::fs::write(&path, members.to_string()).expect("the file can be written");
    astana.start();
    refused(&cebu, &late, "invitation.expired");

    // Blocked.
    let good = invite(&astana);
    astana.ask(&["peer", "block", &cebu.organisation]);
    refused(&cebu, &good, "not_allowed");
    // The refusals cost nothing: the one partner is still one.
    assert_eq!(partners(&astana), [bern.organisation.clone()]);
}

fn partners(member: &Member) -> Vec<String> {
    let peers = member.ask(&["peer", "list"])["peers"].clone();
    let peers = peers.as_array().into_iter().flatten();
    peers.map(|peer| text(&peer["organisation"])).collect()
}

/// A link that the node's own key has signed, and that its operator never gave out.
fn signed(member: &Member, network: &str, expires: &str) -> String {
    let keys = Keys::read(&member.data().join("keys")).expect("the node's keys can be read");
    let invitation = Invitation {
        addresses: member.listen.clone(),
        expires: Timestamp::parse(expires).expect("a time"),
        name: member.name.clone(),
        organisation: OrgId::parse(&member.organisation).expect("an organisation"),
        origin: Origin::new(network, &keys.node.public()).expect("a network"),
        role: Role::Host,
        secret: InvitationSecret::from_bytes([7; 16]),
    };
    invitation
        .sign(&keys.node)
        .expect("it is a good invitation")
        .to_string()
}
