//! The suites.

mod trust;
