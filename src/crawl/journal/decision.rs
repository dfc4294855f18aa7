//! What the journal says of a step that begins, and what it is told when it ends.

use std::sync::Arc;
use std::time::Duration;

use super::{Before, Call, Entry, Outcome, Place, StepKeys};
use serde_json::Value;

use crate::crawl::words::quoted;
use crate::crawl::{CrawlError, Page, Trouble, Verb};

/// How much runs live again although it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Each session's steps from the first that ran live when something last did.
    Latest,
    /// Everything, with identities as they were before the first run.
    All,
}

/// What becomes of a step.
#[derive(Debug)]
pub enum Decision {
    /// Known: its outcome is the entry's.
    Reuse(Arc<Entry>),
    /// Known but for its reading: the entry's page is read anew, then [`Journal::reread`].
    Reread(Arc<Entry>),
    /// It runs, once the session stands where `Resume` says.
    Live(Resume),
    /// The last run answers alone, and did not do it.
    Unknown(Unknown),
}

/// What a step comes to that the last run did not do, where that answers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// The run ends there.
    Ends,
    /// The step fails.
    Fails,
}

/// A step that the last run did not do.
#[derive(Debug)]
pub struct Unknown {
    /// What becomes of it.
    pub beyond: Beyond,
    /// How it differs, in words: `changed: url`.
    pub why: String,
    /// What the last run did in its place.
    pub old: Option<Arc<Entry>>,
}

/// Where the session must stand before a live step.
#[derive(Debug)]
pub enum Resume {
    /// Where it is: its last step ran live too.
    AsIs,
    /// Right after the last of these steps of its own, all of them reused; `old` is what stood in this step's place.
    After {
        /// The session's steps of this run.
        done: Vec<Arc<Entry>>,
        /// The last run's step of the same ordinal.
        old: Option<Arc<Entry>>,
    },
}

/// A step's place in the journal, handed out when it begins.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its number within the run, from 1.
    pub seq: u64,
    /// Its number over all runs.
    pub stamp: u64,
    /// Its lane.
    pub place: Place,
    /// Its number in the lane.
    pub ordinal: u64,
    /// What it does.
    pub verb: Verb,
    /// Part of another step's turn: listed, never reused.
    pub nested: bool,
}

/// What is recorded of a step that ran.
#[derive(Debug)]
pub struct Finished {
    /// What it compares by.
    pub keys: StepKeys,
    /// The page before its reading.
    pub base: Option<Arc<Page>>,
    /// What it came to.
    pub outcome: Outcome,
    /// What was called.
    pub call: Call,
    /// The identity before its navigation.
    pub before: Option<Before>,
    /// The identity after it, where that is kept.
    pub after: Option<Before>,
    /// What its page sent to servers by methods that may change something there.
    pub sent: Vec<String>,
    /// What the script's closures did in it.
    pub effects: Option<Value>,
    /// It did something beside reading.
    pub acts: bool,
    /// The session's id, for listings.
    pub session: String,
    /// The address, or what else says what it was about.
    pub what: String,
    /// The call as written.
    pub text: Option<String>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Unknown {
    /// The error of the step.
    pub(in crate::crawl) fn error(&self, session: &str, verb: Verb, what: &str) -> CrawlError {
        if self.beyond == Beyond::Ends {
            let message = format!("session `{session}` takes a step that the last run did not take");
            let mut error = CrawlError::new("crawl::interrupted", message);
            error.trouble = Trouble::Interrupted;
            return error;
        }
        let call = |verb: Verb, what: &str| format!("{} {what}", verb.name()).trim_end().to_owned();
        let called = call(verb, what);
        let message = format!("the recording does not have this step of session {}: it {}", quoted(session), self.why);
        let error = CrawlError::new("crawl::replay::unknown_step", message)
            .note(format!("the step: `{called}`"))
            .help("record the run anew if the script is meant to do this");
        match self.old.as_deref().filter(|old| (old.verb, old.what.as_str()) != (verb, what)) {
            Some(old) => error.note(format!("recorded in its place: `{}`", call(old.verb, &old.what))),
            None => error,
        }
    }
}
