//! The suites.

mod net;
mod trust;
