//! What people and programs ask of a node, each question one function: from words to JSON.
//!
//! No door in here: the router calls these, whichever socket it serves.

pub mod history;
pub mod imports;
pub mod logs;
pub mod organisations;
pub mod peers;
pub mod reader;
pub mod records;
pub mod thing;
pub mod upkeep;
