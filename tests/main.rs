//! The one integration binary: every area's trials under one harness.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;
mod browser;
mod crawl;
mod docs;
mod editors;
mod fuzz;
mod golden;
mod grid;
mod layers;
mod lsp;
mod page;
mod playground;
mod process;
mod recording;
mod report;
mod store;
mod syntax;
mod terminal;
mod testing;
mod watch;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// The trials of each area; a new area is one more line.
const AREAS: &[fn() -> Vec<Trial>] = &[
    bench::trials,
    browser::trials,
    crawl::trials,
    docs::trials,
    editors::trials,
    fuzz::trials,
    golden::trials,
    grid::trials,
    layers::trials,
    lsp::trials,
    page::trials,
    playground::trials,
    process::trials,
    recording::trials,
    report::trials,
    store::trials,
    syntax::trials,
    terminal::trials,
    testing::trials,
    watch::trials,
];

fn main() -> ExitCode {
    if let Some(code) = browser::helper().or_else(store::helper) {
        return code;
    }
    let mut arguments = Arguments::from_args();
    if !arguments.list
        && let Err(reason) = golden::ensure_browser()
    {
        eprintln!("no browser to test with: {reason}");
        return ExitCode::from(5);
    }
    // A browser per trial is what a small machine feels: a few at a time.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let trials = AREAS.iter().flat_map(|area| area()).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
