//! Runs cases side by side, and reports them in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use serde_json::{Map, Value};
use tempfile::TempDir;

use super::both::{Held, both, first};
use super::called::otherwise;
use super::failure::unwritable;
use super::verdict::steady;
use super::{
    Case, CaseResult, Difference, Expected, LiveVerdict, Outcome, Over, Ran, TestError, compare, normalise, records,
    snapshots,
};
use crate::process::Ground;
use crate::script::Cancel;
use crate::store::write_atomic;
use crate::syntax::{StringLiteral, Token, lex};

/// Performs one case over its site or a recording.
pub type Runner<'a> = dyn Fn(&Case, &Over) -> Result<Ran, TestError> + Sync + 'a;

/// How cases are run.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many at a time.
    pub jobs: usize,
    /// Whether golden files are rewritten to what came.
    pub update: bool,
    /// Whether cases with a recording run live as well, to tell who changed.
    pub live: bool,
    /// Whether the recordings and golden files of cases whose site changed are made anew.
    pub accept_site: bool,
    /// Whether cases without a recording are recorded.
    pub record: bool,
    /// Only cases, and tests, whose names contain this.
    pub filter: Option<String>,
    /// Whether no case is begun after one that is not as expected.
    pub fail_fast: bool,
    /// Where cases keep what they need for a while, and who ends them with this program; the system's folder for temporary
    /// files, and nobody, when not given.
    pub ground: Option<Arc<Ground>>,
    /// Whether they are to end.
    pub stop: Cancel,
}

impl Default for Options {
    fn default() -> Self {
        let jobs = thread::available_parallelism().map_or(1, usize::from);
        Self {
            jobs,
            update: false,
            live: false,
            accept_site: false,
            record: false,
            filter: None,
            fail_fast: false,
            ground: None,
            stop: Cancel::default(),
        }
    }
}

impl Options {
    /// A new folder for what is needed for a while.
    pub(super) fn folder(&self) -> Result<TempDir, TestError> {
        let made = self.ground.as_ref().map_or_else(tempfile::tempdir, |ground| ground.folder.part("test-"));
        made.map_err(|error| TestError::io("write", &std::env::temp_dir(), &error))
    }

    /// What the names of a case's tests are to contain: all of them run where the case itself was asked for.
    #[must_use]
    pub fn filter_of_tests(&self, case: &Case) -> Option<&str> {
        self.filter.as_deref().filter(|filter| !case.name.contains(filter))
    }

    /// Whether a case, or a test that its script names, is asked for.
    #[must_use]
    pub fn wants(&self, case: &Case) -> bool {
        let Some(filter) = self.filter_of_tests(case) else { return true };
        let text = fs::read_to_string(&case.script).unwrap_or_default();
        test_names(&text).any(|name| name.contains(filter))
    }
}

/// The names in `test("name", …)`, as far as they are written out.
fn test_names(text: &str) -> impl Iterator<Item = String> {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|token| !token.is_comment()).collect();
    let named = |three: &[Token]| {
        let call = three[0].text(text) == "test" && three[1].text(text) == "(";
        call.then(|| StringLiteral::decode(text, &three[2])).flatten().map(|literal| literal.value)
    };
    tokens.windows(3).filter_map(named).collect::<Vec<_>>().into_iter()
}

/// Runs one case and compares it, or rewrites its golden files.
pub fn run_case(case: &Case, options: &Options, runner: &Runner<'_>) -> CaseResult {
    let start = Instant::now();
    let (outcome, tests, verdict) = attempt(case, options, runner);
    let (name, script) = (case.name.clone(), case.script.clone());
    CaseResult { name, script, outcome, verdict, tests, elapsed: start.elapsed() }
}

fn attempt(case: &Case, options: &Options, runner: &Runner<'_>) -> Held {
    if let Some(reason) = &case.settings.skip {
        return (Outcome::Skipped(reason.clone()), Vec::new(), None);
    }
    let whole = options.filter_of_tests(case).is_none();
    let over = match &case.recording {
        Some(recording) if options.live && whole => return both(case, recording, options, runner),
        Some(recording) => Over::Recording(recording.clone()),
        None if options.record && whole && case.settings.may_be_recorded() => {
            return first(case, options, runner, &|actual| hold(case, options, actual));
        }
        None => Over::Live,
    };
    match runner(case, &over) {
        Ok(ran) => hold(case, options, normalise(case, &ran)),
        Err(error) => (Outcome::Broken(error), Vec::new(), None),
    }
}

/// Holds what one run gave against the golden files, or rewrites them.
fn hold(case: &Case, options: &Options, mut actual: Ran) -> Held {
    let verdict = (options.live && case.recording.is_none()).then_some(LiveVerdict::NoRecording);
    let tests = std::mem::take(&mut actual.tests);
    let whole = options.filter_of_tests(case).is_none();
    let snapshots = snapshots_after(case, &actual, whole && tests.iter().all(|test| test.failure.is_none()));
    let mut differences = if whole { compare_all(case, &actual) } else { exit_alone(case, &actual) };
    let good = if whole { Outcome::Passed } else { Outcome::Unasked };
    if options.update && (whole || differences.is_empty()) {
        if let Some(unwritable) = unwritable(case, &actual) {
            return (Outcome::Broken(unwritable), tests, verdict);
        }
        let rewritten = rewrite(case, &actual, &snapshots, !differences.is_empty());
        let updated = |files: Vec<PathBuf>| if files.is_empty() { good } else { Outcome::Updated(files) };
        return (rewritten.map_or_else(Outcome::Broken, updated), tests, verdict);
    }
    let unused = case.expected.snapshots.keys().filter(|name| !snapshots.contains_key(*name));
    differences.extend(unused.cloned().map(Difference::Unused));
    if !differences.is_empty() {
        differences.extend(otherwise(case, &actual).map(Difference::Note));
    }
    (if differences.is_empty() { good } else { Outcome::Failed(differences) }, tests, verdict)
}

/// A run over a recording keeps no picture of a page, and does not say where.
fn compare_all(case: &Case, actual: &Ran) -> Vec<Difference> {
    if case.recording.is_none() {
        return compare(&case.expected, actual);
    }
    let expected = Expected { stderr: steady(&case.expected.stderr), ..case.expected.clone() };
    compare(&expected, &Ran { stderr: steady(&actual.stderr), ..actual.clone() })
}

/// Where only tests were asked for, the script must still have come to its end as it should.
fn exit_alone(case: &Case, actual: &Ran) -> Vec<Difference> {
    let expected = case.expected.exit;
    if expected == actual.exit { Vec::new() } else { vec![Difference::Exit { expected, actual: actual.exit }] }
}

/// The snapshots as they came; of those that were not asked for only when all tests ran to their end do we know that none
/// needs them.
pub(super) fn snapshots_after(case: &Case, actual: &Ran, all: bool) -> Map<String, Value> {
    let mut snapshots = if all { Map::new() } else { case.expected.snapshots.clone() };
    snapshots.extend(actual.snapshots.clone());
    snapshots
}

/// Runs all cases with `options.jobs` at a time; `report` is called for each in the order given, as soon as it and those
/// before it are done. Of cases that were interrupted there is no result.
pub fn run_all(
    cases: &[Case],
    options: &Options,
    runner: &Runner<'_>,
    report: &mut dyn FnMut(&CaseResult),
) -> Vec<CaseResult> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..options.jobs.clamp(1, cases.len().max(1)) {
            let (done, next, stop) = (done.clone(), &next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::SeqCst) && !options.stop.cancelled() {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    let Some(case) = cases.get(index) else { break };
                    let result = run_case(case, options, runner);
                    if matches!(result.outcome, Outcome::Broken(TestError::Interrupted)) {
                        break;
                    }
                    if options.fail_fast && !result.is_good() {
                        stop.store(true, Ordering::SeqCst);
                    }
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
    // Those after one that was interrupted.
    for result in early.into_values() {
        report(&result);
        ordered.push(result);
    }
    ordered
}

/// Makes the golden files say what came; those that would say nothing are removed. The files that changed.
pub(super) fn rewrite(
    case: &Case,
    actual: &Ran,
    snapshots: &Map<String, Value>,
    differs: bool,
) -> Result<Vec<PathBuf>, TestError> {
    let mut changed = Vec::new();
    if differs {
        let exit = if actual.exit == 0 { String::new() } else { format!("{}\n", actual.exit) };
        let records = case.expected.records.as_ref().map(|_| records::text(&actual.records));
        let records = records.map(|text| (records::ENDING, text));
        let texts = [("out", actual.stdout.clone()), ("err", actual.stderr.clone()), ("exit", exit)];
        for (ending, text) in texts.into_iter().chain(records) {
            let path = case.script.with_extension(ending);
            if replace(&path, &text)? {
                changed.push(path);
            }
        }
    }
    let path = case.script.with_extension(snapshots::ENDING);
    if *snapshots != case.expected.snapshots && replace(&path, &snapshots::text(snapshots))? {
        changed.push(path);
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
