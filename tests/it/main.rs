//! The suites.

mod bundle;
mod exchange;
mod net;
mod trust;
