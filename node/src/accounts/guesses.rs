//! How often somebody may be wrong about a password.
//!
//! Three counts, each over the last quarter of an hour:
//!
//! - of an address: 5 wrong passwords, whatever the accounts, and so 5 for any account from any address;
//! - of an account, from browsers that never signed in to it, together: 20;
//! - of an account from one browser that did: 10; the first two do not concern such a browser.
//!
//! Whoever guesses from anywhere, with any number of addresses, has at most 20 guesses at an account in a quarter of an
//! hour, and 30 when they also hold what the owner's browser keeps; but they shut out only browsers that the owner
//! never used. A wrong password is counted before it is looked at, so that guesses beside each other count too.

use std::collections::HashMap;
use std::net::IpAddr;

use erikti_protocol::hash::Hash;

/// How long a wrong password counts, in seconds.
pub const WINDOW_SECONDS: i64 = 15 * 60;
/// Wrong passwords of an address.
pub const ADDRESS_FAILURES_MAX: usize = 5;
/// Wrong passwords of an account from browsers that never signed in to it.
pub const ACCOUNT_FAILURES_MAX: usize = 20;
/// Wrong passwords of an account from one browser that did.
pub const DEVICE_FAILURES_MAX: usize = 10;
/// Wrong passwords of one count that cost no time: everybody mistypes.
const FREE_FAILURES: usize = 2;
/// Longest wait before the next try, while there is one left, in seconds.
const DELAY_SECONDS_MAX: i64 = 60;
/// Counts that are kept, at most: with 20 times of 8 bytes, a key of 33 and the table's own some 16 MiB.
pub const COUNTS_MAX: usize = 65_536;
/// How often room is made among them, in seconds.
const SWEEP_SECONDS: i64 = 30;

/// Who tries, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesser {
    /// The digest of the account's name, whether there is such an account or not.
    pub account: Hash,
    /// Where the request comes from.
    pub address: IpAddr,
    /// The digest of what the browser keeps, when the owner signed in from it before.
    pub device: Option<Hash>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Count {
    Address(IpAddr),
    Account(Hash),
    Device(Hash),
    /// Newcomers, once the table is full.
    Rest,
}

impl Count {
    const fn failures_max(self) -> usize {
        match self {
            Self::Address(_) => ADDRESS_FAILURES_MAX,
            Self::Account(_) | Self::Rest => ACCOUNT_FAILURES_MAX,
            Self::Device(_) => DEVICE_FAILURES_MAX,
        }
    }
}

/// The counts. They are kept in memory: a restart forgives, and takes longer than a quarter of an hour of guesses is worth.
#[derive(Debug, Default)]
pub struct Guesses {
    failures: HashMap<Count, Vec<i64>>,
    swept: i64,
}

/// A password that may be looked at.
#[derive(Debug)]
#[must_use]
pub struct Permit {
    counts: Vec<Count>,
    at: i64,
}

impl Guesses {
    /// Counts a guess as wrong, until [`Guesses::forgive`] says that it was right.
    ///
    /// Errors   the seconds to wait, when there were too many or the last was too short ago
    pub fn guess(&mut self, guesser: &Guesser, now: i64) -> Result<Permit, u64> {
        let wanted = match guesser.device {
            Some(device) => vec![Count::Device(Hash::of_parts(&[
                guesser.account.as_bytes(),
                device.as_bytes(),
            ]))],
            None => vec![
                Count::Address(neighbourhood(guesser.address)),
                Count::Account(guesser.account),
            ],
        };
        let counts: Vec<Count> = wanted
            .into_iter()
            .map(|count| self.kept(count, now))
            .collect();
        let wait = counts.iter().map(|count| self.wait(*count, now)).max();
        if let Some(wait @ 1..) = wait {
            return Err(wait.unsigned_abs());
        }
        for count in &counts {
            self.failures.entry(*count).or_default().push(now);
        }
        Ok(Permit { counts, at: now })
    }

    /// The password was right.
    pub fn forgive(&mut self, permit: Permit) {
        for count in permit.counts {
            if let Some(times) = self.failures.get_mut(&count)
                && let Some(place) = times.iter().rposition(|at| *at == permit.at)
            {
                times.remove(place);
            }
        }
    }

    /// How many counts are kept.
    pub fn len(&self) -> usize {
        self.failures.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.failures.is_empty()
    }

    fn kept(&mut self, count: Count, now: i64) -> Count {
        if let Some(times) = self.failures.get_mut(&count) {
            times.retain(|at| now - at < WINDOW_SECONDS);
            return count;
        }
        // Not for each of many: looking at all of them takes a millisecond.
        if self.failures.len() >= COUNTS_MAX && now - self.swept >= SWEEP_SECONDS {
            self.swept = now;
            self.failures.retain(|_, times| {
                times.retain(|at| now - at < WINDOW_SECONDS);
                !times.is_empty()
            });
        }
        // A known browser's count is kept whatever happens: there are no more of them than accounts have browsers.
        if self.failures.len() >= COUNTS_MAX && !matches!(count, Count::Device(_)) {
            return Count::Rest;
        }
        count
    }

    /// Seconds until the next guess of this count.
    fn wait(&self, count: Count, now: i64) -> i64 {
        let times = self.failures.get(&count).map_or(&[][..], Vec::as_slice);
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return 0;
        };
        if times.len() >= count.failures_max() {
            return first + WINDOW_SECONDS - now;
        }
        last + delay(times.len()) - now
    }
}

/// Seconds to wait after so many wrong passwords: 0, 0, 2, 4, 8 … 60.
fn delay(failures: usize) -> i64 {
    match failures.saturating_sub(FREE_FAILURES) {
        0 => 0,
        more => 1_i64
            .checked_shl(u32::try_from(more).unwrap_or(u32::MAX))
            .unwrap_or(DELAY_SECONDS_MAX)
            .min(DELAY_SECONDS_MAX),
    }
}

/// The address, or of an IPv6 address the network that one customer has.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let mut octets = address.octets();
            octets[8..].fill(0);
            IpAddr::V6(octets.into())
        }
        address => address,
    }
}
