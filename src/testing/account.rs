//! The account of a run, written by the process that runs a script for `crawl test`: records and tests as they come.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::normalise::places;
use super::{Assignment, Said, TestError, snapshots};
use crate::diag::{Diagnostic, Exit, Format, Look, render};
use crate::script::{Comparison, TestEnd, Tester};
use crate::text::{LineColumn, field_changes};

/// One line of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
enum Told {
    Record { data_set: Option<String>, record: Value },
    Begins { name: String, line: usize, column: usize },
    Snapshot { name: String, value: Value },
    Ended { milliseconds: u64, output: Vec<String>, failure: Option<TestFailure> },
}

/// How a `test` block went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// Its name.
    pub name: String,
    /// Where it stands in the script.
    pub place: LineColumn,
    /// How long it took.
    pub elapsed: Duration,
    /// What it printed and emitted.
    pub output: Vec<String>,
    /// Why it failed.
    pub failure: Option<TestFailure>,
}

/// Why a test failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestFailure {
    /// The code of the error.
    pub code: String,
    /// Its message.
    pub message: String,
    /// The exit code that belongs to it: 1 for what is not as expected.
    pub exit: i32,
    /// The file, line and column of the place; none where the error has no place in a script.
    pub place: Option<(String, usize, usize)>,
    /// The whole report.
    pub plain: String,
    /// The same with colours.
    pub colored: String,
}

impl TestFailure {
    fn of(report: &Diagnostic) -> Self {
        let place = report.primary.as_ref().map(|label| {
            let place = label.source.line_column(label.span.start);
            (label.source.name().to_owned(), place.line, place.column)
        });
        let shown = |color| render(report, Format::Human, Look { color, ..Look::default() });
        let expectation = matches!(report.code, "crawl::eval::assert" | "crawl::eval::expect");
        let exit = if expectation { Exit::Failed } else { Exit::of(report.code) };
        Self {
            code: report.code.to_owned(),
            message: report.message.clone(),
            exit: exit as i32,
            place,
            plain: shown(false),
            colored: shown(true),
        }
    }

    fn unended() -> Self {
        let words = "the run ended before the test did".to_owned();
        Self {
            code: "crawl::test::broken".to_owned(),
            message: words.clone(),
            exit: Exit::Runtime as i32,
            place: None,
            plain: format!("{words}\n"),
            colored: format!("{words}\n"),
        }
    }
}

/// The side that writes.
pub struct Account {
    assignment: Assignment,
    snapshots: Map<String, Value>,
    file: Mutex<File>,
    /// What the test that runs has said.
    test: Mutex<Option<Vec<String>>>,
    /// Leaves secrets out of a text that has some.
    hide: OnceLock<Hide>,
}

/// A text without its secrets; `None` where it has none.
type Hide = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Account {
    /// Opens the account that an assignment asks for.
    ///
    /// # Errors
    /// [`TestError::Io`] or [`TestError::Golden`].
    pub fn open(assignment: &Path) -> Result<Self, TestError> {
        let text = fs::read_to_string(assignment).map_err(|error| TestError::io("read", assignment, &error))?;
        let parsed: Result<Assignment, _> = serde_json::from_str(&text);
        let assignment = parsed.map_err(|error| TestError::io("read", assignment, &error.into()))?;
        let file = File::create(&assignment.account);
        let file = file.map_err(|error| TestError::io("write", &assignment.account, &error))?;
        let snapshots = snapshots::load(&assignment.snapshots)?;
        Ok(Self { assignment, snapshots, file: Mutex::new(file), test: Mutex::default(), hide: OnceLock::new() })
    }

    /// Leaves out of all that is told from here on what `hide` does.
    pub fn hide_by(&self, hide: Hide) {
        let _ = self.hide.set(hide);
    }

    /// A text without secrets.
    #[must_use]
    pub fn hidden<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.hide.get().and_then(|hide| hide(text)).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// A value without secrets.
    #[must_use]
    pub fn hidden_in(&self, value: &Value) -> Value {
        let text = |text: &str| self.hidden(text).into_owned();
        // A cookie is known as a whole.
        if value.get("httpOnly").is_some()
            && let Cow::Owned(hidden) = self.hidden(&value.to_string())
            && let Ok(hidden) = serde_json::from_str(&hidden)
        {
            return hidden;
        }
        match value {
            Value::String(own) => Value::String(text(own)),
            Value::Array(items) => items.iter().map(|item| self.hidden_in(item)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, field)| (text(name), self.hidden_in(field))).collect::<Map<_, _>>().into()
            }
            // A number that is one becomes the word that stands for it.
            Value::Number(number) => match self.hidden(&number.to_string()) {
                Cow::Borrowed(_) => value.clone(),
                Cow::Owned(hidden) => Value::String(hidden),
            },
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }

    /// A failure without secrets in its texts.
    fn discreet(&self, failure: TestFailure) -> TestFailure {
        let text = |text: &str| self.hidden(text).into_owned();
        let TestFailure { message, plain, colored, .. } = &failure;
        let (message, plain, colored) = (text(message), text(plain), text(colored));
        TestFailure { message, plain, colored, ..failure }
    }

    /// Keeps a line that a test says; `false` when none is running.
    pub fn keep(&self, line: &str) -> bool {
        let mut test = self.test.lock().unwrap_or_else(PoisonError::into_inner);
        test.as_mut().map(|said| said.push(line.to_owned())).is_some()
    }

    /// Writes a record down.
    ///
    /// # Errors
    /// What the system says.
    pub fn record(&self, data_set: Option<&str>, record: &Value) -> std::io::Result<()> {
        self.write(&Told::Record { data_set: data_set.map(str::to_owned), record: record.clone() })
    }

    /// Whether records are kept off standard output.
    #[must_use]
    pub fn records_apart(&self) -> bool {
        self.assignment.records_apart
    }

    /// The recording beside the script.
    #[must_use]
    pub fn recording(&self) -> Option<&Path> {
        self.assignment.recording.as_deref()
    }

    fn write(&self, told: &Told) -> std::io::Result<()> {
        let mut line = serde_json::to_string(told).map_err(std::io::Error::from)?;
        line.push('\n');
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())
    }
}

impl Tester for Account {
    fn wants(&self, name: &str) -> bool {
        self.assignment.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()))
    }

    fn begins(&self, name: &str, place: LineColumn) {
        *self.test.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
        // A line that cannot be written is missed by the reader: the test is told as one that did not end.
        let name = self.hidden(name).into_owned();
        let _ = self.write(&Told::Begins { name, line: place.line, column: place.column });
    }

    fn ended(&self, test: TestEnd) -> bool {
        let output = self.test.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        let milliseconds = u64::try_from(test.elapsed.as_millis()).unwrap_or(u64::MAX);
        let failure = test.failure.as_ref().map(|report| self.discreet(TestFailure::of(report)));
        let goes_on = failure.is_none() || !self.assignment.fail_fast;
        self.write(&Told::Ended { milliseconds, output, failure }).is_ok() && goes_on
    }

    fn snapshot(&self, name: &str, value: &Value) -> Comparison {
        let value = self.hidden_in(&stable(&self.assignment.folder, value));
        let known = self.snapshots.get(name);
        if self.write(&Told::Snapshot { name: name.to_owned(), value: value.clone() }).is_err() {
            return Comparison::Missing;
        }
        match known {
            _ if self.assignment.update => Comparison::Same,
            None => Comparison::Missing,
            Some(known) => match field_changes(known, &value) {
                changes if changes.is_empty() => Comparison::Same,
                changes => Comparison::Differs(changes),
            },
        }
    }
}

/// A value without what differs from run to run: the playground's address, the script's folder.
pub(super) fn stable(folder: &Path, value: &Value) -> Value {
    serde_json::from_str(&places(folder, &value.to_string())).unwrap_or_else(|_| value.clone())
}

/// What an account holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// The records in order.
    pub records: Vec<Said>,
    /// The tests in order.
    pub tests: Vec<TestReport>,
    /// The snapshots that tests asked for, as they came.
    pub snapshots: Map<String, Value>,
}

/// Reads an account as far as it was written.
#[must_use]
pub(super) fn read(text: &str) -> Contents {
    let mut read = Contents::default();
    for told in text.lines().filter_map(|line| serde_json::from_str(line).ok()) {
        match told {
            Told::Record { data_set, record } => read.records.push(Said::Record(data_set, record)),
            Told::Snapshot { name, value } => drop(read.snapshots.insert(name, value)),
            Told::Begins { name, line, column } => read.tests.push(TestReport {
                name,
                place: LineColumn { line, column },
                elapsed: Duration::ZERO,
                output: Vec::new(),
                failure: Some(TestFailure::unended()),
            }),
            Told::Ended { milliseconds, output, failure } => {
                if let Some(test) = read.tests.last_mut() {
                    let elapsed = Duration::from_millis(milliseconds);
                    *test = TestReport { elapsed, output, failure, ..test.clone() };
                }
            }
        }
    }
    read
}
