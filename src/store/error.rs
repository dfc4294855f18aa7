//! What can go wrong with files.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A kind of SQLite file of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Pages kept from run to run.
    Cache,
    /// What a run was: its recording, its journal, its capsule.
    Cassette,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cache => "cache",
            Self::Cassette => "cassette",
        })
    }
}

/// A failure to read or keep something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("cannot {action} `{}`: {reason}", path.display())]
    Io {
        /// What was tried: `write`, `create`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is there, but is not what it should be.
    #[error("`{}` is not a readable {kind}: {reason}", path.display())]
    Damaged {
        /// What it should be.
        kind: FileKind,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file was written by a later version of the program.
    #[error("`{}` was written by a newer crawl (layout {found}, this one knows {known})", path.display())]
    Newer {
        /// What it is.
        kind: FileKind,
        /// The file.
        path: PathBuf,
        /// The file's layout.
        found: i64,
        /// The latest layout that this program reads.
        known: i64,
    },
    /// The database refused for another reason: it stayed locked, the disk is full.
    #[error("cannot use `{}`: {reason}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// A value that cannot be kept.
    #[error("cannot keep the value: {reason}")]
    Value {
        /// Why not.
        reason: String,
    },
    /// No format has that ending.
    #[error("`{}` has no known ending", path.display())]
    UnknownFormat {
        /// The path as given.
        path: PathBuf,
        /// A known ending that the user may have meant.
        suggestion: Option<String>,
    },
    /// A data set's name that cannot name a file or table.
    #[error("`{name}` cannot name a data set: {reason}")]
    DataSetName {
        /// The name as given.
        name: String,
        /// Why not.
        reason: String,
    },
    /// The reader of standard output went away; the run ends quietly.
    #[error("the reader of the output closed it")]
    BrokenPipe,
}

impl StoreError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Damaged { kind: FileKind::Cache, path, .. } => Some(format!(
                "delete `{}`, or name another file with the environment variable `CRAWL_CACHE`",
                path.display()
            )),
            Self::Damaged { kind: FileKind::Cassette, .. } => {
                Some("take another copy of it, or record the run again with `crawl run --record`".to_owned())
            }
            Self::Newer { kind: FileKind::Cache, .. } => {
                Some("update crawl, or name another file with the environment variable `CRAWL_CACHE`".to_owned())
            }
            Self::Newer { kind: FileKind::Cassette, .. } => {
                Some("update crawl, or record the run again with `crawl run --record`".to_owned())
            }
            Self::UnknownFormat { suggestion: Some(ending), .. } => Some(format!("did you mean `{ending}`?")),
            Self::UnknownFormat { suggestion: None, .. } => {
                let endings: Vec<String> = super::ENDINGS.iter().map(|ending| format!("`.{ending}`")).collect();
                Some(format!("known endings: {}", endings.join(", ")))
            }
            Self::DataSetName { .. } => Some("use letters, digits, `_` and `-`".to_owned()),
            Self::Io { .. } | Self::Database { .. } | Self::Value { .. } | Self::BrokenPipe => None,
        }
    }

    /// The error of a file operation.
    pub(super) fn io(action: &'static str, path: &Path, source: &io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), reason: reason(action, source) }
    }
}

/// What the system said, without the name of a temporary file that nobody knows.
fn reason(action: &str, source: &io::Error) -> String {
    let text = source.to_string();
    let own = text.split(" at path \"").next().unwrap_or(&text);
    match source.kind() {
        io::ErrorKind::NotFound if action == "read" => "there is no such file".to_owned(),
        io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
        _ => own.to_owned(),
    }
}
