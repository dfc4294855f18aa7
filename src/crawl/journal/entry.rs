//! What the journal keeps of one step.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::StepKeys;
use serde_json::Value;

use crate::browser::{Cookie, OriginStorage};
use crate::crawl::{ActRequest, ActValue, BranchPath, CrawlError, CrawlRequest, Page, Verb};

/// How much the journal keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The last few summaries alone, so that memory stays flat; an archive, where there is one, gets everything.
    #[default]
    Plain,
    /// Everything, so that a later run can reuse it (REPL and watch).
    Keep,
}

/// Which session a step belongs to, told apart the same way in every run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SessionKey {
    /// A session with an id.
    Named(String),
    /// The fresh identity of a branch's so-manieth step outside any session.
    Fresh(BranchPath, u64),
}

/// A lane: one session's steps on one branch.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The branch.
    pub branch: BranchPath,
    /// The session.
    pub session: SessionKey,
}

/// What a step came to.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A page.
    Page(Arc<Page>),
    /// An act's value.
    Value(ActValue),
    /// Its error.
    Failed(Arc<CrawlError>),
}

impl Outcome {
    /// A failure as it is kept: what the script threw is gone with the call that it threw it in.
    #[must_use]
    pub fn failed(error: &CrawlError) -> Self {
        let script = error.script.as_ref().map(|_| thrown());
        Self::Failed(Arc::new(CrawlError { script, ..error.clone() }))
    }
}

/// Stands for what a script threw.
struct Thrown;

/// What an error has of what the script threw once that is gone.
pub(super) fn thrown() -> Arc<dyn std::any::Any + Send + Sync> {
    Arc::new(Thrown)
}

/// What was called, so that it can be done again.
#[derive(Debug, Clone)]
pub enum Call {
    /// A `crawl`, with the absolute address that its `url` was resolved to.
    Crawl(Box<CrawlRequest>),
    /// An act on the page or the identity.
    Act(Box<ActRequest>),
    /// The closing of the session.
    Close,
    /// By another process: the run that takes the step again says what it calls.
    Recalled,
}

/// An identity as it was right before a navigation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Before {
    /// Its cookies.
    pub cookies: Vec<Cookie>,
    /// Its local storage.
    pub storage: Vec<OriginStorage>,
}

/// After which step a session's tab stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stand {
    /// Before its first step.
    #[default]
    Untouched,
    /// Right after the entry of that stamp.
    After(u64),
    /// Somewhere else: a step touched the page and failed.
    Unknown,
}

/// One step that ended.
#[derive(Debug, Clone)]
pub struct Entry {
    /// A number that no other step of any run has; an entry that is reused keeps it.
    pub stamp: u64,
    /// The number of the run in which it ran live; an entry that is reused keeps it.
    pub run: u64,
    /// It was asked to run live again.
    pub stale: bool,
    /// Its number within its run.
    pub seq: u64,
    /// Its number within the run that was recalled, for what came from there.
    pub origin: Option<u64>,
    /// Its lane.
    pub place: Place,
    /// Its number in the lane, from 0.
    pub ordinal: u64,
    /// What it did.
    pub verb: Verb,
    /// The address, or what else says what it was about.
    pub what: String,
    /// What it compares by.
    pub keys: StepKeys,
    /// The page before css and extract; present as soon as the acting part went well.
    pub base: Option<Arc<Page>>,
    /// What it came to.
    pub outcome: Outcome,
    /// What was called.
    pub call: Call,
    /// The identity before its navigation, if it navigated.
    pub before: Option<Before>,
    /// The identity after it, if it sent something and an archive keeps it: what was sent need not be so again for a step
    /// that leaves the page.
    pub after: Option<Before>,
    /// What its page sent to servers by methods that may change something there.
    pub sent: Vec<String>,
    /// What the script's closures did in it.
    pub effects: Option<Value>,
    /// What came right after it and is no part of the history, though it led on from here.
    pub aside: Vec<Aside>,
}

/// A step that went well in a dialogue's piece that failed: nothing answers for it, and it is done again with the others.
#[derive(Debug, Clone)]
pub struct Aside {
    /// The piece.
    pub piece: u64,
    /// The step.
    pub entry: Arc<Entry>,
}

/// Steps of this run that are dropped from the history.
#[derive(Debug, Clone)]
pub struct Omitted {
    /// Their numbers.
    pub steps: RangeInclusive<u64>,
    /// The piece as whose [`Aside`]s those that went well stay, if they do.
    pub aside: Option<u64>,
}

impl Entry {
    /// The step and what is done again after it.
    pub fn with_asides(self: &Arc<Self>) -> impl Iterator<Item = Arc<Self>> {
        std::iter::once(self).chain(self.aside.iter().map(|aside| &aside.entry)).map(Arc::clone)
    }

    /// Whether the acting part failed; a step that failed in its reading alone can be read again.
    #[must_use]
    pub fn act_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_)) && self.base.is_none()
    }

    /// Whether something that it saved is gone.
    #[must_use]
    pub fn lacks_files(&self) -> bool {
        match &self.outcome {
            Outcome::Page(page) => page.downloads.iter().flatten().any(|saved| !saved.path.exists()),
            Outcome::Value(ActValue::Value(saved)) if self.verb.name() == "download" => {
                saved["path"].as_str().is_some_and(|path| !std::path::Path::new(path).exists())
            }
            _ => false,
        }
    }

    /// Whether the step closed the session.
    #[must_use]
    pub fn closes(&self) -> bool {
        matches!(self.call, Call::Close)
    }

    /// Whether a session can be rebuilt from here on: it navigated, and the identity before that is known.
    #[must_use]
    pub fn restarts(&self) -> bool {
        self.before.is_some()
    }
}

/// What a script may observe beside pages; the journal keeps what it saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Observation {
    /// The clock: seen again as it was, as long as the run follows the last one.
    Time,
    /// A random value: seen again as it was, as long as the run follows the last one.
    Random,
    /// An environment variable: always looked at anew.
    Environment,
    /// A file: always read anew.
    File,
    /// A file of cookies and storage: read anew, but in a replay.
    State,
    /// The built-in site's address: one for the whole run.
    Site,
}

impl Observation {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Time, "time"),
        (Self::Random, "random"),
        (Self::Environment, "environment"),
        (Self::File, "file"),
        (Self::State, "state"),
        (Self::Site, "site"),
    ];

    /// Its name, for archives.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
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
    /// The page before its reading, also of a step whose reading failed; `None` in plain mode.
    pub base: Option<Arc<Page>>,
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
    /// Steps that the last run did not take, where that answers alone.
    pub unknown: u64,
    /// Steps that ran.
    pub live: u64,
    /// Why the first of them had to; `None` in a first run.
    pub why: Option<String>,
    /// Why sessions were rebuilt, one sentence each.
    pub rebuilt: Vec<String>,
}
