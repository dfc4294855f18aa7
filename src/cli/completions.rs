//! `crawl completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::Arguments;
use super::say::say;
use crate::diag::Exit;

/// Prints a completion script for a shell.
pub fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "crawl", &mut script);
    say!("{}", String::from_utf8_lossy(&script).trim_end());
    Exit::Ok
}
