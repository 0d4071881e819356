//! A network of nodes in one thread: the real exchange machine over a clock, links and disks that are not real.
//!
//! Everything that happens is drawn from one seed, so a run that failed can be seen again:
//! `ERIKTI_SEED=17 cargo test -p erikti-tests --test it sim`.

mod disk;
mod node;
mod play;

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::exchange::package::Want;
use erikti_protocol::exchange::{Ask, Event, Heads, HeadsRequest, Input, Refusal, RequestId};
use erikti_protocol::id::Origin;
use erikti_protocol::key::PublicKey;
use erikti_protocol::log::SignedCheckpoint;

use crate::chance::Chance;

pub use disk::{StoredLog, sign};
pub use node::{Lie, Node};

/// What the network is like.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// Milliseconds that a message travels, at least and at most.
    pub delay_ms: (u64, u64),
    /// Messages in a thousand that are lost, with the stream that they travelled on.
    pub loss_per_mille: u64,
    /// Milliseconds until a disk has synced, at least and at most.
    pub sync_ms: (u64, u64),
}

impl Default for Weather {
    fn default() -> Self {
        Self {
            delay_ms: (20, 300),
            loss_per_mille: 0,
            sync_ms: (1, 5),
        }
    }
}

/// Milliseconds until a broken link is tried again.
const REDIAL_MS: u64 = 2_000;

/// The seeds of a test: `count` of them, or the one that `ERIKTI_SEED` names.
pub fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("ERIKTI_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
    {
        Some(seed) => vec![seed],
        None => (0..count).collect(),
    }
}

#[derive(Debug)]
enum Action {
    Connect(usize, usize),
    Connected {
        node: usize,
        peer: usize,
    },
    Subscribe {
        node: usize,
        peer: usize,
        request: HeadsRequest,
    },
    Heads {
        node: usize,
        peer: usize,
        heads: Heads,
    },
    HeadsClosed {
        node: usize,
        peer: usize,
    },
    Question {
        node: usize,
        peer: usize,
        request: RequestId,
        ask: Ask,
        want: Option<Want>,
    },
    Reply {
        node: usize,
        request: RequestId,
        ask: Ask,
        want: Option<Want>,
        answer: Option<Result<Vec<u8>, Refusal>>,
    },
    Evidence {
        node: usize,
        peer: usize,
        text: String,
    },
    Synced {
        node: usize,
        life: u64,
        origin: Origin,
        size: u64,
    },
    Wake {
        node: usize,
        life: u64,
    },
}

/// Both ends of a link, and which of its lives: what was sent in an earlier one never arrives.
type Route = (usize, usize, u64);

/// A link between two nodes. What was sent before it broke is lost.
#[derive(Debug, Default)]
struct Link {
    up: bool,
    /// How often it came up.
    life: u64,
    cut: bool,
    /// When the last message in each direction arrives: messages of one link keep their order.
    last: [u64; 2],
}

/// The network.
#[derive(Debug)]
pub struct Sim {
    seed: u64,
    /// Milliseconds since the beginning.
    pub now: u64,
    chance: Chance,
    weather: Weather,
    /// The nodes.
    pub nodes: Vec<Node>,
    names: BTreeMap<PublicKey, usize>,
    links: BTreeMap<(usize, usize), Link>,
    queue: BTreeMap<(u64, u64), (Option<Route>, Action)>,
    queued: u64,
    /// Requests that were made, and bytes of answers.
    pub requests: u64,
    /// Bytes of answers that travelled.
    pub bytes: u64,
}

impl Drop for Sim {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "the simulation failed with ERIKTI_SEED={} at {} ms",
                self.seed, self.now
            );
        }
    }
}

impl Sim {
    /// Nodes that all stand with each other, and links between them that are about to come up.
    pub fn new(seed: u64, count: usize, links: &[(usize, usize)], weather: Weather) -> Self {
        let nodes: Vec<Node> = (0..count).map(Node::new).collect();
        let names = nodes.iter().enumerate();
        let mut sim = Self {
            seed,
            now: 0,
            chance: Chance::new(seed),
            weather,
            names: names.map(|(number, node)| (node.name(), number)).collect(),
            nodes,
            links: BTreeMap::new(),
            queue: BTreeMap::new(),
            queued: 0,
            requests: 0,
            bytes: 0,
        };
        for node in 0..count {
            sim.follow(node);
        }
        for (a, b) in links {
            sim.links.insert(pair(*a, *b), Link::default());
            let wait = sim.chance.between(0, 200);
            sim.after(wait, None, Action::Connect(*a, *b));
        }
        sim
    }

    /// A line: 0 – 1 – 2 – …
    pub fn line(count: usize) -> Vec<(usize, usize)> {
        (1..count).map(|node| (node - 1, node)).collect()
    }

    /// A star round node 0.
    pub fn star(count: usize) -> Vec<(usize, usize)> {
        (1..count).map(|node| (0, node)).collect()
    }

    /// Every node linked to some earlier one, and some links more: always connected.
    pub fn random(seed: u64, count: usize, more: usize) -> Vec<(usize, usize)> {
        let mut chance = Chance::new(seed ^ 0x5eed);
        let mut links: BTreeSet<(usize, usize)> = (1..count)
            .map(|node| (chance.number() as usize % node, node))
            .collect();
        for _ in 0..more {
            let (a, b) = (
                chance.number() as usize % count,
                chance.number() as usize % count,
            );
            if a != b {
                links.insert(pair(a, b));
            }
        }
        links.into_iter().collect()
    }

    /// Lets time pass.
    pub fn run(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(entry) = self
            .queue
            .first_entry()
            .filter(|entry| entry.key().0 <= until)
        {
            let ((at, _), (link, action)) = entry.remove_entry();
            self.now = at;
            let lives = link.is_none_or(|(a, b, life)| {
                let link = &self.links[&pair(a, b)];
                link.up && link.life == life
            });
            if lives {
                self.act(action);
            }
        }
        self.now = until;
    }

    /// Lets time pass until all are equal. Says what differs when they are not within `ms`.
    pub fn run_until_equal(&mut self, ms: u64) -> Result<u64, String> {
        let begin = self.now;
        loop {
            self.run(100);
            let difference = self.difference();
            match difference {
                None => return Ok(self.now - begin),
                Some(difference) if self.now - begin >= ms => return Err(difference),
                Some(_) => {}
            }
        }
    }

    /// What an honest node that is up shows differently from the owner of a log, if anything.
    pub fn difference(&self) -> Option<String> {
        let honest = |node: &&Node| node.up && node.lie.is_none() && node.fork.is_none();
        for owner in self.nodes.iter().filter(|node| node.fork.is_none()) {
            let own = &owner.logs[&owner.origin];
            let wanted = own.adopted.as_ref().map(SignedCheckpoint::checkpoint);
            for (number, node) in self
                .nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| honest(node))
            {
                let held = node
                    .logs
                    .get(&owner.origin)
                    .and_then(|log| log.adopted.as_ref());
                if held.map(SignedCheckpoint::checkpoint) != wanted {
                    return Some(format!(
                        "node {number} shows {held:?} of {}, not {wanted:?}",
                        owner.origin
                    ));
                }
            }
        }
        None
    }

    /// Appends records to a node's own log and announces them.
    pub fn publish(&mut self, node: usize, count: u64) {
        self.publish_to(node, count, None);
    }

    /// The same, with records that only `reader` may have.
    pub fn publish_to(&mut self, node: usize, count: u64, reader: Option<usize>) {
        let from = self.chance.number() % 300;
        let owner = &mut self.nodes[node];
        let (origin, key) = (owner.origin.clone(), owner.key.clone());
        if let Some(log) = owner.logs.get_mut(&origin) {
            log.publish(count, from, reader);
            let head = log.seal(&origin, &key);
            self.give(node, Input::Sealed { head });
        }
    }

    /// From here on a node tells two stories of its log, which differ from now on.
    pub fn fork(&mut self, node: usize, first: u64, second: u64) {
        let owner = &mut self.nodes[node];
        let (origin, key) = (owner.origin.clone(), owner.key.clone());
        let mut other = owner.logs[&origin].clone();
        other.publish(second, 1_000, None);
        other.seal(&origin, &key);
        owner.fork = Some(other);
        self.publish(node, first);
    }

    /// Makes a node lie from now on.
    pub fn lie(&mut self, node: usize, lie: Lie) {
        self.nodes[node].lie = Some(lie);
    }

    /// Cuts every link between the two sides.
    pub fn partition(&mut self, left: impl Fn(usize) -> bool) {
        let crossing: Vec<_> = self.links.keys().copied().collect();
        for (a, b) in crossing.into_iter().filter(|(a, b)| left(*a) != left(*b)) {
            self.link(a, b).cut = true;
            self.break_link(a, b);
        }
    }

    /// Mends every link.
    pub fn heal(&mut self) {
        let links: Vec<_> = self.links.keys().copied().collect();
        for (a, b) in links {
            self.link(a, b).cut = false;
            self.after(10, None, Action::Connect(a, b));
        }
    }

    /// Kills a node: what is not durable is gone.
    pub fn crash(&mut self, node: usize) {
        self.nodes[node].up = false;
        let links: Vec<_> = self.links.keys().copied().collect();
        for (a, b) in links.into_iter().filter(|(a, b)| *a == node || *b == node) {
            self.break_link(a, b);
        }
    }

    /// Starts a node that was killed.
    pub fn start(&mut self, node: usize) {
        self.nodes[node].restart(&mut self.chance);
        self.nodes[node].up = true;
        self.follow(node);
        let links: Vec<_> = self.links.keys().copied().collect();
        for (a, b) in links.into_iter().filter(|(a, b)| *a == node || *b == node) {
            let wait = self.chance.between(10, 500);
            self.after(wait, None, Action::Connect(a, b));
        }
    }

    /// Adds a link that comes up at once.
    pub fn connect(&mut self, a: usize, b: usize) {
        self.links.entry(pair(a, b)).or_default();
        self.after(1, None, Action::Connect(a, b));
    }

    /// Which nodes a node has caught lying.
    pub fn blamed_by(&self, node: usize) -> BTreeSet<usize> {
        let events = self.nodes[node].events.iter();
        events
            .filter_map(|event| match event {
                Event::Blamed { peer, .. } => self.names.get(peer).copied(),
                _ => None,
            })
            .collect()
    }

    /// A number that is the same for the same run.
    pub fn fingerprint(&self) -> (u64, u64, u64, u64) {
        (self.now, self.queued, self.requests, self.bytes)
    }

    fn link(&mut self, a: usize, b: usize) -> &mut Link {
        self.links.entry(pair(a, b)).or_default()
    }

    fn follow(&mut self, node: usize) {
        let organisations: Vec<_> = self.nodes.iter().map(|node| node.organisation).collect();
        let following = self.nodes[node].following(organisations.into_iter());
        self.give(node, Input::Follow(following));
    }

    fn after(&mut self, ms: u64, link: Option<Route>, action: Action) {
        self.queued += 1;
        self.queue
            .insert((self.now + ms, self.queued), (link, action));
    }

    /// Sends over a link, in order; `None` when the message is lost.
    fn send(&mut self, from: usize, to: usize, action: Action) -> Option<()> {
        let lost = self.chance.happens(self.weather.loss_per_mille);
        let delay = self
            .chance
            .between(self.weather.delay_ms.0, self.weather.delay_ms.1);
        let now = self.now;
        let link = self.link(from, to);
        if !link.up || lost {
            return None;
        }
        let last = &mut link.last[usize::from(from < to)];
        *last = (now + delay).max(*last);
        let (wait, life) = (*last - now, link.life);
        self.after(wait, Some((from, to, life)), action);
        Some(())
    }

    fn break_link(&mut self, a: usize, b: usize) {
        let link = self.link(a, b);
        if !std::mem::take(&mut link.up) {
            return;
        }
        for (node, peer) in [(a, b), (b, a)] {
            self.nodes[node].listeners.remove(&peer);
            let peer = self.nodes[peer].name();
            if self.nodes[node].up {
                self.give(node, Input::Disconnected { peer });
            }
        }
    }
}

fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}
