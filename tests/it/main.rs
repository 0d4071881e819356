//! The suites.

mod bundle;
mod exchange;
mod foreign;
mod import;
mod net;
mod store;
mod trust;
