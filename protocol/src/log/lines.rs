//! Decimals and hashes as the lines of C2SP texts spell them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::PROOF_HASHES_MAX;
use crate::hash::Hash;

/// Base64 digits of a hash: 43 and one sign of padding.
pub(super) const HASH_DIGITS: usize = 44;

/// Reads a decimal without leading zeros or signs.
pub(super) fn parse_decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = text.len() > 1 && text.starts_with('0');
    (plain && !leading).then(|| text.parse().ok())?
}

/// Reads a hash in standard base64.
pub(super) fn parse_hash(text: &str) -> Option<Hash> {
    (text.len() == HASH_DIGITS).then(|| Hash::from_slice(&STANDARD.decode(text).ok()?))?
}

/// Writes a hash in standard base64.
pub(super) fn format_hash(hash: &Hash) -> String {
    STANDARD.encode(hash.as_bytes())
}

/// Reads the hashes of a proof, one a line, or says which line is none or is one too many, counted from 0.
pub(super) fn parse_hashes<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Hash>, usize> {
    let mut hashes = Vec::new();
    for line in lines {
        let hash = parse_hash(line).filter(|_| hashes.len() < PROOF_HASHES_MAX);
        hashes.push(hash.ok_or(hashes.len())?);
    }
    Ok(hashes)
}
