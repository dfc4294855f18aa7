//! `crawl test`.

mod options;
mod person;

use std::collections::HashSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::machine::lean_runtime;
use super::say::{say, tell};
use super::{report, signals};
use crate::diag::{Diagnostic, Exit, Format};
use crate::process::Ground;
use crate::store::write_atomic;
use crate::testing::{
    Case, CaseResult, Entry, Options, TestError, annotation, discover, entries, exit, harmless_json, json_line,
    json_summary, junit, run_all, spawn,
};

pub use options::TestOptions;

/// Runs golden cases and their tests, and tells what is not as expected.
pub fn test(options: &TestOptions) -> Exit {
    let asked = Options {
        jobs: options.jobs.map_or(Options::default().jobs, NonZeroUsize::get),
        update: options.update,
        live: options.live,
        accept_site: options.accept_site,
        record: options.record,
        filter: options.filter.clone(),
        fail_fast: options.fail_fast,
        ..Options::default()
    };
    let found = match find(options, &asked) {
        Ok(found) => found,
        Err(problems) => return report::fail(&problems, Format::Human),
    };
    let Ok(program) = std::env::current_exe() else { return Exit::Runtime };
    let (asked, _runtime) = match minded(asked) {
        Ok(minded) => minded,
        Err(problem) => return report::fail(&[*problem], Format::Human),
    };
    let mut told = Told::new(options);
    let mut results = found.broken;
    results.iter().for_each(|result| told.tell(result));
    let mut not_run = found.cases.len();
    if !options.fail_fast || results.is_empty() {
        let ran = run_all(&found.cases, &asked, &|case, over| spawn(&program, case, over, &asked), &mut |result| {
            told.tell(result)
        });
        not_run -= ran.len();
        results.extend(ran);
    }
    let exit = if asked.stop.cancelled() && not_run > 0 { Exit::Interrupted } else { exit(&results) };
    told.end(options, not_run, exit)
}

/// The options with who minds what runs: a signal ends it in order, and nothing of it outlives this program. Signals are
/// heard as long as the runtime is there.
fn minded(options: Options) -> Result<(Options, Runtime), Box<Diagnostic>> {
    let runtime = lean_runtime()?;
    signals::watch(runtime.handle(), options.stop.clone());
    let ground = Ground::lay().map_err(|error| {
        let report = Diagnostic::error("crawl::usage::unreadable", error.to_string());
        Box::new(report.help("set TMPDIR to a folder that can be written to"))
    })?;
    Ok((Options { ground: Some(Arc::new(ground)), ..options }, runtime))
}

/// What there is to run, and what is wrong before anything runs.
struct Found {
    cases: Vec<Case>,
    broken: Vec<CaseResult>,
}

fn find(options: &TestOptions, asked: &Options) -> Result<Found, Vec<Diagnostic>> {
    let paths = if options.paths.is_empty() { vec![PathBuf::from("samples")] } else { options.paths.clone() };
    let mut found = Found { cases: Vec::new(), broken: Vec::new() };
    let mut problems = Vec::new();
    // A script is one however often it is named.
    let mut seen = HashSet::new();
    let mut is_new = |path: &Path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
    for path in &paths {
        match discover(path) {
            Ok(cases) if cases.is_empty() => {
                let message = format!("there is no script in `{}`", path.display());
                problems.push(Diagnostic::error("crawl::usage::no_tests", message));
            }
            Ok(cases) => cases.into_iter().for_each(|case| match case {
                Ok(case) => found.cases.extend((is_new(&case.script) && asked.wants(&case)).then_some(case)),
                Err(error) if error.path().is_some_and(|path| !is_new(path)) => {}
                Err(error) => found.broken.push(CaseResult::broken(error)),
            }),
            Err(error) => problems.push(problem(&error)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    if let Some(filter) = asked.filter.as_ref().filter(|_| found.cases.is_empty()) {
        let message = format!("no script and no test has `{filter}` in its name");
        return Err(vec![Diagnostic::error("crawl::usage::no_tests", message)]);
    }
    Ok(found)
}

/// The report of a case that cannot be used.
pub(super) fn problem(error: &TestError) -> Diagnostic {
    let unreadable = matches!(error, TestError::Io { .. } | TestError::NoScript { .. });
    let code = if unreadable { "crawl::usage::unreadable" } else { "crawl::test::broken" };
    let mut report = Diagnostic::error(code, error.to_string());
    report.help = error.help();
    report
}

/// What was told so far.
struct Told {
    json: bool,
    actions: bool,
    person: person::Person,
    entries: Vec<Entry>,
}

impl Told {
    fn new(options: &TestOptions) -> Self {
        let actions = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        Self { json: options.json, actions, person: person::Person::new(actions), entries: Vec::new() }
    }

    fn tell(&mut self, result: &CaseResult) {
        for entry in entries(result) {
            if self.json {
                let line = json_line(&entry).to_string();
                say!("{}", if self.actions { harmless_json(&line) } else { line });
            } else {
                self.person.tell(&entry);
            }
            if self.actions
                && let Some(annotation) = annotation(&entry)
            {
                // The runner reads both streams; standard output may be somebody's JSON.
                tell!("{annotation}");
            }
            self.entries.push(entry);
        }
    }

    fn end(self, options: &TestOptions, not_run: usize, exit: Exit) -> Exit {
        if self.json {
            say!("{}", json_summary(&self.entries, not_run, exit));
        } else {
            self.person.end(&self.entries, not_run);
        }
        let Some(path) = &options.junit else { return exit };
        match write_atomic(path, junit(&self.entries).as_bytes()) {
            Ok(()) => exit,
            Err(error) => {
                let report = Diagnostic::error("crawl::output::write", error.to_string());
                report::fail(&[report], Format::Human)
            }
        }
    }
}
