//! The `crawl` program: parses, dispatches, and turns the result into an exit code.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    crawl::cli::main().into()
}
