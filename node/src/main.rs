//! The `erikti` program.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    erikti_node::cli::main()
}
