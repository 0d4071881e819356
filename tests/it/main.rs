//! The suites.

mod bundle;
mod exchange;
mod net;
mod store;
mod trust;
