//! The command line: one file per subcommand. The only place that prints. Names `clap`; nothing else does.

mod arguments;
mod bench;
mod check;
mod choice;
mod completions;
mod consent;
mod console;
mod doctor;
mod explain;
mod fmt;
mod har;
mod infer;
mod lsp;
mod machine;
mod playground;
mod progress;
mod recording;
mod repl;
mod report;
mod report_file;
mod resume;
mod run;
mod say;
mod script_file;
mod setup;
mod signals;
mod steps;
mod terminal_state;
mod test;
mod watch;
mod witness;

use clap::Parser;

use crate::diag::Exit;
use arguments::{Arguments, Command};

/// Parses the command line, does what it says and returns the exit code.
#[must_use]
pub fn main() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Ok };
        }
    };
    match arguments.command {
        Command::Run(command) => run::run(&command),
        Command::Check(options) => check::check(&options),
        Command::Fmt(options) => fmt::fmt(&options),
        Command::Explain { code } => explain::explain(code.as_deref()),
        Command::Doctor => doctor::doctor(),
        Command::Setup { browser } => setup::setup(browser),
        Command::Test(options) => test::test(&options),
        Command::Infer(options) => infer::infer(&options),
        Command::Har(command) => har::har(&command),
        Command::Repl(options) => repl::repl(&options),
        Command::Watch(options) => watch::watch(&options),
        Command::Lsp { .. } => lsp::lsp(),
        Command::Playground { port } => playground::playground(port),
        Command::Bench(options) => bench::bench(&options),
        Command::BenchFloor { workload, site } => bench::floor(workload, &site),
        Command::DeleteSession { address } => delete_session(&address),
        Command::Completions { shell } => completions::completions(shell),
    }
}

/// Runs in the reaper's hands: nobody reads what it says, the exit code tells.
fn delete_session(address: &str) -> Exit {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Exit::Runtime };
    match runtime.block_on(crate::browser::delete_session(address)) {
        Ok(()) => Exit::Ok,
        Err(why) => {
            say::tell!("{why}");
            Exit::Runtime
        }
    }
}
