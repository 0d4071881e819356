//! The suites.

mod api;
mod bundle;
mod cli;
mod exchange;
mod feed;
mod foreign;
mod front;
mod fuzz;
mod import;
mod invitation;
mod kinds;
mod log;
mod net;
mod network;
mod paths;
mod records;
mod search;
mod sim;
mod store;
mod sync;
mod tidy;
mod trust;
mod vectors_json;
mod vectors_log;
mod vectors_suite;
mod web_staff;
