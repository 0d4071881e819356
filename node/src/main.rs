//! The `erikti` program.

fn main() -> std::process::ExitCode {
    erikti_node::cli::main()
}
