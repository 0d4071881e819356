//! A simulated node: the machine, its disk, and what it tells others, true or false.

use std::collections::BTreeMap;

use erikti_protocol::codec::{Codec, DICTIONARY_1_HASH, Decoder};
use erikti_protocol::exchange::package::{Opener, Want};
use erikti_protocol::exchange::{
    Answer, Ask, CodecOffer, Event, Exchange, FollowedLog, Following, Heads, HeadsRequest, Hello,
    Own, Refusal, RefusalCode, TableId, message,
};
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::key::{PublicKey, SecretKey};
use erikti_protocol::log::evidence::Contradiction;

use super::disk::StoredLog;
use crate::chance::Chance;

/// How a node misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Records that are not the ones.
    Records,
    /// Hashes that are not the ones.
    Hashes,
    /// Heads as they were when it began to lie.
    StaleHeads,
}

/// A node.
#[derive(Debug)]
pub struct Node {
    /// Its key and name on the network.
    pub key: SecretKey,
    /// Its log.
    pub origin: Origin,
    /// Its organisation.
    pub organisation: OrgId,
    pub(super) machine: Exchange,
    /// What it keeps.
    pub logs: BTreeMap<Origin, StoredLog>,
    /// A second story of its own log, told to nodes of odd number.
    pub(super) fork: Option<StoredLog>,
    /// How it lies.
    pub lie: Option<Lie>,
    /// Whether it runs.
    pub up: bool,
    /// How often it was started: what was sent to an earlier life is lost.
    pub(super) life: u64,
    /// Who listens for heads.
    pub(super) listeners: std::collections::BTreeSet<usize>,
    /// Evidence that it holds.
    pub evidence: BTreeMap<Origin, Contradiction>,
    /// What its machine told people.
    pub events: Vec<Event>,
    pub(super) wake: Option<u64>,
    /// Heads that a stale liar repeats.
    stale: Option<Heads>,
}

impl Node {
    pub(super) fn new(number: usize) -> Self {
        let mut seed = [1; 32];
        seed[..8].copy_from_slice(&(number as u64 + 1).to_be_bytes());
        let key = SecretKey::from_seed(&seed);
        let origin = Origin::new("sim", &key.public()).expect("`sim` names a network");
        let mut log = StoredLog::found(number as u64);
        let organisation = log.organisation;
        log.seal(&origin, &key);
        let own = Self::own(&origin, &log, number as u64);
        Self {
            machine: Exchange::new(own),
            logs: BTreeMap::from([(origin.clone(), log)]),
            key,
            origin,
            organisation,
            fork: None,
            lie: None,
            up: true,
            life: 0,
            listeners: std::collections::BTreeSet::new(),
            evidence: BTreeMap::new(),
            events: Vec::new(),
            wake: None,
            stale: None,
        }
    }

    fn own(origin: &Origin, log: &StoredLog, table: u64) -> Own {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&table.to_be_bytes());
        Own {
            network: "sim".to_owned(),
            table: TableId(id),
            log: Some((log.organisation, origin.clone(), log.adopted.clone())),
        }
    }

    /// Begins a new life with what is durable.
    pub(super) fn restart(&mut self, chance: &mut Chance) {
        for log in self.logs.values_mut() {
            log.crash();
        }
        let own = Self::own(&self.origin, &self.logs[&self.origin], chance.number());
        self.machine = Exchange::new(own);
        self.life += 1;
        self.listeners.clear();
        self.wake = None;
    }

    pub(super) fn name(&self) -> PublicKey {
        self.key.public()
    }

    pub(super) fn hello(&self) -> Hello {
        let table = self.machine.heads_after(&HeadsRequest {
            table: TableId::default(),
            cursor: 0,
            stay: false,
        });
        Hello {
            network: "sim".to_owned(),
            versions: vec![1],
            codecs: vec![
                CodecOffer {
                    name: Codec::Zstd1.name().to_owned(),
                    dictionary: Some(DICTIONARY_1_HASH),
                },
                CodecOffer {
                    name: Codec::None.name().to_owned(),
                    dictionary: None,
                },
            ],
            organisation: Some(self.organisation),
            origin: Some(self.origin.clone()),
            size: 0,
            table: table.table,
            agent: "sim".to_owned(),
        }
    }

    /// Follows these organisations, with what is on disk of their logs.
    pub(super) fn following(&self, organisations: impl Iterator<Item = OrgId>) -> Following {
        let others = self
            .logs
            .iter()
            .filter(|(origin, _)| **origin != self.origin);
        let logs = others.map(|(origin, log)| FollowedLog {
            origin: origin.clone(),
            organisation: log.organisation,
            durable: log.compact(),
            adopted: log.adopted.clone(),
            pursued: log.pursued.clone(),
            records: true,
            evidence: self.evidence.get(origin).cloned(),
        });
        Following {
            organisations: organisations.collect(),
            logs: logs.collect(),
            partners: std::collections::BTreeSet::new(),
        }
    }

    /// A frame of heads as a peer gets to see it.
    pub(super) fn colour(&mut self, mut heads: Heads, peer: usize) -> Heads {
        if self.lie == Some(Lie::StaleHeads) {
            let stale = self.stale.get_or_insert_with(|| heads.clone());
            heads.heads.clone_from(&stale.heads);
        }
        let fork = self.fork.as_ref().filter(|_| peer % 2 == 1);
        if let Some(second) = fork.and_then(|fork| fork.adopted.as_ref()) {
            for head in &mut heads.heads {
                if head.checkpoint.starts_with(self.origin.as_str()) {
                    head.checkpoint = second.to_string();
                }
            }
        }
        let payload = message::write(&heads).expect("heads are within bounds");
        message::read(&payload).expect("what is written can be read")
    }

    /// Answers a question with the bytes that would travel.
    pub(super) fn serve(
        &self,
        ask: &Ask,
        peer: usize,
        chance: &mut Chance,
    ) -> Result<Vec<u8>, Refusal> {
        let origin = match ask {
            Ask::Fetch(fetch) => &fetch.origin,
            Ask::Consistency(consistency) => &consistency.origin,
        };
        let fork = self.fork.as_ref();
        let fork = fork.filter(|_| peer % 2 == 1 && *origin == self.origin);
        let log = fork.or_else(|| self.logs.get(origin));
        let log = log.ok_or_else(|| Refusal::new(RefusalCode::NotFound, "no such log"))?;
        match ask {
            Ask::Fetch(fetch) => {
                let payload = message::write(fetch).expect("the machine asks within bounds");
                let fetch = message::read(&payload).expect("what is written can be read");
                let mut bytes = log.serve(&fetch, peer)?;
                let lies = match self.lie {
                    Some(Lie::Records) => fetch.package.is_some(),
                    Some(Lie::Hashes) => fetch.tile.is_some(),
                    _ => false,
                };
                if lies {
                    let at = chance.number() as usize % bytes.len();
                    bytes[at] ^= 0x11;
                }
                Ok(bytes)
            }
            Ask::Consistency(consistency) => log.prove(consistency),
        }
    }
}

/// Reads an answer's bytes as the asking node's network and verify threads would.
pub(super) fn open(ask: &Ask, want: Option<&Want>, answer: Result<Vec<u8>, Refusal>) -> Answer {
    thread_local! {
        static OPENER: std::cell::RefCell<Opener> =
            std::cell::RefCell::new(Opener::new(Decoder::new()));
    }
    let bytes = match answer {
        Ok(bytes) => bytes,
        Err(refusal) => return Answer::Refused(refusal),
    };
    match (ask, want) {
        (Ask::Fetch(_), Some(want)) => {
            OPENER.with_borrow_mut(|opener| match opener.open(bytes, want, &mut |_, _| ()) {
                Ok(opened) => Answer::Package(Box::new(opened)),
                Err(fault) => Answer::Fault(fault),
            })
        }
        (Ask::Fetch(_), None) => Answer::Tile(bytes),
        (Ask::Consistency(_), _) => match message::read(&bytes) {
            Ok(proof) => Answer::Consistency(proof),
            Err(fault) => Answer::Broken(erikti_protocol::exchange::Blame::Message(fault)),
        },
    }
}
