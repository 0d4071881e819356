//! Readers ask the issuer's own node for what is absent here: it is dialled at the addresses of its organisation's card.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use erikti_protocol::id::{OrgId, Origin};

use super::super::join;
use super::{Driver, Shared};
use crate::desk::organisations;
use crate::desk::reader::Reader;
use crate::net::addresses::{Address, Source};

/// Issuers that are not partners and stay connected, at most: an eighth of all connections.
const ISSUERS_MAX: usize = 16;
/// Time between the first two calls for the same checkpoint; doubles with each further one.
const AGAIN_FIRST: Duration = Duration::from_secs(60);
/// Longest time between two calls: what was refused may have been granted since.
const AGAIN_MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// Calls to issuers, by log.
#[derive(Debug, Default)]
pub(super) struct Calls(BTreeMap<Origin, Call>);

#[derive(Debug)]
struct Call {
    size: u64,
    tries: u32,
    again: Instant,
}

impl Calls {
    /// Whether an issuer is called now, with its log at this size; a new checkpoint is a new reason.
    fn due(&mut self, origin: &Origin, size: u64, now: Instant) -> bool {
        let known = self.0.get(origin).filter(|call| call.size == size);
        if known.is_some_and(|call| now < call.again) {
            return false;
        }
        let tries = known.map_or(0, |call| call.tries);
        let wait = AGAIN_FIRST
            .saturating_mul(1 << tries.min(16))
            .min(AGAIN_MOST);
        let call = Call {
            size,
            tries: tries + 1,
            again: now + wait,
        };
        self.0.insert(origin.clone(), call);
        true
    }
}

impl Driver {
    /// Calls the nodes of organisations that stand and whose records are absent here. Once connected, the machine asks.
    pub(super) fn call_issuers(&mut self) {
        let node = &self.shared.node;
        let standings = node.standings();
        let strangers = self
            .met
            .iter()
            .filter(|peer| !self.partners.contains_key(*peer));
        let mut room = ISSUERS_MAX.saturating_sub(strangers.count());
        for origin in node.ingest().store().logs() {
            let peer = origin.node_key();
            if origin == *node.origin()
                || self.met.contains(&peer)
                || self.partners.contains_key(&peer)
            {
                continue;
            }
            let organisation = node.ingest().ledger().organisation(&origin);
            let Some(organisation) =
                organisation.filter(|organisation| standings.stands(organisation))
            else {
                continue;
            };
            let absent = node
                .ingest()
                .store()
                .frontier(&origin)
                .is_ok_and(|frontier| frontier.counts.absent > 0);
            let size = node.ingest().visible(&origin);
            if room > 0 && absent && self.calls.due(&origin, size, Instant::now()) {
                room -= 1;
                tokio::spawn(call(Arc::clone(&self.shared), origin, organisation));
            }
        }
    }
}

async fn call(shared: Arc<Shared>, origin: Origin, organisation: OrgId) {
    let node = shared.node.clone();
    let card = tokio::task::spawn_blocking(move || {
        organisations::card(&node, Reader::Staff, &organisation)
    })
    .await;
    let Ok(Ok(card)) = card else {
        return;
    };
    let Ok(reach) = shared.handle.reach().await else {
        return;
    };
    let texts = card["addresses"].as_array().into_iter().flatten();
    let texts: Vec<String> = texts
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect();
    let addresses: Vec<Address> = join::read_addresses(&texts, Source::Stranger(reach));
    if addresses.is_empty() {
        return;
    }
    if let Err(fault) = shared.handle.dial(origin.node_key(), addresses).await {
        tracing::info!(%origin, %fault, "the issuer of absent records cannot be reached");
    }
}
