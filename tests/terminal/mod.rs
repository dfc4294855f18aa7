//! What a person meets in a terminal: the program behind a pseudo-terminal.

mod acts;
mod commands;
mod completion;
mod opened;
mod pause;
mod pick;
mod repl;
pub mod screen;
mod shown;
pub mod talk;
mod tests;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [
        repl::trials(),
        commands::trials(),
        completion::trials(),
        opened::trials(),
        pause::trials(),
        acts::trials(),
        pick::trials(),
        shown::trials(),
        tests::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A trial of this area.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("terminal::{name}"), move || {
        run();
        Ok(())
    })
}
