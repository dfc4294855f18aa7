//! Steps, sessions and the journal, against a real browser and the playground; keys and reuse as properties.

mod archive;
mod cached;
mod failing;
mod hooks;
mod keys;
mod replay;
mod reuse;
mod sessions;
mod steps;
mod world;

use libtest_mimic::Trial;

/// This area's trials.
pub fn trials() -> Vec<Trial> {
    let parts = [
        archive::trials(),
        keys::trials(),
        reuse::trials(),
        steps::trials(),
        failing::trials(),
        hooks::trials(),
        sessions::trials(),
        cached::trials(),
        replay::trials(),
    ];
    parts.into_iter().flatten().collect()
}

/// A trial around a function that panics when it fails.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("crawl::{name}"), move || {
        run();
        Ok(())
    })
}
