//! How much anybody may ask for: so many requests a minute, and so many at a time from everybody together.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::{NoOpMiddleware, StateInformationMiddleware};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::accounts::neighbourhood;
use crate::problem::{Code, Problem};

/// Minutes whose requests may come at once: 5 minutes of 60 are the 300 in 5 minutes that strangers have.
const BURST_MINUTES: u32 = 5;
/// How many times more whoever is signed in may ask, and whoever has a token.
const ACCOUNT_TIMES: u32 = 10;
/// How many times more feeds, logs and the parts of pages may be asked for: they are small, and followed all day.
const FOLLOWED_TIMES: u32 = 20;
/// How many times more this machine itself may ask: whoever works here could do worse, and a proxy here that is not
/// named as one brings everybody.
const LOCAL_TIMES: u32 = 20_000;
/// Those who are counted, at most: 65,536 of each of four classes, some 100 bytes each, 26 MiB together.
const COUNTED_MAX: usize = 65_536;
/// After so many requests of a class, those who have not asked for long are forgotten.
const SWEEP_EACH: usize = 4_096;

/// Requests at a time for each processor; the others wait.
const AT_ONCE_PER_CPU: usize = 8;
/// Requests that wait for each that is answered; the others are refused.
const WAITING_PER_ANSWERED: usize = 64;
/// How long a request waits.
const WAIT_TIME: Duration = Duration::from_secs(10);

/// Which limit a request falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Somebody elsewhere who is not signed in.
    Stranger,
    /// An account.
    Account,
    /// Feeds, logs and parts of pages, for everybody.
    Followed,
    /// This machine itself.
    Local,
}

impl Class {
    const ALL: [Self; 4] = [Self::Stranger, Self::Account, Self::Followed, Self::Local];

    const fn name(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Account => "account",
            Self::Followed => "followed",
            Self::Local => "local",
        }
    }

    const fn times(self) -> u32 {
        match self {
            Self::Stranger => 1,
            Self::Account => ACCOUNT_TIMES,
            Self::Followed => FOLLOWED_TIMES,
            Self::Local => LOCAL_TIMES,
        }
    }
}

type Limiter<C> = RateLimiter<u64, DashMapStateStore<u64>, C, StateInformationMiddleware>;

/// Who asked how often.
#[derive(Debug)]
pub(super) struct Rates<C: Clock = DefaultClock> {
    limiters: [Limiter<C>; 4],
    quotas: [u32; 4],
    asked: AtomicUsize,
    clock: C,
}

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose<'a> {
    /// An address's.
    Address(IpAddr),
    /// An account's.
    Account(&'a str),
}

/// What a request leaves for the next ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    class: Class,
    quota: u32,
    remaining: u32,
}

impl Rates {
    /// Limits from the requests that a stranger may make in a minute.
    pub(super) fn new(per_minute: u32) -> Self {
        Self::with_clock(per_minute, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Rates<C> {
    fn with_clock(per_minute: u32, clock: C) -> Self {
        let quotas = Class::ALL.map(|class| per_minute.max(1).saturating_mul(class.times()));
        let limiters = quotas.map(|quota| {
            let burst =
                NonZeroU32::new(quota.saturating_mul(BURST_MINUTES)).unwrap_or(NonZeroU32::MIN);
            let each = Duration::from_secs(60) / quota;
            // Only a period of nothing is no quota: faster than one request in a nanosecond is not counted.
            let quota = Quota::with_period(each.max(Duration::from_nanos(1)))
                .expect("more than nothing")
                .allow_burst(burst);
            RateLimiter::<_, _, _, NoOpMiddleware<C::Instant>>::new(
                quota,
                DashMapStateStore::default(),
                clock.clone(),
            )
            .with_middleware::<StateInformationMiddleware>()
        });
        Self {
            limiters,
            quotas,
            asked: AtomicUsize::new(0),
            clock,
        }
    }

    /// Counts a request.
    ///
    /// Errors   `limit.requests`
    pub(super) fn count(&self, class: Class, whose: Whose<'_>) -> Result<Left, Problem> {
        let place = class as usize;
        let limiter = &self.limiters[place];
        if self
            .asked
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(SWEEP_EACH)
        {
            limiter.retain_recent();
        }
        let mut key = key(whose);
        if limiter.len() >= COUNTED_MAX {
            // Newcomers beyond the bound share a few counts.
            key %= 64;
        }
        let quota = self.quotas[place].saturating_mul(BURST_MINUTES);
        match limiter.check_key(&key) {
            Ok(state) => Ok(Left {
                class,
                quota,
                remaining: state.remaining_burst_capacity(),
            }),
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                Err(
                    Problem::new(Code::RequestsLimited, "too many requests from there")
                        .allowed(format!("{quota} requests in {BURST_MINUTES} minutes"))
                        .hint("wait, or use a token: programs that are known may ask for more")
                        .retry_after(wait.as_secs() + 1),
                )
            }
        }
    }
}

fn key(whose: Whose<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    match whose {
        Whose::Address(address) => neighbourhood(address).hash(&mut hasher),
        Whose::Account(id) => id.hash(&mut hasher),
    }
    hasher.finish()
}

impl Left {
    /// Says it in the answer.
    ///
    /// Source   draft-ietf-httpapi-ratelimit-headers
    pub(super) fn say(&self, headers: &mut HeaderMap) {
        let (name, quota) = (self.class.name(), self.quota);
        let window = BURST_MINUTES * 60;
        for (header, value) in [
            (
                "ratelimit-policy",
                format!("\"{name}\";q={quota};w={window}"),
            ),
            (
                "ratelimit",
                format!("\"{name}\";r={};t={window}", self.remaining),
            ),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(header), value);
            }
        }
    }
}

/// How many requests are answered at a time.
#[derive(Debug)]
pub(super) struct Places {
    free: Semaphore,
    waiting: AtomicUsize,
    waiting_max: usize,
}

impl Places {
    pub(super) fn new() -> Arc<Self> {
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        Self::of(cpus * AT_ONCE_PER_CPU)
    }

    fn of(at_once: usize) -> Arc<Self> {
        Arc::new(Self {
            free: Semaphore::new(at_once),
            waiting: AtomicUsize::new(0),
            waiting_max: at_once * WAITING_PER_ANSWERED,
        })
    }

    /// Waits for a place.
    ///
    /// Errors   `busy` when too many wait, or when it takes too long
    pub(super) async fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        if let Ok(place) = self.free.try_acquire() {
            return Ok(place);
        }
        let busy = || {
            Problem::new(Code::Busy, "the node has too much to do at this moment")
                .hint("try again in a few seconds")
                .retry_after(5)
        };
        let waiting = Waiting::begin(&self.waiting);
        if waiting.before >= self.waiting_max {
            return Err(busy());
        }
        match tokio::time::timeout(WAIT_TIME, self.free.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }
}

/// Somebody who waits; counted until dropped, however the waiting ends.
struct Waiting<'a> {
    count: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        Self {
            count,
            before: count.fetch_add(1, Ordering::Relaxed),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn address(last: u32) -> Whose<'static> {
        Whose::Address(IpAddr::V4(Ipv4Addr::from_bits(0xcb00_7100 + last)))
    }

    fn passed(rates: &Rates<FakeRelativeClock>, class: Class, whose: Whose<'_>, tries: u32) -> u32 {
        (0..tries)
            .filter(|_| rates.count(class, whose).is_ok())
            .count()
            .try_into()
            .expect("few")
    }

    #[test]
    fn a_stranger_has_three_hundred_requests_in_five_minutes_and_others_more() {
        let clock = FakeRelativeClock::default();
        let rates = Rates::with_clock(60, clock.clone());
        assert_eq!(passed(&rates, Class::Stranger, address(1), 301), 300);
        assert_eq!(passed(&rates, Class::Stranger, address(2), 1), 1);
        assert_eq!(passed(&rates, Class::Followed, address(1), 6_001), 6_000);
        assert_eq!(
            passed(&rates, Class::Account, Whose::Account("x"), 3_001),
            3_000
        );
        let refused = rates
            .count(Class::Stranger, address(1))
            .expect_err("none is left");
        assert_eq!(
            (refused.code, refused.retry_after),
            (Code::RequestsLimited, Some(2))
        );
        clock.advance(Duration::from_millis(999));
        assert_eq!(passed(&rates, Class::Stranger, address(1), 1), 0);
        clock.advance(Duration::from_millis(1));
        assert_eq!(passed(&rates, Class::Stranger, address(1), 2), 1);
        clock.advance(Duration::from_secs(300));
        assert_eq!(passed(&rates, Class::Stranger, address(1), 301), 300);
    }

    #[tokio::test]
    async fn who_finds_no_place_waits_and_when_too_many_wait_is_told_to_come_again() {
        let places = Places::of(1);
        let first = places.place().await.expect("it is free");
        let waiting: Vec<_> = (0..WAITING_PER_ANSWERED)
            .map(|_| {
                let places = Arc::clone(&places);
                tokio::spawn(async move { places.place().await.map(drop) })
            })
            .collect();
        while places.waiting.load(Ordering::Relaxed) < WAITING_PER_ANSWERED {
            tokio::task::yield_now().await;
        }
        let refused = places.place().await.expect_err("too many wait");
        assert_eq!((refused.code, refused.retry_after), (Code::Busy, Some(5)));
        drop(first);
        for waited in waiting {
            assert_eq!(waited.await.expect("it ends"), Ok(()));
        }
        assert!(places.place().await.is_ok(), "and all is as before");
    }

    #[test]
    fn those_who_are_counted_have_a_bound() {
        let rates = Rates::with_clock(60, FakeRelativeClock::default());
        for last in 0..COUNTED_MAX as u32 + 5_000 {
            let _ = rates.count(Class::Stranger, address(last));
        }
        assert!(
            rates.limiters[0].len() <= COUNTED_MAX + 64,
            "{}",
            rates.limiters[0].len()
        );
    }
}
