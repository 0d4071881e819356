//! One organisation's node of the Erikti volunteer network.
#![forbid(unsafe_code)]
#![allow(
    rustdoc::private_intra_doc_links,
    reason = "pages of this crate are read by those who change it; links to what is private are checked all the same"
)]

pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod desk;
pub mod door;
pub mod exchange;
pub mod formats;
pub mod http;
pub mod ingest;
pub mod keys;
pub mod members;
pub mod nearest;
pub mod net;
pub mod node;
pub mod problem;
pub mod run;
pub mod store;
pub mod toml_text;
