//! One organisation's node.

pub mod clock;
pub mod config;
pub mod formats;
pub mod nearest;
pub mod net;
pub mod store;
pub mod toml_text;
