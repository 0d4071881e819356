//! Trust: lines of logs, keys, standing, erasures.

pub(crate) mod cast;
mod keys;
