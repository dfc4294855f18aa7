//! The lines of a report: a case's output is one, each of its tests another. All reports are made of them.

use std::path::PathBuf;
use std::time::Duration;

use super::{CaseResult, Judged, LiveVerdict, Outcome, TestReport};
use crate::diag::Exit;

/// How one thing went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Otherwise than expected.
    Failed,
    /// It could not be held against what is expected.
    Error,
    /// Not run.
    Skipped,
    /// Golden files were rewritten.
    Updated,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The case's name.
    pub case: String,
    /// The test's name; `None` for the script's output.
    pub test: Option<String>,
    /// How it went.
    pub verdict: Verdict,
    /// Who changed, where it ran live to tell.
    pub live: Option<LiveVerdict>,
    /// In a line: what is wrong, or why it was skipped.
    pub message: String,
    /// All of it, in lines.
    pub detail: String,
    /// The same with colours, where somebody coloured it.
    pub colored: Option<String>,
    /// The code of a test's error.
    pub code: Option<String>,
    /// What a test printed and emitted.
    pub output: Vec<String>,
    /// The script, or where a test fails.
    pub file: PathBuf,
    /// Line and column there.
    pub place: Option<(usize, usize)>,
    /// Golden files that were rewritten or removed.
    pub updated: Vec<PathBuf>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Verdict {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::Updated => "updated",
        }
    }

    fn of_exit(exit: Exit) -> Self {
        if exit == Exit::Failed { Self::Failed } else { Self::Error }
    }
}

impl Entry {
    /// `case`, or `case > test`.
    #[must_use]
    pub fn title(&self) -> String {
        self.test.as_ref().map_or_else(|| self.case.clone(), |test| format!("{} > {test}", self.case))
    }

    /// Whether it is not as it should be.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        matches!(self.verdict, Verdict::Failed | Verdict::Error)
    }
}

/// What there is to tell of a case, its output first.
#[must_use]
pub fn entries(result: &CaseResult) -> Vec<Entry> {
    let tests = result.tests.iter().map(|test| of_test(result, test));
    of_output(result).into_iter().chain(tests).collect()
}

fn of_output(result: &CaseResult) -> Option<Entry> {
    let plain = blank(result, Verdict::Passed);
    Some(match &result.outcome {
        Outcome::Unasked => return None,
        Outcome::Passed => plain,
        Outcome::Skipped(reason) => Entry { verdict: Verdict::Skipped, message: reason.clone(), ..plain },
        Outcome::Updated(files) => Entry { verdict: Verdict::Updated, updated: files.clone(), ..plain },
        Outcome::Failed(differences) => {
            let texts: Vec<String> = differences.iter().map(ToString::to_string).collect();
            let heads = texts.iter().filter_map(|text| text.lines().next()).filter(|line| !line.starts_with("note: "));
            let heads: Vec<&str> = heads.map(head).collect();
            let verdict = Verdict::of_exit(result.outcome.exit());
            Entry { verdict, message: heads.join(", "), detail: texts.concat(), ..plain }
        }
        Outcome::Changed(judged) => {
            let heads = judged.script.iter().chain(&judged.site).map(|difference| difference.to_string());
            let mut heads: Vec<String> =
                heads.filter_map(|text| text.lines().next().map(|line| head(line).to_owned())).collect();
            heads.dedup();
            let message = format!("{}: {}", judged.verdict.word(), heads.join(", "));
            Entry { verdict: Verdict::Failed, message, detail: told(judged), ..plain }
        }
        Outcome::Broken(error) => {
            let help = error.help().map(|help| format!("help: {help}\n")).unwrap_or_default();
            let message = error.to_string().lines().next().unwrap_or_default().to_owned();
            let place = error.line().map(|line| (line, 1));
            Entry { verdict: Verdict::Error, message, detail: format!("{error}\n{help}"), place, ..plain }
        }
    })
}

/// What two runs tell, in lines.
fn told(judged: &Judged) -> String {
    let mut text = format!("{}\n", judged.verdict.word());
    if !judged.script.is_empty() {
        text.push_str("the script gives something else over the recording:\n");
        judged.script.iter().for_each(|difference| text.push_str(&difference.to_string()));
    }
    if !judged.site.is_empty() {
        text.push_str("the site gives the script something else:\n");
        judged.site.iter().for_each(|difference| text.push_str(&difference.told("recorded", "live")));
    }
    judged.lost.iter().for_each(|lost| text.push_str(&format!("selector {lost}\n")));
    judged.notes.iter().for_each(|note| text.push_str(&format!("note: {note}\n")));
    text
}

/// `stdout: - expected, + came` is `stdout differs` in a line.
fn head(line: &str) -> &str {
    match line.split_once(": ") {
        Some(("stdout", _)) => "stdout differs",
        Some(("stderr", _)) => "stderr differs",
        Some(("records", _)) => "records differ",
        _ => line,
    }
}

fn of_test(result: &CaseResult, test: &TestReport) -> Entry {
    let plain = Entry {
        test: Some(test.name.clone()),
        live: None,
        place: Some((test.place.line, test.place.column)),
        output: test.output.clone(),
        elapsed: test.elapsed,
        ..blank(result, Verdict::Passed)
    };
    let Some(failure) = &test.failure else { return plain };
    let place = failure.place.as_ref();
    let folder = result.script.parent();
    let file = place.and_then(|(file, ..)| Some(folder?.join(file))).filter(|file| file.exists());
    // A module of the standard library has no file: the test itself is what can be looked at.
    let place = file.as_ref().and(place).map(|(_, line, column)| (*line, *column)).or(plain.place);
    Entry {
        verdict: Verdict::of_exit(Exit::from_code(failure.exit).unwrap_or(Exit::Runtime)),
        message: failure.message.clone(),
        detail: failure.plain.clone(),
        colored: Some(failure.colored.clone()),
        code: Some(failure.code.clone()),
        file: file.unwrap_or(plain.file.clone()),
        place,
        ..plain
    }
}

fn blank(result: &CaseResult, verdict: Verdict) -> Entry {
    Entry {
        case: result.name.clone(),
        test: None,
        verdict,
        live: result.verdict,
        message: String::new(),
        detail: String::new(),
        colored: None,
        code: None,
        output: Vec::new(),
        file: result.script.clone(),
        place: None,
        updated: Vec::new(),
        elapsed: result.elapsed,
    }
}
