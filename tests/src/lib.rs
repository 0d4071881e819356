//! Harness for tests of one node or many.

pub mod shared;
pub mod sim;
pub mod synthetic;
