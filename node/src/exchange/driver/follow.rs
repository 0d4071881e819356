//! Whom the driver follows and keeps connected: what standing and the operator's decisions mean for the exchange.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use erikti_protocol::exchange::machine::{FollowedLog, Following, Input};
use erikti_protocol::id::OrgId;
use erikti_protocol::invitation::Link;
use erikti_protocol::key::PublicKey;
use erikti_protocol::log::evidence::Contradiction;

use super::super::join;
use super::Driver;
use crate::ingest::store_problem;
use crate::net::addresses::{Address, Source};
use crate::problem::Problem;

impl Driver {
    /// Introduces a peer to the machine when it stands, and takes it away when it no longer does.
    pub(super) async fn meet(&mut self, peer: PublicKey) {
        let stands = self.shared.node.requester(&peer).stands;
        if stands && !self.met.contains(&peer) {
            if let Some(hello) = self.hellos.get(&peer).cloned() {
                self.met.insert(peer);
                tracing::debug!(%peer, "met");
                self.machine(Input::Connected { peer, hello });
            }
        } else if !stands && self.met.remove(&peer) {
            self.machine(Input::Disconnected { peer });
        }
    }

    /// Tells the machine whom to follow, and the network whom to keep connected.
    pub(super) async fn standing(&mut self) {
        self.followed = self.shared.node.standing_version();
        match self.following() {
            Ok(following) => self.machine(Input::Follow(following)),
            Err(problem) => tracing::error!(%problem, "cannot say whom to follow"),
        }
        for peer in self.hellos.keys().copied().collect::<Vec<_>>() {
            self.meet(peer).await;
        }
        self.keep_partners();
        self.call_issuers();
    }

    fn following(&self) -> Result<Following, Problem> {
        let node = &self.shared.node;
        let standings = node.standings();
        let own = node.organisation();
        let organisations: BTreeSet<OrgId> = standings
            .standing()
            .map(|(organisation, _)| *organisation)
            .filter(|organisation| *organisation != own)
            .collect();
        let mut logs = Vec::new();
        for origin in node.ingest().store().logs() {
            if origin == *node.origin() {
                continue;
            }
            let Some(organisation) = node
                .ingest()
                .ledger()
                .history(&origin)
                .map(|history| history.organisation())
            else {
                continue;
            };
            let evidence = node
                .members()
                .look(|decided| decided.frozen.get(&origin).cloned());
            logs.push(FollowedLog {
                durable: node
                    .ingest()
                    .store()
                    .frontier(&origin)
                    .map_err(store_problem)?
                    .tree,
                adopted: node.ingest().checkpoint(&origin)?,
                pursued: node.ingest().pursued(&origin).map_err(store_problem)?,
                records: organisations.contains(&organisation),
                evidence: evidence.and_then(|text| Contradiction::parse(text.as_bytes()).ok()),
                organisation,
                origin,
            });
        }
        let partners = node.members().look(|decided| {
            decided
                .partners
                .values()
                .map(|partner| partner.origin.node_key())
                .collect()
        });
        Ok(Following {
            organisations,
            logs,
            partners,
        })
    }

    /// Partners are dialled and kept.
    fn keep_partners(&mut self) {
        let decided = self.shared.node.members().decided();
        let mut wanted: BTreeMap<PublicKey, Vec<String>> = BTreeMap::new();
        for (organisation, partner) in &decided.partners {
            if !decided.blocked.contains(organisation) {
                wanted.insert(partner.origin.node_key(), partner.addresses.clone());
            }
        }
        let mut fresh: Vec<(PublicKey, Vec<Address>)> = Vec::new();
        for (peer, addresses) in &wanted {
            if self.partners.get(peer) != Some(addresses) {
                // The operator accepted these addresses with the partner.
                fresh.push((*peer, join::read_addresses(addresses, Source::Operator)));
            }
        }
        let gone: Vec<PublicKey> = self
            .partners
            .keys()
            .filter(|peer| !wanted.contains_key(peer))
            .copied()
            .collect();
        let shared = Arc::clone(&self.shared);
        // Not awaited here: the network may be waiting for the driver to take its events.
        tokio::spawn(async move {
            for (peer, addresses) in fresh {
                if let Err(fault) = shared.handle.add_partner(peer, addresses).await {
                    shared
                        .contacts
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .fault(peer, fault.to_string());
                }
            }
            for peer in gone {
                let _ = shared.handle.remove_partner(peer).await;
            }
        });
        self.partners = wanted;
    }

    /// Invitations that were accepted while the other node could not be reached are shown again.
    pub(super) fn redeem_pending(&self) {
        let pending = self.shared.node.members().look(|decided| {
            decided
                .partners
                .values()
                .filter_map(|partner| partner.pending.clone())
                .collect::<Vec<_>>()
        });
        for link in pending {
            let Ok(link) = Link::parse(&link) else {
                continue;
            };
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move {
                match join::introduce(&shared.node, &shared.handle, &link).await {
                    Ok(()) => drop(join::settled(&shared.node, &link)),
                    Err(problem) => {
                        let peer = link.invitation().origin.node_key();
                        shared
                            .contacts
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .fault(peer, problem.to_string());
                    }
                }
            });
        }
    }
}
