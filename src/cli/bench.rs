//! `crawl bench`, and the hidden command that is its floor.

use super::arguments::{BenchOptions, LongRun};
use super::report;
use super::say::{say, tell};
use crate::bench::{self, BenchError, Part, Plan, SoakPlan, Workload};
use crate::diag::{Diagnostic, Exit, Format};
use crate::playground::Playground;

/// Measures and prints the figures.
pub fn bench(options: &BenchOptions) -> Exit {
    match attempt(options) {
        Ok(()) => Exit::Ok,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

fn attempt(options: &BenchOptions) -> Result<(), Box<Diagnostic>> {
    let runtime = super::machine::runtime()?;
    let site = runtime.block_on(Playground::start(None));
    let site = site.map_err(|error| Box::new(Diagnostic::error("crawl::playground::failed", error.to_string())))?;
    let program = std::env::current_exe().map_err(|error| internal(&error.to_string()))?;
    if let Some(LongRun::Soak { sessions, steps, json }) = options.long {
        let plan = SoakPlan { program, site: site.url(), sessions, steps };
        let runs = bench::soak(&plan, &|what| tell!("{what}")).map_err(failed)?;
        runtime.block_on(site.stop());
        if json {
            say!("{}", serde_json::to_string_pretty(&runs).map_err(|error| internal(&error.to_string()))?);
        } else {
            runs.iter().for_each(|run| say!("{}", run.table()));
        }
        return Ok(());
    }
    let plan = Plan {
        program,
        site: site.url(),
        parts: if options.workload.is_empty() { Part::all() } else { options.workload.clone() },
        rounds: options.rounds,
    };
    let figures = bench::run(&plan, &|what| eprintln!("{what}")).map_err(failed)?;
    runtime.block_on(site.stop());
    if options.json {
        let text = serde_json::to_string_pretty(&figures).map_err(|error| internal(&error.to_string()))?;
        say!("{text}");
    } else {
        print!("{}", figures.table());
    }
    Ok(())
}

/// Does a workload over raw CDP and prints what came of it.
pub fn floor(workload: Workload, site: &str) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(bench::floor(workload, site)).map_err(failed),
        Err(error) => Err(internal(&error.to_string())),
    };
    match done {
        Ok(text) => {
            say!("{text}");
            Exit::Ok
        }
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

fn failed(error: BenchError) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("crawl::bench::failed", error.to_string()).help("run `crawl doctor`"))
}

fn internal(message: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("crawl::internal", message))
}
