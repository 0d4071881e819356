//! The dial book: which partners are to be reached, where, and when to try again.

use std::{collections::BTreeMap, time::Duration};

use erikti_protocol::{hash::Hash, key::PublicKey};
use tokio::time::Instant;

use super::addresses::{ADDRESSES_MAX, Address};

/// Partners of one node: a national centre has hundreds at most.
pub const PARTNERS_MAX: usize = 1_024;

/// When to dial again after a failure or a loss.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// Doubled after each further one, up to this.
    pub most: Duration,
    /// A connection that lived this long was a success; shorter ones count as failures.
    pub steady: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            most: Duration::from_secs(60),
            steady: Duration::from_secs(10),
        }
    }
}

impl Backoff {
    /// The wait after so many failures in a row, between 3/4 and 5/4 of the doubled time: spread by the two
    /// keys, so that two nodes that lost each other do not dial at the same moment again and again.
    fn wait(&self, own: &PublicKey, peer: &PublicKey, failures: u32) -> Duration {
        let doubled = self
            .first
            .saturating_mul(
                1_u32
                    .checked_shl(failures.saturating_sub(1))
                    .unwrap_or(u32::MAX),
            )
            .min(self.most);
        let mut seed = [0; 68];
        seed[..32].copy_from_slice(own.as_bytes());
        seed[32..64].copy_from_slice(peer.as_bytes());
        seed[64..].copy_from_slice(&failures.to_be_bytes());
        let spread = u32::from(Hash::of(&seed).as_bytes()[0]);
        // 192/256 + up to 127/256.
        doubled * (192 + spread / 2) / 256
    }
}

#[derive(Debug)]
struct Partner {
    addresses: Vec<Address>,
    failures: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Due(Instant),
    Dialling,
    Connected(Instant),
}

#[derive(Debug)]
pub(super) struct Book {
    own: PublicKey,
    backoff: Backoff,
    partners: BTreeMap<PublicKey, Partner>,
}

impl Book {
    pub(super) const fn new(own: PublicKey, backoff: Backoff) -> Self {
        Self {
            own,
            backoff,
            partners: BTreeMap::new(),
        }
    }

    /// Takes a partner in, or its newer addresses, and dials at once unless it is connected.
    /// `false` when the book is full.
    pub(super) fn add(
        &mut self,
        peer: PublicKey,
        mut addresses: Vec<Address>,
        connected: bool,
        now: Instant,
    ) -> bool {
        addresses.truncate(ADDRESSES_MAX);
        if self.partners.len() >= PARTNERS_MAX && !self.partners.contains_key(&peer) {
            return false;
        }
        let partner = self.partners.entry(peer).or_insert(Partner {
            addresses: Vec::new(),
            failures: 0,
            state: State::Due(now),
        });
        partner.addresses = addresses;
        match partner.state {
            _ if connected => partner.state = State::Connected(now),
            State::Due(_) => {
                partner.failures = 0;
                partner.state = State::Due(now);
            }
            State::Dialling | State::Connected(_) => {}
        }
        true
    }

    pub(super) fn remove(&mut self, peer: &PublicKey) {
        self.partners.remove(peer);
    }

    pub(super) const fn own(&self) -> PublicKey {
        self.own
    }

    /// When the next partner is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.waiting().map(|(due, _)| due).min()
    }

    /// A partner that is due; it counts as being dialled from now on.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<(PublicKey, Vec<Address>)> {
        let (_, key) = self.waiting().filter(|(due, _)| *due <= now).min()?;
        let partner = self.partners.get_mut(&key)?;
        partner.state = State::Dialling;
        Some((key, partner.addresses.clone()))
    }

    fn waiting(&self) -> impl Iterator<Item = (Instant, PublicKey)> {
        self.partners
            .iter()
            .filter_map(|(key, partner)| match partner.state {
                State::Due(due) if !partner.addresses.is_empty() => Some((due, *key)),
                _ => None,
            })
    }

    pub(super) fn connected(&mut self, peer: &PublicKey, now: Instant) {
        if let Some(partner) = self.partners.get_mut(peer) {
            partner.state = State::Connected(now);
        }
    }

    /// A dial failed. Says when the next one is due.
    pub(super) fn failed(&mut self, peer: &PublicKey, now: Instant) -> Option<Duration> {
        let (own, backoff) = (self.own, self.backoff);
        let partner = self.partners.get_mut(peer)?;
        if partner.state != State::Dialling {
            return None;
        }
        partner.failures = partner.failures.saturating_add(1);
        let wait = backoff.wait(&own, peer, partner.failures);
        partner.state = State::Due(now + wait);
        Some(wait)
    }

    /// The last connection was lost.
    pub(super) fn lost(&mut self, peer: &PublicKey, now: Instant) {
        let (own, backoff) = (self.own, self.backoff);
        let Some(partner) = self.partners.get_mut(peer) else {
            return;
        };
        if matches!(partner.state, State::Connected(since) if now - since >= backoff.steady) {
            partner.failures = 0;
        }
        partner.failures = partner.failures.saturating_add(1);
        partner.state = State::Due(now + backoff.wait(&own, peer, partner.failures));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::addresses::Source;

    const PEER: PublicKey = PublicKey::from_bytes([2; 32]);

    fn book() -> Book {
        Book::new(PublicKey::from_bytes([1; 32]), Backoff::default())
    }

    fn somewhere() -> Vec<Address> {
        vec![Address::read("/ip4/127.0.0.1/tcp/4001", Source::Operator).unwrap()]
    }

    #[test]
    fn waits_double_from_a_second_to_a_minute() {
        let (mut book, mut now) = (book(), Instant::now());
        assert!(book.add(PEER, somewhere(), false, now));
        let mut waits = Vec::new();
        for _ in 0..12 {
            assert!(book.take_due(now).is_some());
            assert!(book.take_due(now).is_none(), "it is being dialled");
            let wait = book.failed(&PEER, now).expect("it was being dialled");
            waits.push(wait.as_secs_f64());
            assert!(book.take_due(now).is_none(), "not yet");
            now += wait;
        }
        for (failures, wait) in waits.iter().enumerate() {
            let doubled = f64::from(1 << failures.min(10)).min(60.0);
            assert!(
                (0.75..1.25).contains(&(wait / doubled)),
                "{failures}: {wait}"
            );
        }
    }

    #[test]
    fn a_steady_connection_forgives_and_a_short_one_does_not() {
        let (mut book, mut now) = (book(), Instant::now());
        book.add(PEER, somewhere(), false, now);
        for _ in 0..5 {
            book.take_due(now).expect("due");
            now += book.failed(&PEER, now).expect("dialled");
        }
        book.connected(&PEER, now);
        now += Duration::from_secs(1);
        book.lost(&PEER, now);
        assert!(book.next_due().expect("due later") - now > Duration::from_secs(20));
        book.connected(&PEER, now);
        now += Duration::from_secs(11);
        book.lost(&PEER, now);
        assert!(book.next_due().expect("due soon") - now < Duration::from_secs(2));
    }

    #[test]
    fn news_of_an_address_is_tried_at_once() {
        let (mut book, now) = (book(), Instant::now());
        book.add(PEER, Vec::new(), false, now);
        assert_eq!(book.next_due(), None, "nowhere to dial");
        book.add(PEER, somewhere(), false, now);
        assert!(book.take_due(now).is_some());
    }

    #[test]
    fn two_nodes_do_not_dial_in_step() {
        let (a, b) = (PublicKey::from_bytes([1; 32]), PEER);
        let backoff = Backoff::default();
        let apart = (1..8)
            .filter(|failures| backoff.wait(&a, &b, *failures) != backoff.wait(&b, &a, *failures))
            .count();
        assert!(apart >= 6);
    }
}
