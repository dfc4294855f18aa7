//! Recordings: exchanges as rows, secrets, HAR.

mod capsule;
mod har;
mod matching;
mod played;
mod rows;
mod site;
mod vault;

use libtest_mimic::Trial;

/// This area's trials.
pub fn trials() -> Vec<Trial> {
    let all = [capsule::trials(), har::trials(), matching::trials(), played::trials(), rows::trials(), vault::trials()];
    all.into_iter().flatten().collect()
}

/// A trial around a function that panics when it fails.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("recording::{name}"), move || {
        run();
        Ok(())
    })
}
