//! The suites.

mod bundle;
mod exchange;
mod foreign;
mod import;
mod invitation;
mod log;
mod net;
mod store;
mod trust;
mod vectors_log;
