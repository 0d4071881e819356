//! Signing in and out: sessions, and the browsers that somebody signed in from.

use std::net::IpAddr;
use std::sync::PoisonError;

use erikti_protocol::hash::Hash;
use erikti_protocol::time::Timestamp;

use super::book::{DEVICES_MAX, SESSIONS_MAX, folded};
use super::guesses::Guesser;
use super::{
    Accounts, Book, Code, Device, Identity, PASSWORD_CHARS_MAX, Problem, Session, passwords, secret,
};

/// How long a session lasts, whatever happens in it: a working day.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;
/// How often it is noted that a session or a token is in use, in seconds.
const SEEN_SECONDS: i64 = 60;
/// What is kept of a browser's own words, in characters.
const BROWSER_CHARS_MAX: usize = 120;

/// The browser that somebody signs in with.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Where it is.
    pub address: IpAddr,
    /// What it keeps from an earlier time.
    pub device: Option<String>,
    /// The session that it has and that ends now.
    pub session: Option<String>,
    /// What it says it is.
    pub words: String,
}

/// Somebody who has just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub identity: Identity,
    /// The session's secret, for the browser alone.
    pub session: String,
    /// What the browser is to keep, so that strangers cannot shut it out.
    pub device: String,
}

impl Accounts {
    /// Signs somebody in.
    ///
    /// Errors   `signin.refused`, whatever was wrong; `limit.signin` after too many; `busy`
    pub fn sign_in(
        &self,
        name: &str,
        password: &str,
        browser: &Browser,
        now: Timestamp,
    ) -> Result<SignedIn, Problem> {
        let (id, device) = self.prove(name, password, browser, now)?;
        self.begin(&id, browser, device, now)
    }

    /// Finds out whose name and password these are, and whether they know the browser.
    fn prove(
        &self,
        name: &str,
        password: &str,
        browser: &Browser,
        now: Timestamp,
    ) -> Result<(String, Option<Hash>), Problem> {
        let name = folded(name);
        let (known, device) = self.look(|book| {
            let known = book
                .named(&name)
                .map(|(id, person)| (id.clone(), person.password.clone()));
            let kept = browser.device.as_deref().map(secret::digest);
            let owned = kept.filter(|kept| {
                book.devices.get(kept).is_some_and(|device| {
                    known.as_ref().is_some_and(|(id, _)| *id == device.account)
                })
            });
            (known, owned)
        });
        let guesser = Guesser {
            account: Hash::of(name.as_bytes()),
            address: browser.address,
            device,
        };
        let permit = self
            .guesses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .guess(&guesser, now.seconds())
            .map_err(too_many)?;
        let too_long = password.chars().count() > PASSWORD_CHARS_MAX;
        let kept = known.as_ref().map(|(_, kept)| kept.as_str());
        let fits = !too_long && self.hashing.fits(password, kept)?;
        let Some((id, _)) = known.filter(|_| fits) else {
            return Err(refused());
        };
        self.guesses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .forgive(permit);
        Ok((id, device))
    }

    /// Begins a session for an account whose owner has just shown that it is theirs.
    ///
    /// Errors   `account.unknown`, `file.unwritable`
    pub fn welcome(
        &self,
        id: &str,
        browser: &Browser,
        now: Timestamp,
    ) -> Result<SignedIn, Problem> {
        self.begin(id, browser, None, now)
    }

    fn begin(
        &self,
        id: &str,
        browser: &Browser,
        device: Option<Hash>,
        now: Timestamp,
    ) -> Result<SignedIn, Problem> {
        let (session, fresh_device) = (secret::fresh(), secret::fresh());
        self.change(|book| {
            let identity = Identity::of(id, book.person(id)?);
            end_old(book, now);
            // Whoever had this browser before is signed out: a session never changes its owner.
            if let Some(before) = &browser.session {
                book.sessions.remove(&secret::digest(before));
            }
            let is_own = |account: &str| account == id;
            Book::make_room(
                &mut book.sessions,
                SESSIONS_MAX,
                |session| is_own(&session.account),
                |session| session.since,
            );
            book.sessions.insert(
                secret::digest(&session),
                Session {
                    account: id.to_owned(),
                    since: now,
                    seen: now,
                    browser: shortened(&browser.words),
                },
            );
            if let Some(device) = device {
                book.devices.remove(&device);
            }
            Book::make_room(
                &mut book.devices,
                DEVICES_MAX,
                |device| is_own(&device.account),
                |device| device.seen,
            );
            book.devices.insert(
                secret::digest(&fresh_device),
                Device {
                    account: id.to_owned(),
                    seen: now,
                },
            );
            Ok(SignedIn {
                identity,
                session,
                device: fresh_device,
            })
        })
    }

    /// Who has this session, while it lasts.
    pub fn session(&self, session: &str, now: Timestamp) -> Option<Identity> {
        let digest = secret::digest(session);
        let (identity, seen) = self.look(|book| {
            let session = book.sessions.get(&digest)?;
            if !lasts(session, now) {
                return None;
            }
            let person = book.accounts.get(&session.account)?;
            Some((Identity::of(&session.account, person), session.seen))
        })?;
        if seen.plus_seconds(SEEN_SECONDS) <= now {
            self.note(|book| {
                if let Some(session) = book.sessions.get_mut(&digest) {
                    session.seen = now;
                }
            });
        }
        Some(identity)
    }

    /// Ends one session.
    ///
    /// Errors   `file.unwritable`
    pub fn sign_out(&self, session: &str) -> Result<(), Problem> {
        self.change(|book| {
            book.sessions.remove(&secret::digest(session));
            Ok(())
        })
    }

    /// The open sessions of an account, the newest first, with their digests.
    pub fn sessions(&self, account: &str, now: Timestamp) -> Vec<(Hash, Session)> {
        let mut sessions: Vec<_> = self.look(|book| {
            book.sessions
                .iter()
                .filter(|(_, session)| session.account == account && lasts(session, now))
                .map(|(digest, session)| (*digest, session.clone()))
                .collect()
        });
        sessions.sort_by_key(|(digest, session)| (std::cmp::Reverse(session.since), *digest));
        sessions
    }

    /// Ends the session of an account that lists name by this handle.
    ///
    /// Errors   `session.unknown`
    pub fn end_session(&self, account: &str, handle: &str) -> Result<(), Problem> {
        self.change(|book| {
            let digest = book
                .sessions
                .iter()
                .find(|(digest, session)| {
                    session.account == account && secret::handle(digest) == handle
                })
                .map(|(digest, _)| *digest)
                .ok_or_else(|| {
                    Problem::new(Code::SessionUnknown, "there is no such session")
                        .found(handle)
                        .hint("it may have ended by itself; list those that are open")
                })?;
            book.sessions.remove(&digest);
            Ok(())
        })
    }

    /// Ends every session of an account but one, and says how many ended.
    ///
    /// Errors   `account.unknown`, `file.unwritable`
    pub fn end_sessions(&self, account: &str, keep: Option<&str>) -> Result<usize, Problem> {
        self.change(|book| {
            book.person(account)?;
            let before = book.sessions.len();
            book.end_sessions(account, keep.map(secret::digest).as_ref());
            Ok(before - book.sessions.len())
        })
    }

    /// Changes a password for whoever knows the old one; every session ends, and one begins.
    ///
    /// Errors   `signin.refused` when the old one is wrong; `password.weak`, `limit.signin`, `busy`
    pub fn change_password(
        &self,
        id: &str,
        old: &str,
        new: &str,
        browser: &Browser,
        now: Timestamp,
    ) -> Result<SignedIn, Problem> {
        let name = self.identity(id)?.name;
        passwords::check(new, &name)?;
        // A session that was left open somewhere is not enough, and guessing here is guessing all the same.
        let (_, device) = self.prove(&name, old, browser, now)?;
        let password = self.hashing.keep(new)?;
        self.change(|book| {
            book.person_mut(id)?.password = password;
            book.end_sessions(id, None);
            Ok(())
        })?;
        self.begin(id, browser, device, now)
    }
}

/// Whether a session has not come to its end. One from the future was written under a clock that was wrong.
fn lasts(session: &Session, now: Timestamp) -> bool {
    session.since.plus_seconds(SESSION_SECONDS) > now
}

fn end_old(book: &mut Book, now: Timestamp) {
    book.sessions.retain(|_, session| lasts(session, now));
    book.tokens.retain(|_, token| token.expires > now);
}

fn shortened(words: &str) -> String {
    words
        .chars()
        .filter(|c| !c.is_control())
        .take(BROWSER_CHARS_MAX)
        .collect()
}

fn refused() -> Problem {
    Problem::new(Code::SignInRefused, "name or password is wrong")
        .hint("try again, or ask an administrator for a link that sets a new password")
}

fn too_many(seconds: u64) -> Problem {
    Problem::new(Code::SignInLimited, "too many wrong passwords")
        .hint("wait, or sign in with a browser from which you did before")
        .retry_after(seconds)
}
