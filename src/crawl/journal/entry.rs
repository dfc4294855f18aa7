//! What the journal keeps of one step.

use std::sync::Arc;
use std::time::Duration;

use crate::crawl::{ActValue, BranchPath, Page, Verb};

/// How much the journal keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The last few summaries alone, so that memory stays flat.
    #[default]
    Plain,
    /// Everything, so that a later run can reuse it (REPL and watch).
    Keep,
}

/// What a step came to.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A page.
    Page(Arc<Page>),
    /// An act's value.
    Value(ActValue),
    /// The code and message of its error.
    Failed(&'static str, String),
}

/// What a script may observe beside pages; the journal keeps what it saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Observation {
    /// The clock: seen again as it was, as long as the run follows the last one.
    Time,
    /// A random value: seen again as it was, as long as the run follows the last one.
    Random,
    /// An environment variable: always looked at anew.
    Environment,
    /// A file: always read anew.
    File,
}

/// One line of `:steps`.
#[derive(Debug, Clone)]
pub struct StepSummary {
    /// Its number within the run, from 1.
    pub seq: u64,
    /// The branch.
    pub branch: BranchPath,
    /// The session's id; `~…` for a fresh identity.
    pub session: String,
    /// Its number within the session and branch, from 0; nested steps share the one they are nested in.
    pub ordinal: u64,
    /// What it did.
    pub verb: Verb,
    /// The address, or what else says what it was about.
    pub what: String,
    /// The call as the script wrote it.
    pub text: Option<String>,
    /// Its outcome; `None` in plain mode.
    pub outcome: Option<Outcome>,
    /// The code of its error.
    pub error: Option<&'static str>,
    /// How long it took.
    pub elapsed: Duration,
    /// Answered by the journal.
    pub reused: bool,
    /// Part of another step's turn.
    pub nested: bool,
}

/// What a run owes to the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunStatus {
    /// Steps answered by the journal, those with a changed reading included.
    pub reused: u64,
    /// Of these, steps whose stored snapshot was read anew.
    pub reread: u64,
    /// Steps that ran.
    pub live: u64,
    /// Why sessions were rebuilt, one sentence each.
    pub rebuilt: Vec<String>,
}
