//! Recordings: exchanges as rows, secrets, HAR.

mod capsule;
mod carried;
mod har;
mod header;
mod matching;
mod played;
mod replacer;
mod rows;
mod site;
mod vault;
mod worth;

use libtest_mimic::Trial;

/// This area's trials.
pub fn trials() -> Vec<Trial> {
    let areas = [
        capsule::trials,
        carried::trials,
        har::trials,
        header::trials,
        matching::trials,
        played::trials,
        replacer::trials,
        rows::trials,
        vault::trials,
        worth::trials,
    ];
    areas.iter().flat_map(|area| area()).collect()
}

/// A trial around a function that panics when it fails.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("recording::{name}"), move || {
        run();
        Ok(())
    })
}
