//! What shows that a form came from a page of ours: a word that no other site can know.
//!
//! It is made from the reader's cookie (the session's, or that of a visitor), so nothing has to be kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use erikti_protocol::hash::Hash;

/// The name of the field in every form.
pub const FORM_FIELD: &str = "csrf";

/// What goes before a cookie when its word is made, so that the word is no other digest of it.
const WORD_PREFIX: &[u8] = b"erikti form word\n";

/// The word that this reader's forms carry.
#[derive(Clone, Debug)]
pub struct FormWord {
    word: String,
    used: Arc<AtomicBool>,
}

impl FormWord {
    /// The word of a cookie.
    pub(super) fn of(cookie: &str) -> Self {
        Self {
            word: Hash::of_parts(&[WORD_PREFIX, cookie.as_bytes()]).to_string(),
            used: Arc::default(),
        }
    }

    /// The word of whoever sent this request.
    pub fn of_request(parts: &Parts) -> Self {
        // Only the front gives one out that is ever accepted.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self::of(""))
    }

    /// The word, for a form.
    pub fn word(&self) -> &str {
        // A visitor gets a cookie only when there is a form to fill in.
        self.used.store(true, Ordering::Relaxed);
        &self.word
    }

    /// Whether a form was made with it.
    pub(super) fn used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Whether a form carries it. Digests are compared, so that the time it takes says nothing.
    pub(super) fn fits(&self, word: &str) -> bool {
        Hash::of(self.word.as_bytes()) == Hash::of(word.as_bytes())
    }
}

impl<S: Sync> FromRequestParts<S> for FormWord {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of_request(parts))
    }
}
