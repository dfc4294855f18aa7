//! The `crawl` program: parses, dispatches, and turns the result into an exit code.

fn main() -> std::process::ExitCode {
    crawl::cli::main().into()
}
