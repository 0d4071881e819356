//! The suites.

mod bundle;
mod exchange;
mod foreign;
mod net;
mod store;
mod trust;
