//! `crawl test`.

use std::path::PathBuf;

use super::arguments::TestOptions;
use super::report;
use super::say::say;
use crate::diag::{Diagnostic, Exit, Format};
use crate::testing::{Case, CaseResult, Options, Outcome, TestError, discover, run_all, spawn};

/// Runs golden cases and tells what differs.
pub fn test(options: &TestOptions) -> Exit {
    let cases = match cases(options) {
        Ok(cases) => cases,
        Err(problems) => return report::fail(&problems, Format::Human),
    };
    let Ok(program) = std::env::current_exe() else { return Exit::Runtime };
    let run = Options { jobs: options.jobs.unwrap_or(Options::default().jobs).max(1), update: options.update };
    let results = run_all(&cases, run, &|case| spawn(&program, case), &mut tell);
    let bad = results.iter().filter(|result| !result.outcome.is_good()).count();
    say!("{} passed, {bad} failed", results.len() - bad);
    if bad == 0 { Exit::Ok } else { Exit::Failed }
}

fn cases(options: &TestOptions) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let paths = if options.paths.is_empty() { vec![PathBuf::from("samples")] } else { options.paths.clone() };
    let mut cases = Vec::new();
    let mut problems = Vec::new();
    for path in &paths {
        match discover(path) {
            Ok(found) => found.into_iter().for_each(|case| match case {
                Ok(case) => cases.push(case),
                Err(error) => problems.push(problem(&error)),
            }),
            Err(error) => problems.push(problem(&error)),
        }
    }
    if problems.is_empty() { Ok(cases) } else { Err(problems) }
}

fn problem(error: &TestError) -> Diagnostic {
    let code = if matches!(error, TestError::Io { .. }) { "crawl::usage::unreadable" } else { "crawl::test::broken" };
    let mut report = Diagnostic::error(code, error.to_string());
    report.help = error.help().map(str::to_owned);
    report
}

fn tell(result: &CaseResult) {
    match &result.outcome {
        Outcome::Passed => say!("ok      {}", result.name),
        Outcome::Skipped(reason) => say!("skipped {} ({reason})", result.name),
        Outcome::Updated(files) => {
            files.iter().for_each(|file| say!("updated {}", file.display()));
        }
        Outcome::Failed(differences) => {
            say!("FAILED  {}", result.name);
            differences.iter().for_each(|difference| say!("{difference}"));
        }
        Outcome::Broken(error) => say!("BROKEN  {}: {error}", result.name),
    }
}
