//! What a person meets in a terminal: the program behind a pseudo-terminal.

mod repl;
pub mod screen;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    repl::trials()
}

/// A trial of this area.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("terminal::{name}"), move || {
        run();
        Ok(())
    })
}
