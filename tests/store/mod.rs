//! Cache, outputs and kept files, on real files.

mod backlog;
mod cache;
mod cassette;
mod files;
mod output;
mod spool;

use libtest_mimic::Trial;

pub use cassette::helper;

/// This area's trials.
pub fn trials() -> Vec<Trial> {
    [backlog::trials(), cache::trials(), cassette::trials(), files::trials(), output::trials(), spool::trials()]
        .into_iter()
        .flatten()
        .collect()
}

/// A trial around a function that panics when it fails.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("store::{name}"), move || {
        run();
        Ok(())
    })
}
