//! What all Erikti nodes must agree on, byte for byte.
//!
//! Pure: no disk, socket, clock, randomness or async; time and random bytes are arguments.

#![forbid(unsafe_code)]

pub mod bundle;
pub mod codec;
pub mod exchange;
pub mod field;
pub mod hash;
pub mod id;
pub mod invitation;
pub mod json;
pub mod key;
pub mod kind;
pub mod log;
pub mod record;
pub mod suite;
pub mod text;
pub mod time;
pub mod trust;
