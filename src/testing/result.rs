//! How a case went, and what that means for the run as a whole.

use std::path::PathBuf;
use std::time::Duration;

use super::{Difference, Judged, LiveVerdict, TestError, TestReport};
use crate::diag::Exit;

/// How a script's output compares with its golden files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Otherwise than expected.
    Failed(Vec<Difference>),
    /// Not run, for the reason in its header.
    Skipped(String),
    /// The site, the script or both changed.
    Changed(Box<Judged>),
    /// Its golden files, now rewritten or removed, did not hold what came.
    Updated(Vec<PathBuf>),
    /// Only tests of it were asked for, and not its output.
    Unasked,
    /// It could not be run.
    Broken(TestError),
}

/// A case that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// Its script, or the golden file without one.
    pub script: PathBuf,
    /// How its output compares.
    pub outcome: Outcome,
    /// Who changed, where it ran live to tell.
    pub verdict: Option<LiveVerdict>,
    /// Its tests, in order.
    pub tests: Vec<TestReport>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Outcome {
    /// Whether the run as a whole may count as passed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        !matches!(self, Self::Failed(_) | Self::Changed(_) | Self::Broken(_))
    }

    /// The exit code that belongs to it: 1 for what is not as expected, else that of the error which kept it from being
    /// compared.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Failed(differences) => differences.iter().find_map(Difference::error).unwrap_or(Exit::Failed),
            Self::Changed(_) => Exit::Failed,
            Self::Broken(TestError::Io { .. }) => Exit::Usage,
            Self::Broken(TestError::Unwritten { exit, .. }) if *exit == Exit::Browser as i32 => Exit::Browser,
            Self::Broken(TestError::Timeout { .. } | TestError::Unreached { .. } | TestError::Unwritten { .. }) => {
                Exit::Runtime
            }
            Self::Broken(TestError::Interrupted) => Exit::Interrupted,
            Self::Broken(_) => Exit::Failed,
            Self::Passed | Self::Skipped(_) | Self::Updated(_) | Self::Unasked => Exit::Ok,
        }
    }
}

impl CaseResult {
    /// A case that cannot be used.
    #[must_use]
    pub fn broken(error: TestError) -> Self {
        let script = error.path().map(PathBuf::from).unwrap_or_default();
        let name = script.display().to_string();
        Self {
            name,
            script,
            outcome: Outcome::Broken(error),
            verdict: None,
            tests: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// Whether its output and its tests are as expected.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.outcome.is_good() && self.tests.iter().all(|test| test.failure.is_none())
    }

    /// The exit codes of all that is not as it should be.
    fn exits(&self) -> impl Iterator<Item = Exit> {
        let tests = self.tests.iter().filter_map(|test| test.failure.as_ref());
        let own = (!self.outcome.is_good()).then(|| self.outcome.exit());
        own.into_iter().chain(tests.map(|failure| Exit::from_code(failure.exit).unwrap_or(Exit::Runtime)))
    }
}

/// The exit code of all cases together: that of the first error, 1 when some are not as expected, else 0.
#[must_use]
pub fn exit(results: &[CaseResult]) -> Exit {
    let exits: Vec<Exit> = results.iter().flat_map(CaseResult::exits).collect();
    let error = exits.iter().copied().find(|exit| *exit != Exit::Failed);
    error.or_else(|| exits.first().copied()).unwrap_or(Exit::Ok)
}
