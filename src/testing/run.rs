//! Runs cases side by side, and reports them in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Case, Difference, Ran, TestError, compare, normalise};
use crate::store::write_atomic;

/// Performs one case.
pub type Runner<'a> = dyn Fn(&Case) -> Result<Ran, TestError> + Sync + 'a;

/// How cases are run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many at a time.
    pub jobs: usize,
    /// Whether golden files are rewritten to what came.
    pub update: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { jobs: thread::available_parallelism().map_or(1, usize::from), update: false }
    }
}

/// How a case went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Otherwise than expected.
    Failed(Vec<Difference>),
    /// Not run, for the reason in its header.
    Skipped(String),
    /// Its golden files, now rewritten or removed, did not hold what came.
    Updated(Vec<PathBuf>),
    /// It could not be run.
    Broken(TestError),
}

/// A case that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// How it went.
    pub outcome: Outcome,
    /// How long it took.
    pub elapsed: Duration,
}

impl Outcome {
    /// Whether the run as a whole may count as passed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        !matches!(self, Self::Failed(_) | Self::Broken(_))
    }
}

/// Runs one case and compares it, or rewrites its golden files.
pub fn run_case(case: &Case, update: bool, runner: &Runner<'_>) -> Outcome {
    if let Some(reason) = &case.settings.skip {
        return Outcome::Skipped(reason.clone());
    }
    let actual = match runner(case) {
        Ok(ran) => normalise(case, &ran),
        Err(error) => return Outcome::Broken(error),
    };
    let differences = compare(&case.expected, &actual);
    if differences.is_empty() {
        return Outcome::Passed;
    }
    if !update {
        return Outcome::Failed(differences);
    }
    rewrite(case, &actual).map_or_else(Outcome::Broken, Outcome::Updated)
}

/// Runs all cases with `options.jobs` at a time; `report` is called for each in the order given, as soon as it and those
/// before it are done.
pub fn run_all(
    cases: &[Case],
    options: Options,
    runner: &Runner<'_>,
    report: &mut dyn FnMut(&CaseResult),
) -> Vec<CaseResult> {
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..options.jobs.clamp(1, cases.len().max(1)) {
            let (done, next) = (done.clone(), &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { break };
                    let start = Instant::now();
                    let outcome = run_case(case, options.update, runner);
                    let result = CaseResult { name: case.name.clone(), outcome, elapsed: start.elapsed() };
                    if done.send((index, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        in_order(results, report)
    })
}

fn in_order(results: mpsc::Receiver<(usize, CaseResult)>, report: &mut dyn FnMut(&CaseResult)) -> Vec<CaseResult> {
    let mut early = BTreeMap::new();
    let mut ordered = Vec::new();
    for (index, result) in results {
        early.insert(index, result);
        while let Some(result) = early.remove(&ordered.len()) {
            report(&result);
            ordered.push(result);
        }
    }
    ordered
}

/// Makes the golden files say what came; those that would say nothing are removed. The files that changed.
fn rewrite(case: &Case, actual: &Ran) -> Result<Vec<PathBuf>, TestError> {
    let exit = if actual.exit == 0 { String::new() } else { format!("{}\n", actual.exit) };
    let mut changed = Vec::new();
    for (ending, text) in [("out", &actual.stdout), ("err", &actual.stderr), ("exit", &exit)] {
        let path = case.script.with_extension(ending);
        if replace(&path, text)? {
            changed.push(path);
        }
    }
    Ok(changed)
}

fn replace(path: &Path, text: &str) -> Result<bool, TestError> {
    let old = fs::read_to_string(path).ok();
    if text.is_empty() {
        return match old {
            None => Ok(false),
            Some(_) => fs::remove_file(path).map(|()| true).map_err(|error| TestError::io("remove", path, &error)),
        };
    }
    if old.as_deref() == Some(text) {
        return Ok(false);
    }
    write_atomic(path, text.as_bytes()).map_err(|error| TestError::Io {
        action: "write",
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(true)
}
