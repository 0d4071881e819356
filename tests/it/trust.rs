//! Trust: lines of logs, keys, standing, erasures.

mod arrival;
pub(crate) mod cast;
mod keys;
mod standing;
