//! Trust: lines of logs, keys, standing, erasures.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose scene cannot be set has failed"
)]

mod arrival;
pub(crate) mod cast;
mod keys;
mod moved;
mod standing;
