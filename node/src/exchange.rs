//! The exchange with other nodes: the protocol's machine decides, this door performs.
//!
//! [`driver`] feeds the machine with what happens and performs what it asks for; [`serve`] answers the streams that
//! others open; [`pull`] carries packages through verification into the journal; [`join`] introduces organisations.

pub mod driver;
mod join;
mod pull;
mod serve;
mod status;

pub use driver::{Door, start};
