//! Answers kept for those who ask the same again because the first answer was lost: `Idempotency-Key`.
//!
//! One file an answer, named by the hash of who asked and the key, written whole before the answer is sent; a node that
//! is started again still has them. Where the machine loses its power between the work and its answer, the answer is
//! missing: who asks then should first look whether it was done.
//!
//! Source   the IETF's draft "The Idempotency-Key HTTP Header Field"

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use erikti_protocol::hash::Hash;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::files;
use crate::problem::{Code, Problem};

/// The folder's name in the data folder.
pub const FOLDER_NAME: &str = "replies";
/// How long an answer is kept: a day, as clients are told.
pub const KEPT_SECONDS: i64 = 24 * 3_600;
/// Answers kept at once: one every 9 seconds for a day. When there are more the oldest goes.
pub const REPLIES_MAX: usize = 10_000;
/// Bytes of an answer that is kept; the answer to an import of 5,000 rows that are all refused has less. With
/// [`REPLIES_MAX`] never reached by such, 64 MiB in all.
pub const REPLY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Bytes of all answers kept.
const ALL_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Characters of a key: a UUID has 36.
pub const KEY_CHARS_MAX: usize = 128;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers that belong to it.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What the file of an answer has.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Hash of what was asked.
    request: Hash,
    reply: Reply,
}

/// What is known of a key.
#[derive(Debug)]
pub enum Begun {
    /// Nobody used it: do the work, then [`Running::done`].
    New(Running),
    /// The same was asked before, and this was the answer.
    Same(Reply),
}

/// All answers kept.
#[derive(Clone, Debug)]
pub struct Replies(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: BTreeSet<String>,
    /// File name, with when it was written and its length.
    kept: BTreeMap<String, (i64, u64)>,
    bytes: u64,
}

/// Work that goes on under a key; nobody else gets the key meanwhile.
#[derive(Debug)]
pub struct Running {
    replies: Replies,
    name: String,
    request: Hash,
}

impl Replies {
    /// Opens the folder, making it when there is none, and throws away what is too old.
    ///
    /// Errors   `file.unwritable`
    pub fn open(data: &Path) -> Result<Self, Problem> {
        let folder = data.join(FOLDER_NAME);
        files::make_folder(&folder)?;
        let mut state = State::default();
        let now = clock::now().seconds();
        for entry in std::fs::read_dir(&folder)
            .map_err(|e| Problem::unwritable(&folder, &e))?
            .flatten()
        {
            let written = entry.metadata().ok().and_then(|metadata| {
                let since = metadata.modified().ok()?;
                let since = since.duration_since(std::time::UNIX_EPOCH).ok()?;
                Some((i64::try_from(since.as_secs()).ok()?, metadata.len()))
            });
            match (written, entry.file_name().into_string()) {
                (Some((at, bytes)), Ok(name))
                    if now - at < KEPT_SECONDS && !name.ends_with(".new") =>
                {
                    state.bytes += bytes;
                    state.kept.insert(name, (at, bytes));
                }
                _ => {
                    // What cannot be removed now is tried again at the next start.
                    let _ = std::fs::remove_file(entry.path());
                }
            }
        }
        Ok(Self(Arc::new(Inner {
            folder,
            state: Mutex::new(state),
        })))
    }

    /// Begins work under somebody's key.
    ///
    /// Errors   `idempotency.running`; `idempotency.other` when the key was used for something else
    pub fn begin(&self, who: &str, key: &str, request: Hash) -> Result<Begun, Problem> {
        let name = Hash::of_parts(&[who.as_bytes(), b"\0", key.as_bytes()]).to_string();
        let mut state = self.state();
        let now = clock::now().seconds();
        if state
            .kept
            .get(&name)
            .is_some_and(|(at, _)| now - at < KEPT_SECONDS)
            && let Some(kept) = self.read(&name)
        {
            if kept.request != request {
                return Err(Problem::new(
                    Code::IdempotencyOther,
                    "this key was used for another request",
                )
                .field("Idempotency-Key")
                .found(key)
                .hint("use a new key for each new request"));
            }
            return Ok(Begun::Same(kept.reply));
        }
        if !state.running.insert(name.clone()) {
            return Err(Problem::new(
                Code::IdempotencyRunning,
                "a request with this key is still being worked on",
            )
            .field("Idempotency-Key")
            .found(key)
            .hint("wait a moment, then ask again with the same key"));
        }
        drop(state);
        Ok(Begun::New(Running {
            replies: self.clone(),
            name,
            request,
        }))
    }

    fn read(&self, name: &str) -> Option<Kept> {
        let bytes = std::fs::read(self.0.folder.join(name)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Makes room for one more of so many bytes; returns what must go.
    fn make_room(&mut self, bytes: u64, now: i64) -> Vec<String> {
        let mut gone: Vec<String> = self
            .kept
            .iter()
            .filter(|(_, (at, _))| now - at >= KEPT_SECONDS)
            .map(|(name, _)| name.clone())
            .collect();
        let mut left = self.kept.len() - gone.len();
        let dropped: u64 = gone.iter().map(|name| self.kept[name].1).sum();
        let mut left_bytes = self.bytes - dropped;
        if left >= REPLIES_MAX || left_bytes + bytes > ALL_BYTES_MAX {
            let mut by_age: Vec<_> = self
                .kept
                .iter()
                .filter(|(_, (at, _))| now - at < KEPT_SECONDS)
                .collect();
            by_age.sort_by_key(|(_, (at, _))| *at);
            for (name, (_, size)) in by_age {
                if left < REPLIES_MAX && left_bytes + bytes <= ALL_BYTES_MAX {
                    break;
                }
                left -= 1;
                left_bytes -= size;
                gone.push(name.clone());
            }
        }
        for name in &gone {
            self.kept.remove(name);
        }
        self.bytes = left_bytes;
        gone
    }

    fn keep(&mut self, name: String, at: i64, bytes: u64) {
        let before = self.kept.insert(name, (at, bytes));
        self.bytes = self.bytes + bytes - before.map_or(0, |(_, bytes)| bytes);
    }
}

impl Running {
    /// Keeps the answer, before it is sent.
    ///
    /// Errors   `file.unwritable`
    pub fn done(self, reply: &Reply) -> Result<(), Problem> {
        let kept = Kept {
            request: self.request,
            reply: reply.clone(),
        };
        let bytes = serde_json::to_vec(&kept)
            .map_err(|e| Problem::internal("cannot write an answer", e))?;
        let folder = &self.replies.0.folder;
        let size = bytes.len() as u64;
        let now = clock::now().seconds();
        // Before the answer is there: what must go may be an older one under the same key.
        let gone = self.replies.state().make_room(size, now);
        for name in gone {
            // A file that stays is thrown away at the next start.
            let _ = std::fs::remove_file(folder.join(name));
        }
        files::replace(&folder.join(&self.name), &bytes)?;
        self.replies.state().keep(self.name.clone(), now, size);
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.replies.state().running.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_used_again_after_a_day_keeps_its_new_answer() {
        let data = std::env::temp_dir().join(format!("erikti-replies-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&data);
        let replies = Replies::open(&data).expect("a fresh folder");
        let request = Hash::of(b"what was asked");
        let begin = || {
            replies
                .begin("somebody", "nightly", request)
                .expect("nobody else asks")
        };
        let answer = |body: &str| Reply {
            status: 201,
            headers: Vec::new(),
            body: body.to_owned(),
        };
        let Begun::New(first) = begin() else {
            panic!("nobody used the key");
        };
        first.done(&answer("first")).expect("it can be written");
        assert!(matches!(begin(), Begun::Same(reply) if reply == answer("first")));

        // A day goes by.
        for (at, _) in replies.state().kept.values_mut() {
            *at -= KEPT_SECONDS;
        }
        let Begun::New(second) = begin() else {
            panic!("the answer is too old");
        };
        second.done(&answer("second")).expect("it can be written");
        assert!(matches!(begin(), Begun::Same(reply) if reply == answer("second")));
        let kept: u64 = replies.state().kept.values().map(|(_, bytes)| bytes).sum();
        assert_eq!(replies.state().bytes, kept);
        std::fs::remove_dir_all(&data).expect("the test's own folder");
    }

    #[test]
    fn the_oldest_answers_go_when_there_are_too_many_or_too_large_ones() {
        let mut state = State::default();
        for number in 0..REPLIES_MAX {
            let at = 1_000 + i64::try_from(number).expect("small");
            state.kept.insert(format!("{number}"), (at, 1));
            state.bytes += 1;
        }
        assert_eq!(state.make_room(1, 20_000), ["0"]);
        assert_eq!(state.kept.len(), REPLIES_MAX - 1);
        assert!(state.make_room(1, 20_000).is_empty());
        let gone = state.make_room(1, 1_000 + KEPT_SECONDS + 100);
        assert_eq!(gone.len(), 100, "those that are a day old");
        assert_eq!(
            state.make_room(ALL_BYTES_MAX, 20_000).len(),
            REPLIES_MAX - 101
        );
        assert_eq!(state.bytes, 0);
    }
}
