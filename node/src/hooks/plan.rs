//! When what is tried again, and what is remembered of it. No clock and no socket: the caller brings the time and says
//! how it went.

use std::collections::VecDeque;

use erikti_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Tries of one delivery.
pub const TRIES_MAX: u32 = 8;
/// Minutes from one try to the next: the last comes 24 hours after the first.
const DELAYS_MINUTES: [i64; TRIES_MAX as usize - 1] = [1, 5, 15, 60, 180, 420, 759];
/// Deliveries that wait for one target, at most: with 300 bytes each 300 KiB. Then nothing new is told, and nothing lost:
/// the target goes on from its number.
pub const WAITING_MAX: usize = 1_000;
/// Tries that are remembered of one target.
pub(super) const LOG_MAX: usize = 200;

/// What is told: an event, or a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// What the delivery is called; the same in every try.
    pub delivery: String,
    /// The event.
    pub event: Value,
    /// Tries so far.
    pub tries: u32,
    /// When to try again.
    pub next: Timestamp,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The target took it.
    Delivered,
    /// It is tried again.
    Waiting,
    /// It was tried often enough.
    GivenUp,
}

/// How one try went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// Which delivery.
    pub delivery: String,
    /// When.
    pub at: Timestamp,
    /// The how-manieth try.
    pub number: u32,
    /// What the target answered; none when it did not.
    pub status: Option<u16>,
    /// Why it failed.
    pub fault: Option<String>,
    /// How the delivery stands since.
    pub stage: Stage,
    /// When it is tried again.
    pub next: Option<Timestamp>,
    /// What was told.
    pub event: Value,
}

/// What came of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken, with this status.
    Taken(u16),
    /// Not taken: the status, if there was one, and why.
    Failed(Option<u16>, String),
}

/// How far one target was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Changes up to this number were told, or wait.
    pub cursor: u64,
    /// What is to be tried again.
    pub waiting: Vec<Waiting>,
    /// The last tries, oldest first.
    pub log: VecDeque<Try>,
}

impl Progress {
    /// Told up to a number.
    pub fn new(cursor: u64) -> Self {
        Self {
            cursor,
            waiting: Vec::new(),
            log: VecDeque::new(),
        }
    }

    /// What is to be tried now.
    pub fn due(&self, now: Timestamp) -> Vec<Waiting> {
        let due = self.waiting.iter().filter(|waiting| waiting.next <= now);
        due.cloned().collect()
    }

    /// When something is to be tried again.
    pub fn next(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|waiting| waiting.next).min()
    }

    /// Notes how a try went.
    pub fn tried(&mut self, tried: &Waiting, outcome: &Outcome, now: Timestamp) {
        let number = tried.tries + 1;
        self.waiting
            .retain(|waiting| waiting.delivery != tried.delivery);
        let delay = DELAYS_MINUTES.get(number as usize - 1);
        let (stage, next) = match (outcome, delay) {
            (Outcome::Taken(_), _) => (Stage::Delivered, None),
            (Outcome::Failed(..), Some(minutes)) => {
                (Stage::Waiting, Some(now.plus_seconds(minutes * 60)))
            }
            (Outcome::Failed(..), None) => (Stage::GivenUp, None),
        };
        if let Some(next) = next {
            self.waiting.push(Waiting {
                tries: number,
                next,
                ..tried.clone()
            });
        }
        let (status, fault) = match outcome {
            Outcome::Taken(status) => (Some(*status), None),
            Outcome::Failed(status, why) => (*status, Some(why.clone())),
        };
        if self.log.len() >= LOG_MAX {
            self.log.pop_front();
        }
        self.log.push_back(Try {
            delivery: tried.delivery.clone(),
            at: now,
            number,
            status,
            fault,
            stage,
            next,
            event: tried.event.clone(),
        });
    }

    /// Puts a delivery that was tried before among those that wait, as if it were new; `false` when it is not known.
    pub fn again(&mut self, delivery: &str, now: Timestamp) -> bool {
        let known = self
            .log
            .iter()
            .rev()
            .find(|tried| tried.delivery == delivery);
        let Some(event) = known.map(|tried| tried.event.clone()) else {
            return false;
        };
        self.waiting.retain(|waiting| waiting.delivery != delivery);
        self.waiting.push(Waiting {
            delivery: delivery.to_owned(),
            event,
            tries: 0,
            next: now,
        });
        true
    }
}
