//! Passwords: which are taken, how they are kept, and how many are tried at a time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::book::folded;
use crate::clock;
use crate::problem::{Code, Problem};

/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Longest password, in characters: four times what a password manager makes at most.
pub const PASSWORD_CHARS_MAX: usize = 256;
/// Memory of one hash, in KiB: 19 MiB.
///
/// Source   OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, 2 passes, 1 lane
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes of one hash.
const PASSES: u32 = 2;
/// Lanes of one hash.
const LANES: u32 = 1;
/// Bytes of a hash.
const HASH_LEN: usize = 32;
/// Bytes of a salt.
const SALT_LEN: usize = 16;
/// Hashes at a time: 4 × 19 MiB = 76 MiB.
pub const HASHES_AT_ONCE_MAX: usize = 4;
/// Callers that wait for one, at most: at 30 ms a hash on each of two cores the last waits half a second.
pub const HASHES_WAITING_MAX: usize = 32;

/// Passwords that everybody tries first, of those that are long enough; one a line.
///
/// Source   the passwords most often found in published leaks
const COMMON: &str = include_str!("often_tried.txt");

/// Whether a password may be chosen by the account of this name.
///
/// Errors   `password.weak`
pub(super) fn check(password: &str, name: &str) -> Result<(), Problem> {
    let weak = |why: String| Problem::new(Code::PasswordWeak, why).field("password");
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(weak(format!("the password has {chars} characters"))
            .allowed(format!("at least {PASSWORD_CHARS_MIN} characters"))
            .hint("a few words that you do not use elsewhere are easy to remember"));
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(weak(format!("the password has {chars} characters"))
            .allowed(format!("at most {PASSWORD_CHARS_MAX} characters")));
    }
    let folded_password = folded(password);
    if folded_password == folded(name) {
        return Err(weak("the password is the name".to_owned()).hint("choose another"));
    }
    if COMMON.lines().any(|common| common == folded_password) {
        return Err(
            weak("many people use this password, so it is tried first".to_owned())
                .hint("choose another; a few words that you do not use elsewhere are good"),
        );
    }
    Ok(())
}

/// The machine that hashes passwords, a few at a time.
#[derive(Debug, Default)]
pub struct Hashing {
    turns: Mutex<Turns>,
    freed: Condvar,
    total: AtomicU64,
}

#[derive(Debug, Default)]
struct Turns {
    running: usize,
    waiting: usize,
    most_running: usize,
}

impl Hashing {
    /// Hashes a password that was chosen.
    ///
    /// Errors   `busy` when too many wait already
    pub fn keep(&self, password: &str) -> Result<String, Problem> {
        let salt = clock::random::<SALT_LEN>();
        let hash = self.hash(password, &salt)?;
        Ok(format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(hash)
        ))
    }

    /// Whether a password is the one that was kept. Without a kept one it takes as long, and is wrong.
    ///
    /// Errors   `busy` when too many wait already
    pub fn fits(&self, password: &str, kept: Option<&str>) -> Result<bool, Problem> {
        let (salt, expected) = kept
            .and_then(parts)
            .map_or(([0; SALT_LEN], None), |(salt, hash)| (salt, Some(hash)));
        let found = self.hash(password, &salt)?;
        let expected_bytes = expected.unwrap_or([0; HASH_LEN]);
        // Every byte is looked at, so that the time says nothing.
        let differences = found
            .iter()
            .zip(&expected_bytes)
            .fold(0, |differences, (one, other)| differences | (one ^ other));
        Ok(differences == 0 && expected.is_some())
    }

    /// How many passwords were hashed since the start, and how many at one time at most.
    pub fn counted(&self) -> (u64, usize) {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        (self.total.load(Ordering::Relaxed), turns.most_running)
    }

    fn hash(&self, password: &str, salt: &[u8; SALT_LEN]) -> Result<[u8; HASH_LEN], Problem> {
        let turn = self.turn()?;
        self.total.fetch_add(1, Ordering::Relaxed);
        let broken = |e: &dyn std::fmt::Display| Problem::internal("cannot hash a password", e);
        let params =
            Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_LEN)).map_err(|e| broken(&e))?;
        let mut hash = [0; HASH_LEN];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, &mut hash)
            .map_err(|e| broken(&e))?;
        drop(turn);
        Ok(hash)
    }

    fn turn(&self) -> Result<Turn<'_>, Problem> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.running >= HASHES_AT_ONCE_MAX {
            if turns.waiting >= HASHES_WAITING_MAX {
                return Err(
                    Problem::new(Code::Busy, "too many people sign in at this moment")
                        .hint("try again in a few seconds")
                        .retry_after(5),
                );
            }
            turns.waiting += 1;
            turns = self
                .freed
                .wait_while(turns, |turns| turns.running >= HASHES_AT_ONCE_MAX)
                .unwrap_or_else(PoisonError::into_inner);
            turns.waiting -= 1;
        }
        turns.running += 1;
        turns.most_running = turns.most_running.max(turns.running);
        Ok(Turn(self))
    }
}

/// The right to hash one password; given back when dropped.
struct Turn<'a>(&'a Hashing);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0
            .turns
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .running -= 1;
        self.0.freed.notify_one();
    }
}

/// Salt and hash of a PHC text with the parameters that are in use; no other was ever written.
fn parts(kept: &str) -> Option<([u8; SALT_LEN], [u8; HASH_LEN])> {
    let rest = kept.strip_prefix(&format!(
        "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"
    ))?;
    let (salt, hash) = rest.split_once('$')?;
    let bytes = |text| STANDARD_NO_PAD.decode(text).ok();
    Some((bytes(salt)?.try_into().ok()?, bytes(hash)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_that_was_kept_fits() {
        let hashing = Hashing::default();
        let kept = hashing.keep("жеті өлшеп бір кес").expect("nobody waits");
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert_eq!(hashing.fits("жеті өлшеп бір кес", Some(&kept)), Ok(true));
        assert_eq!(hashing.fits("жеті өлшеп бір кес ", Some(&kept)), Ok(false));
        assert_eq!(hashing.fits("", None), Ok(false));
        // The hash of nothing under no salt is not the way in either.
        assert_eq!(
            hashing.fits("anything", Some("$argon2id$v=19$broken")),
            Ok(false)
        );
        assert_eq!(hashing.counted().0, 5);
    }

    #[test]
    fn passwords_are_refused_only_for_length_for_being_common_and_for_being_the_name() {
        let longest = "я".repeat(PASSWORD_CHARS_MAX);
        for good in [
            "еки сөз",
            "a1b2c3d4e",
            &"x".repeat(64),
            &longest,
            "        .",
            "күн шуақты",
        ] {
            let expected = good.chars().count() >= PASSWORD_CHARS_MIN;
            assert_eq!(check(good, "aigerim").is_ok(), expected, "{good}");
        }
        for bad in [
            "1234567",
            "PassWord1",
            "12345678",
            "qwertyuiop",
            "йцукенгш",
            "Aigerim.K",
            &format!("{longest}я"),
        ] {
            let problem = check(bad, "aigerim.k").expect_err(bad);
            assert_eq!(problem.code, Code::PasswordWeak, "{bad}");
        }
    }

    #[test]
    fn common_passwords_are_long_enough_to_matter_and_written_once() {
        let mut seen = std::collections::BTreeSet::new();
        for common in COMMON.lines() {
            assert!(common.chars().count() >= PASSWORD_CHARS_MIN, "{common}");
            assert_eq!(common, folded(common));
            assert!(seen.insert(common), "{common} stands twice");
        }
        assert!(seen.len() >= 200, "{}", seen.len());
    }

    #[test]
    fn four_are_hashed_at_a_time_and_the_queue_ends() {
        let hashing = Hashing::default();
        let (done, refused) = (AtomicU64::new(0), AtomicU64::new(0));
        let callers = HASHES_AT_ONCE_MAX + HASHES_WAITING_MAX + 24;
        std::thread::scope(|scope| {
            for _ in 0..callers {
                scope.spawn(|| match hashing.fits("a guess", None) {
                    Ok(_) => done.fetch_add(1, Ordering::Relaxed),
                    Err(problem) => {
                        assert_eq!(problem.code, Code::Busy);
                        refused.fetch_add(1, Ordering::Relaxed)
                    }
                });
            }
        });
        let (total, most) = hashing.counted();
        assert_eq!(total, done.load(Ordering::Relaxed));
        assert_eq!(total + refused.load(Ordering::Relaxed), callers as u64);
        assert!(most <= HASHES_AT_ONCE_MAX, "{most} at once");
    }
}
