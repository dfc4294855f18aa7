//! The program as a process: what a run leaves behind, and how it answers to signals and closed pipes.

mod access;
mod deadline;
mod downloads;
mod ending;
mod files;
mod fmt;
mod frameworks;
mod infer;
mod interrupt;
mod lost;
mod moving;
mod pipe;
mod protocol;
mod reach;
mod resume;
mod resumed_site;
pub mod stage;
mod state;
mod stopped;

use libtest_mimic::Trial;

pub use stage::PROGRAM;
pub use state::{playwright, works};

pub fn trials() -> Vec<Trial> {
    [
        access::trials(),
        deadline::trials(),
        downloads::trials(),
        ending::trials(),
        files::trials(),
        fmt::trials(),
        frameworks::trials(),
        infer::trials(),
        interrupt::trials(),
        lost::trials(),
        moving::trials(),
        pipe::trials(),
        protocol::trials(),
        reach::trials(),
        resume::trials(),
        state::trials(),
        stopped::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A trial of this area.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("process::{name}"), move || {
        run();
        Ok(())
    })
}
