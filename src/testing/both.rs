//! `crawl test --live` and `--record`: runs a case over its recording and live, tells who changed, and puts a live run's
//! recording in the place of the old one where that is asked for.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::called::otherwise;
use super::failure::{is_expected, unreached};
use super::run::{rewrite, snapshots_after};
use super::verdict::{site_changes, steady};
use super::{
    Case, Difference, Expected, Judged, LiveVerdict, Options, Outcome, Over, Ran, Runner, Said, TestError, TestReport,
    compare, judge, lost, normalise,
};
use crate::diag::Exit;
use crate::store::{Cassette, Replacement};

/// How a case went: its output, its tests, and who changed.
pub(super) type Held = (Outcome, Vec<TestReport>, Option<LiveVerdict>);

/// Runs a case over its recording and live.
pub(super) fn both(case: &Case, recording: &Path, options: &Options, runner: &Runner<'_>) -> Held {
    both_runs(case, recording, options, runner).unwrap_or_else(|error| (Outcome::Broken(error), Vec::new(), None))
}

fn both_runs(case: &Case, recording: &Path, options: &Options, runner: &Runner<'_>) -> Result<Held, TestError> {
    let replayed = normalise(case, &runner(case, &Over::Recording(recording.to_owned()))?);
    if let Some(reason) = unusable(&replayed) {
        return Ok((Outcome::Failed(reason), replayed.tests, None));
    }
    let folder = options.folder()?;
    let taped = folder.path().join("live.cassette");
    let mut live = normalise(case, &runner(case, &Over::Taped(taped.clone()))?);
    if let Some(reason) = unusable(&live) {
        return Ok((Outcome::Failed(reason), live.tests, None));
    }
    if let Some(unreached) = unreached(&replayed, &live, &taped) {
        return Ok((Outcome::Broken(unreached), live.tests, None));
    }
    let mut judged = judge(&case.expected, &replayed, &live);
    let verdict = judged.verdict;
    if !verdict.is_change() {
        return Ok((Outcome::Passed, live.tests, Some(verdict)));
    }
    judged.notes.extend(otherwise(case, &replayed));
    if !judged.site.is_empty() {
        let script = fs::read_to_string(&case.script).unwrap_or_default();
        judged.lost = lost(&script, recording, &taped)?;
    }
    let mut files = Vec::new();
    if options.accept_site {
        match refusal(case, &judged, &replayed, &live) {
            None => {
                steady_over(case, &taped, &live, runner)?;
                files = accept(case, recording, &taped, &live)?;
            }
            Some(why) => judged.notes.extend(why),
        }
    } else if verdict != LiveVerdict::SiteChanged && as_expected(case, &live) {
        let note = "live the script gives what is expected: `crawl test --live --accept-site` makes its recording anew";
        judged.notes.push(note.to_owned());
    }
    let tests = std::mem::take(&mut live.tests);
    let outcome = if files.is_empty() { Outcome::Changed(Box::new(judged)) } else { Outcome::Updated(files) };
    Ok((outcome, tests, Some(verdict)))
}

/// Where a run says nothing of script or site: it was called wrongly, or there is no browser.
fn unusable(ran: &Ran) -> Option<Vec<Difference>> {
    let exit = Exit::from_code(ran.exit)?;
    let hopeless = matches!(exit, Exit::Usage | Exit::Browser | Exit::Interrupted);
    let said =
        Difference::Text { stream: "stderr", diff: ran.stderr.lines().map(|line| format!("+ {line}\n")).collect() };
    hopeless.then(|| vec![Difference::Exit { expected: 0, actual: ran.exit }, said])
}

/// Whether a live run gives what is expected, its tests included.
fn as_expected(case: &Case, live: &Ran) -> bool {
    let expected = Expected { stderr: steady(&case.expected.stderr), ..case.expected.clone() };
    let came = Ran { stderr: steady(&live.stderr), ..live.clone() };
    compare(&expected, &came).is_empty() && live.tests.iter().all(|test| test.failure.is_none())
}

/// Fails unless a run's recording gives the same again.
fn steady_over(case: &Case, taped: &Path, live: &Ran, runner: &Runner<'_>) -> Result<(), TestError> {
    let replayed = normalise(case, &runner(case, &Over::Recording(taped.to_owned()))?);
    let differences = site_changes(&replayed, live);
    if differences.is_empty() {
        return Ok(());
    }
    Err(TestError::Unsteady { differences: differences.iter().map(|one| one.told("replayed", "live")).collect() })
}

/// Why a changed site is not accepted: nothing, where the note would say what is asked for anyway.
fn refusal(case: &Case, judged: &Judged, replayed: &Ran, live: &Ran) -> Option<Option<String>> {
    let say = |words: String| Some(Some(format!("not accepted: {words}")));
    let anew = || {
        let recording = case.recording_path();
        format!(
            "remove `{}`, and `crawl test --record --update` makes it and the golden files anew",
            recording.display()
        )
    };
    match judged.verdict {
        // The script follows the site already, and its recording alone does not.
        LiveVerdict::ScriptChanged | LiveVerdict::BothChanged if as_expected(case, live) => None,
        LiveVerdict::SiteChanged if live.exit != 0 && !is_expected(case, live) => {
            say("the run fails over the site as it is now, so that the script has to follow it first".to_owned())
        }
        LiveVerdict::SiteChanged if live.tests.iter().any(|test| test.failure.is_some()) => {
            say("tests fail over the site as it is now".to_owned())
        }
        LiveVerdict::SiteChanged if !judged.lost.is_empty() => say(format!(
            "selectors match nothing on the site as it is now, so that the script has to follow it first; where that is \
             right, {}",
            anew()
        )),
        LiveVerdict::SiteChanged if has_dried_up(replayed, live) => say(format!(
            "of what the script gave there is nothing left on the site as it is now; where that is right, {}",
            anew()
        )),
        LiveVerdict::SiteChanged => None,
        LiveVerdict::BothChanged => say(format!(
            "the script changed too, and live it does not give what is expected either; where that is right, {}",
            anew()
        )),
        _ => Some(None),
    }
}

/// Whether nothing is left of what a run printed, or of the records of one of its data sets.
fn has_dried_up(replayed: &Ran, live: &Ran) -> bool {
    let data_sets = |ran: &Ran| -> BTreeSet<Option<String>> {
        let of = |said: &Said| if let Said::Record(data_set, _) = said { Some(data_set.clone()) } else { None };
        ran.records.iter().filter_map(of).collect()
    };
    let silent = |ran: &Ran| ran.stdout.trim().is_empty();
    !data_sets(replayed).is_subset(&data_sets(live)) || (silent(live) && !silent(replayed))
}

/// Puts the live run's recording and what it gave in place. The files.
fn accept(case: &Case, recording: &Path, taped: &Path, live: &Ran) -> Result<Vec<PathBuf>, TestError> {
    put(taped, recording)?;
    let mut files = vec![recording.to_owned()];
    let differs = !compare(&case.expected, live).is_empty();
    files.extend(rewrite(case, live, &snapshots_after(case, live, true), differs)?);
    Ok(files)
}

/// Runs a case live and keeps the run as its first recording, where it is as expected.
pub(super) fn first(case: &Case, options: &Options, runner: &Runner<'_>, hold: &dyn Fn(Ran) -> Held) -> Held {
    let recorded = || -> Result<Held, TestError> {
        let recording = case.recording_path();
        let folder = options.folder()?;
        let taped = folder.path().join("first.cassette");
        let live = normalise(case, &runner(case, &Over::Taped(taped.clone()))?);
        let again = match steps(&taped) {
            0 => None,
            _ => Some(steady_over(case, &taped, &live, runner)),
        };
        if let (true, Some(Err(unsteady))) = (options.update, &again) {
            // Golden files would say what the recording does not.
            return Err(unsteady.clone());
        }
        let (outcome, tests, verdict) = hold(live);
        let good = outcome.is_good() && tests.iter().all(|test| test.failure.is_none());
        // A script that crawls nothing has nothing to record.
        let Some(again) = again.filter(|_| good) else { return Ok((outcome, tests, verdict)) };
        again?;
        put(&taped, &recording)?;
        let mut files = vec![recording];
        if let Outcome::Updated(others) = outcome {
            files.extend(others);
        }
        Ok((Outcome::Updated(files), tests, verdict))
    };
    recorded().unwrap_or_else(|error| (Outcome::Broken(error), Vec::new(), None))
}

fn steps(recording: &Path) -> usize {
    Cassette::open(recording).and_then(|cassette| cassette.steps()).map_or(0, |steps| steps.len())
}

/// Puts a recording in a place, whole or not at all.
fn put(taped: &Path, place: &Path) -> Result<(), TestError> {
    let unwritten = |reason: String| TestError::Io { action: "write", path: place.to_owned(), reason };
    let mut replacement = Replacement::create(place).map_err(|error| unwritten(error.to_string()))?;
    let mut from = fs::File::open(taped).map_err(|error| TestError::io("read", taped, &error))?;
    io::copy(&mut from, replacement.file()).map_err(|error| unwritten(error.to_string()))?;
    replacement.put_in_place().map(drop).map_err(|error| unwritten(error.to_string()))
}
