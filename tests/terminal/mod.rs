//! What a person meets in a terminal: the program behind a pseudo-terminal.

mod repl;
mod screen;
mod watch;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [repl::trials(), watch::trials()].into_iter().flatten().collect()
}

/// A trial of this area.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("terminal::{name}"), move || {
        run();
        Ok(())
    })
}
