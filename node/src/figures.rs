//! What happened since the node was opened, counted: for `/metrics` and for nobody else. Numbers only, and no name of
//! anybody.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Pairs of a route's template and a class of status that are told apart, at most: there are more routes than that, but
/// few are asked much; what is beyond counts as `other`.
const REQUESTS_MAX: usize = 160;

/// Counters of one node.
#[derive(Debug, Default)]
pub struct Figures {
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    sign_in_failures: AtomicU64,
}

impl Figures {
    /// Counts a request by its route's template and its answer's status.
    pub fn asked(&self, method: &str, route: &str, status: u16) {
        let class = status / 100;
        if (method, route, class) == ("POST", "/signin", 4) {
            self.sign_in_failures.fetch_add(1, Ordering::Relaxed);
        }
        // What leads nowhere is written by whoever asks.
        let route = if route.is_empty() { "none" } else { route };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (route.to_owned(), class);
        let key = match requests.len() < REQUESTS_MAX || requests.contains_key(&key) {
            true => key,
            false => ("other".to_owned(), class),
        };
        *requests.entry(key).or_insert(0) += 1;
    }

    /// How many requests by route and first digit of the status.
    pub fn requests(&self) -> BTreeMap<(String, u16), u64> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.clone()
    }

    /// How often somebody could not sign in.
    pub fn sign_in_failures(&self) -> u64 {
        self.sign_in_failures.load(Ordering::Relaxed)
    }
}
