//! Secrets that are handed out once and kept only as digests: 256 random bits, written as 43 characters.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use erikti_protocol::hash::Hash;

use crate::clock;

/// A fresh secret, as text.
pub(super) fn fresh() -> String {
    URL_SAFE_NO_PAD.encode(clock::random::<32>())
}

/// What is kept of a secret.
pub fn digest(secret: &str) -> Hash {
    Hash::of(secret.as_bytes())
}

/// How something that is kept by its digest is named in lists: what starts it.
pub fn handle(digest: &Hash) -> String {
    /// Digits of a handle: 64 bits, and nobody has thousands of them.
    const DIGITS: usize = 16;
    digest.to_string()[..DIGITS].to_owned()
}
