//! What follows the order of arrival: numbers that only grow, and nothing that follows them misses anything.

mod asking;
mod crowd;
mod events;
mod fetch;
mod hooks;
mod line;
mod metrics;
mod order;
mod rpde;
