//! The suites.

mod bundle;
mod exchange;
mod net;
mod records;
mod trust;
mod vectors_json;
mod vectors_suite;
