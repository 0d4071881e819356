//! Harness for tests of one node or many.

pub mod chance;
pub mod network;
pub mod oracle;
pub mod process;
pub mod shared;
pub mod sim;
pub mod synthetic;
pub mod targets;
