//! What `crawl test` asks of the process that runs a script: a small file beside the account that it is to write.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How a script is run for a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Where the account of records and tests is written.
    pub account: PathBuf,
    /// The snapshots beside the script.
    pub snapshots: PathBuf,
    /// The script's folder, left off paths.
    pub folder: PathBuf,
    /// Records are in a golden file of their own: they do not go to standard output as well.
    pub records_apart: bool,
    /// Snapshots are made to say what comes.
    pub update: bool,
    /// Only tests whose names contain this run.
    pub filter: Option<String>,
    /// No test runs after one that failed.
    pub fail_fast: bool,
    /// The recording whose times and random values the run sees, so that they are no change.
    pub recording: Option<PathBuf>,
}
