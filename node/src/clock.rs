//! The only file that reads time or randomness: everything else is handed them.

use std::time::{SystemTime, UNIX_EPOCH};

use erikti_protocol::{id::RecordId, key::SecretKey, time::Timestamp};

/// Milliseconds since 1970 by this machine's clock; 0 when the clock stands before 1970.
pub fn milliseconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

/// The current second by this machine's clock.
pub fn now() -> Timestamp {
    let seconds = i64::try_from(milliseconds() / 1_000).unwrap_or(i64::MAX);
    Timestamp::from_seconds(0)
        .expect("1970 is a year")
        .plus_seconds(seconds)
}

/// Bytes nobody can guess, from the operating system.
///
/// Panics   when the system has no randomness to give: nothing may be signed then
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A fresh time-ordered id.
pub fn record_id() -> RecordId {
    RecordId::v7(milliseconds(), random())
}

/// A fresh secret key.
pub fn secret_key() -> SecretKey {
    SecretKey::from_seed(&random())
}
