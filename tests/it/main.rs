//! The suites.

mod exchange;
mod net;
mod trust;
