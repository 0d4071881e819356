//! How things stand, for people.

use super::super::refusal::Refusal;
use super::Exchange;
use super::event::Blocked;
use super::limits::STALE_AFTER_MS;
use super::state::Candidate;
use crate::id::{OrgId, Origin};
use crate::key::PublicKey;

/// A refusal that a peer gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalSeen {
    /// When, on the machine's clock.
    pub at_ms: u64,
    /// The log that was asked for.
    pub origin: Origin,
    /// What it said.
    pub refusal: Refusal,
}

/// How things stand with a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerStatus {
    /// The peer.
    pub peer: PublicKey,
    /// Whether it is a partner.
    pub partner: bool,
    /// Whether it is connected.
    pub connected: bool,
    /// When it was heard of last, on the machine's clock.
    pub last_contact_ms: Option<u64>,
    /// Entries that it announced and this node has not adopted.
    pub lag_entries: u64,
    /// Logs in which that is so.
    pub lag_logs: usize,
    /// Its last refusals, oldest first.
    pub refusals: Vec<RefusalSeen>,
    /// How often it sent something false.
    pub strikes: u32,
    /// Until when it is not asked for that, on the machine's clock.
    pub shunned_until_ms: Option<u64>,
    /// Whether a partner was not heard of for a day.
    pub stale: bool,
}

/// How things stand with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogStatus {
    /// The log.
    pub origin: Origin,
    /// Whose it is.
    pub organisation: OrgId,
    /// Entries that are durable.
    pub durable: u64,
    /// Entries that are visible.
    pub adopted: u64,
    /// Entries that the largest announced checkpoint has.
    pub announced: u64,
    /// Why it is not pulled any further.
    pub blocked: Option<Blocked>,
    /// Whether it is being pulled now.
    pub pulling: bool,
}

/// An organisation without standing that was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOrganisation {
    /// The organisation, as a peer says.
    pub organisation: OrgId,
    /// Its log.
    pub origin: Origin,
    /// The size announced last, unverified.
    pub size: u64,
    /// When, on the machine's clock.
    pub heard_ms: u64,
}

impl Exchange {
    /// How things stand with every peer.
    pub fn peers(&self) -> Vec<PeerStatus> {
        let status = |(key, peer): (&PublicKey, &super::state::Peer)| {
            let behind = peer.has.iter().filter_map(|(origin, claim)| {
                let log = self.logs.get(origin)?;
                Some(claim.0.saturating_sub(log.adopted_size())).filter(|lag| *lag > 0)
            });
            let silent = peer.last_contact.map(|at| self.now.saturating_sub(at));
            PeerStatus {
                peer: *key,
                partner: peer.partner,
                connected: peer.connected,
                last_contact_ms: peer.last_contact,
                lag_entries: behind.clone().sum(),
                lag_logs: behind.count(),
                refusals: peer
                    .refusals
                    .iter()
                    .map(|(at_ms, origin, refusal)| RefusalSeen {
                        at_ms: *at_ms,
                        origin: origin.clone(),
                        refusal: refusal.clone(),
                    })
                    .collect(),
                strikes: peer.strikes,
                shunned_until_ms: Some(peer.shunned_until).filter(|until| *until > self.now),
                stale: peer.partner
                    && !peer.connected
                    && silent.is_none_or(|silent| silent >= STALE_AFTER_MS),
            }
        };
        self.peers.iter().map(status).collect()
    }

    /// How things stand with every followed log.
    pub fn logs(&self) -> Vec<LogStatus> {
        let status = |(origin, log): (&Origin, &super::state::Log)| LogStatus {
            origin: origin.clone(),
            organisation: log.organisation,
            durable: log.durable.size(),
            adopted: log.adopted_size(),
            announced: log
                .candidates
                .values()
                .next_back()
                .map_or(0, Candidate::size)
                .max(log.adopted_size()),
            blocked: log.blocked.clone(),
            pulling: log.pull.is_some(),
        };
        self.logs.iter().map(status).collect()
    }

    /// Organisations without standing that peers announced, 256 at most.
    pub fn unknown(&self) -> Vec<UnknownOrganisation> {
        let found = self.unknown.iter();
        found
            .map(
                |((organisation, origin), (size, heard_ms))| UnknownOrganisation {
                    organisation: *organisation,
                    origin: origin.clone(),
                    size: *size,
                    heard_ms: *heard_ms,
                },
            )
            .collect()
    }
}
