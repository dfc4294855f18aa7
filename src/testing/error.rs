//! Why a case could not be run; a case that ran and differs is no error but an outcome.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A case that cannot be found, read or run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TestError {
    /// A file could not be read, written or started.
    #[error("cannot {action} `{}`: {reason}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A golden file where a script was asked for.
    #[error("`{}` is a golden file, not a script", path.display())]
    NoScript {
        /// The golden file.
        path: PathBuf,
        /// The script that it belongs to.
        script: PathBuf,
    },
    /// A golden file whose script is gone.
    #[error("`{}` belongs to no script", path.display())]
    Orphan {
        /// The golden file.
        path: PathBuf,
    },
    /// A header line that cannot be meant as it stands.
    #[error("`{}` line {line}: {reason}", path.display())]
    Header {
        /// The script.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A golden exit code that is no number.
    #[error("`{}` holds no exit code", path.display())]
    ExitCode {
        /// The golden file.
        path: PathBuf,
    },
    /// A golden file that cannot be read as what it should be.
    #[error("`{}` line {line}: {reason}", path.display())]
    Golden {
        /// The golden file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A recording that cannot be read.
    #[error("{reason}")]
    Recording {
        /// What is wrong with it.
        reason: String,
    },
    /// A run as it should be that its recording does not give again.
    #[error("it cannot be recorded: over its recording it gives something else\n{differences}")]
    Unsteady {
        /// What else, in lines.
        differences: String,
    },
    /// A run that failed by its call, its machine or its recording, which golden files are not made to say.
    #[error("the golden files stay as they are: what ended the run says nothing of the script\n{}", failure.trim_end())]
    Unwritten {
        /// The run's exit code.
        exit: i32,
        /// What the run told of it.
        failure: String,
        /// What to do about it.
        help: String,
    },
    /// A live run that did not come to the site.
    #[error("the site was not reached, so that nothing can be told of it\n{}", failure.trim_end())]
    Unreached {
        /// What the run told of it.
        failure: String,
    },
    /// The case did not end in time and was stopped.
    #[error("the case did not end within {} s\n{stdout}{stderr}", timeout.as_secs())]
    Timeout {
        /// How long it was given.
        timeout: Duration,
        /// The last lines that it had printed.
        stdout: String,
        /// What it had written to standard error.
        stderr: String,
    },
    /// The run of cases was to end before this one had.
    #[error("the case was interrupted")]
    Interrupted,
}

impl TestError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Unwritten { help, .. } => return Some(help.clone()),
            Self::NoScript { script, .. } => return Some(format!("run its script: `{}`", script.display())),
            Self::Orphan { .. } => Some("delete it, or name it like its script"),
            Self::Recording { .. } => Some("delete it, and `crawl test --record` makes it again"),
            Self::Unsteady { .. } => {
                Some("does it read a file that it wrote itself, or something else that changes from run to run?")
            }
            Self::ExitCode { .. } => Some("write one number, as the update does"),
            Self::Golden { .. } => Some("delete it, and `crawl test --update` writes it again"),
            _ => None,
        };
        help.map(str::to_owned)
    }

    /// The file that it is about.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Io { path, .. }
            | Self::NoScript { path, .. }
            | Self::Orphan { path }
            | Self::Header { path, .. }
            | Self::ExitCode { path }
            | Self::Golden { path, .. } => Some(path),
            Self::Timeout { .. }
            | Self::Recording { .. }
            | Self::Unsteady { .. }
            | Self::Unreached { .. }
            | Self::Unwritten { .. }
            | Self::Interrupted => None,
        }
    }

    /// The line in it, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Header { line, .. } | Self::Golden { line, .. } => Some(*line),
            _ => None,
        }
    }

    pub(super) fn io(action: &'static str, path: &Path, source: &io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), reason: source.to_string() }
    }
}
