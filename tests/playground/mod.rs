//! The playground over plain HTTP.

mod broken;
mod flows;
pub mod http;
mod lists;
mod pages;

use libtest_mimic::Trial;

/// This area's trials.
pub fn trials() -> Vec<Trial> {
    [pages::trials(), lists::trials(), flows::trials(), broken::trials()].into_iter().flatten().collect()
}

/// A trial around a function that panics when it fails.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("playground::{name}"), move || {
        run();
        Ok(())
    })
}
