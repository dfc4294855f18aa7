//! The conformance suite: the same trials over every lane to a browser.

mod accessible;
mod acting;
mod close;
mod emulation;
mod frames;
mod happening;
mod hostile;
mod identity;
mod navigate;
mod pages;
mod process;
mod proxy;
mod relay;
mod script;
mod shop;
mod site;
mod snapshot;
mod stage;
mod wait;
mod wire;

use std::process::ExitCode;

use libtest_mimic::Trial;

pub use stage::firefox_missing;
use stage::{Case, LANES};

/// The trials: each case on each lane, then those of the processes.
pub fn trials() -> Vec<Trial> {
    let cases: Vec<&Case> = [
        navigate::CASES,
        script::CASES,
        wait::CASES,
        snapshot::CASES,
        identity::CASES,
        emulation::CASES,
        proxy::CASES,
        pages::CASES,
        frames::CASES,
        happening::CASES,
        hostile::CASES,
        close::CASES,
        acting::CASES,
        accessible::CASES,
    ]
    .concat()
    .into_iter()
    .collect();
    let mut trials: Vec<Trial> = LANES.iter().flat_map(|lane| cases.iter().map(|case| case.trial(lane))).collect();
    let recording = LANES.iter().filter(|lane| lane.records());
    trials.extend(recording.flat_map(|lane| wire::CASES.iter().map(|case| case.trial(lane))));
    trials.extend(process::trials());
    trials
}

/// Runs as the helper process of a trial, when called as one.
pub fn helper() -> Option<ExitCode> {
    process::helper()
}
