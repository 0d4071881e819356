//! One organisation's node.

pub mod clock;
pub mod config;
pub mod formats;
pub mod net;
pub mod store;
