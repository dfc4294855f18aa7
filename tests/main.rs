//! The one integration binary: every area's trials under one harness.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod playground;
#[path = "crawl/mod.rs"]
mod steps;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// The trials of each area; a new area is one more line.
const AREAS: &[fn() -> Vec<Trial>] = &[steps::trials, playground::trials];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = AREAS.iter().flat_map(|area| area()).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
