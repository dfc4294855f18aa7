//! The one integration binary: every area's trials under one harness.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browser;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// The trials of each area; a new area is one more line.
const AREAS: &[fn() -> Vec<Trial>] = &[browser::trials];

fn main() -> ExitCode {
    if let Some(code) = browser::helper() {
        return code;
    }
    let arguments = Arguments::from_args();
    let trials = AREAS.iter().flat_map(|area| area()).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
