//! Harness for tests of one node or many.

pub mod network;
pub mod process;
pub mod shared;
pub mod sim;
pub mod synthetic;
