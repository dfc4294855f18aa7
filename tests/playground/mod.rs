//! The playground over plain HTTP.

mod flows;
mod http;
mod lists;

use libtest_mimic::Trial;

/// This area's trials.
pub fn trials() -> Vec<Trial> {
    [lists::trials(), flows::trials()].into_iter().flatten().collect()
}

/// A trial around a function that panics when it fails.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("playground::{name}"), move || {
        run();
        Ok(())
    })
}
