//! `crawl completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::Arguments;
use crate::diag::Exit;

/// Prints a completion script for a shell.
pub fn completions(shell: Shell) -> Exit {
    clap_complete::generate(shell, &mut Arguments::command(), "crawl", &mut std::io::stdout());
    Exit::Ok
}
