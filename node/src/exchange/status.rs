//! What is known of peers since the node started, and what is told about partners.

use std::collections::BTreeMap;

use erikti_protocol::exchange::message::Heads;
use erikti_protocol::id::Origin;
use erikti_protocol::key::PublicKey;
use erikti_protocol::log::Checkpoint;
use erikti_protocol::time::Timestamp;

use crate::clock;
use crate::door::PartnerStatus;
use crate::node::Node;

/// What is known of the peers since this node started.
#[derive(Debug, Default)]
pub(super) struct Contacts(BTreeMap<PublicKey, Contact>);

/// Peers remembered, at most: partners, and as many strangers.
const CONTACTS_MAX: usize = 2_048;
/// Seconds without a sign after which a partner counts as stale.
const STALE_AFTER_S: i64 = 24 * 60 * 60;

#[derive(Debug, Default)]
struct Contact {
    connected: bool,
    last: Option<Timestamp>,
    /// Sizes of logs as the peer announced them.
    announced: BTreeMap<Origin, u64>,
    refusals: BTreeMap<String, u64>,
    last_fault: Option<String>,
}

impl Contacts {
    fn of(&mut self, peer: PublicKey) -> &mut Contact {
        if self.0.len() >= CONTACTS_MAX && !self.0.contains_key(&peer) {
            // Whoever is not connected and never announced anything is forgotten first.
            let idle = self
                .0
                .iter()
                .find(|(_, contact)| !contact.connected && contact.announced.is_empty());
            let idle = idle
                .or_else(|| self.0.iter().find(|(_, contact)| !contact.connected))
                .map(|(peer, _)| *peer);
            if let Some(idle) = idle {
                self.0.remove(&idle);
            }
        }
        self.0.entry(peer).or_default()
    }

    /// There is a connection.
    pub(super) fn connected(&mut self, peer: PublicKey) {
        self.of(peer).connected = true;
        self.heard(peer);
    }

    /// The last connection is gone.
    pub(super) fn disconnected(&mut self, peer: PublicKey) {
        self.of(peer).connected = false;
    }

    /// The peer gave a sign.
    pub(super) fn heard(&mut self, peer: PublicKey) {
        self.of(peer).last = Some(clock::now());
    }

    /// Something went wrong.
    pub(super) fn fault(&mut self, peer: PublicKey, fault: String) {
        self.of(peer).last_fault = Some(fault);
    }

    /// Somebody said no, or should have been told no.
    pub(super) fn refused(&mut self, peer: PublicKey, reason: &str, fault: String) {
        *self.of(peer).refusals.entry(reason.to_owned()).or_default() += 1;
        self.fault(peer, fault);
    }

    /// The peer announced checkpoints.
    pub(super) fn announced(&mut self, peer: PublicKey, heads: &Heads) {
        self.heard(peer);
        let contact = self.of(peer);
        for head in &heads.heads {
            let text = head.checkpoint.split("\n\n").next().unwrap_or_default();
            if let Ok(checkpoint) = Checkpoint::parse(&format!("{text}\n")) {
                contact.announced.insert(checkpoint.origin, checkpoint.size);
            }
        }
    }
}

/// How the exchange with each partner goes.
pub(super) fn partners(node: &Node, contacts: &Contacts) -> Vec<PartnerStatus> {
    let decided = node.members().decided();
    let now = clock::now();
    let nothing = Contact::default();
    decided
        .partners
        .iter()
        .map(|(organisation, partner)| {
            let contact = contacts
                .0
                .get(&partner.origin.node_key())
                .unwrap_or(&nothing);
            let behind = |(origin, size): (&Origin, &u64)| {
                if origin == node.origin() {
                    0
                } else {
                    size.saturating_sub(node.ingest().visible(origin))
                }
            };
            let last = contact.last;
            PartnerStatus {
                organisation: organisation.to_string(),
                name: partner.name.clone(),
                state: match (&partner.pending, contact.connected) {
                    (Some(_), _) => "invitation pending",
                    (None, true) => "connected",
                    (None, false) => "not connected",
                },
                connected: contact.connected,
                lag: contact.announced.iter().map(behind).sum(),
                last_contact: last.map(|last| last.to_string()),
                stale: !contact.connected
                    && now.seconds() - last.unwrap_or(partner.since).seconds() > STALE_AFTER_S,
                refusals: contact.refusals.clone(),
                last_fault: contact.last_fault.clone(),
            }
        })
        .collect()
}
