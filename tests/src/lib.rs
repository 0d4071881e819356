//! Harness for tests of one node or many, for our own suites and for other people's nodes.
//!
//! - [`sim`]: a network in one thread: the real exchange machine over a clock, links and disks that are not real
//! - [`network`]: real nodes in one process, over TCP on ports that the system chooses
//! - [`process`]: the real binary, one process a node; [`demo`]: three of them, full of work
//! - [`browser`]: a person at a real browser: reads, types, presses, by mouse or by keyboard alone, with scripts or without
//! - [`http`]: a browser without a screen, and programs with tokens
//! - [`synthetic`]: invented organisations and the records they sign; [`chance`]: numbers that replay
//! - [`oracle`]: what a record is, said slowly; [`hostile`]: records that mean harm; [`shared`]: data that lies beside the checkout
//! - [`targets`]: every parser that strangers' bytes reach
//!
//! # Running
//!
//! `cargo test --workspace` runs everything. What is drawn at random prints its seed; `ERIKTI_SEED=17 cargo test -p
//! erikti-tests --test it sim` runs one again. `ERIKTI_FREEZE=1` writes frozen vectors that are missing, and never
//! changes one.
//!
//! # Browsers
//!
//! The suite `browser` needs Debian's `chromium` and `chromium-driver`, and says so in one line where they are missing.
//! `cargo run -p erikti-tests --bin screenshots -- --out pictures` writes pictures of the main pages.
//!
//! # Fuzzing
//!
//! The suite `fuzz` runs every target over thousands of changed inputs. To search further, with libFuzzer, on stable
//! Rust with plain cargo (needs a C++ compiler):
//!
//! ```text
//! export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
//!   -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
//!   -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1"
//! cargo build --release -p erikti-tests --features fuzz --bin fuzz \
//!   --target x86_64-unknown-linux-gnu --target-dir target/fuzz
//! mkdir -p target/corpus/record
//! ERIKTI_TARGET=record target/fuzz/x86_64-unknown-linux-gnu/release/fuzz target/corpus/record -max_total_time=60
//! ```
//!
//! `--target` keeps build scripts as they are. A corpus folder that is empty is filled with the target's seeds. Names
//! of targets are in [`targets::ALL`]. What a run finds becomes a test: its bytes, and what must hold.

pub mod browser;
pub mod chance;
pub mod demo;
pub mod hostile;
pub mod http;
pub mod network;
pub mod oracle;
pub mod process;
pub mod shared;
pub mod sim;
pub mod synthetic;
pub mod targets;
