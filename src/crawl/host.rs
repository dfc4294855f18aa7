//! What a step asks of whoever runs it: hooks, polled closures, computed fields; and what it tells.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::{CallSite, ClosureRef, CrawlError, Turn};
use crate::browser::{Deadline, Tab};

/// The points of LANGUAGE section 6, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HookPoint {
    /// A browser process was started for the session.
    BrowserCreated,
    /// The session's context and tab are there.
    PageContextCreated,
    /// Before a navigation.
    BeforeGoto,
    /// After it, before the baselines.
    AfterGoto,
    /// Before js; only when there is some.
    ExecutionStarted,
    /// After js.
    ExecutionEnded,
    /// After the wait, before the snapshot.
    BeforeRetrieveHtml,
    /// After css and extract; a returned string replaces the HTML.
    BeforeReturnHtml,
    /// The step failed.
    Error,
    /// The session closes.
    Close,
}

impl HookPoint {
    /// All points with the names that scripts use.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::BrowserCreated, "on_browser_created"),
        (Self::PageContextCreated, "on_page_context_created"),
        (Self::BeforeGoto, "before_goto"),
        (Self::AfterGoto, "after_goto"),
        (Self::ExecutionStarted, "on_execution_started"),
        (Self::ExecutionEnded, "on_execution_ended"),
        (Self::BeforeRetrieveHtml, "before_retrieve_html"),
        (Self::BeforeReturnHtml, "before_return_html"),
        (Self::Error, "on_error"),
        (Self::Close, "on_close"),
    ];

    /// The name that scripts use.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(point, _)| *point == self).map_or("", |(_, name)| name)
    }

    /// The point of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(point, _)| *point)
    }
}

/// The live page that a hook gets.
#[derive(Clone)]
pub struct LivePage {
    /// The session's id.
    pub session: String,
    /// The tab; `None` before there is one.
    pub tab: Option<Arc<dyn Tab>>,
    /// The turn that the hook or closure runs in: what it crawls goes through `branch.within(&page.turn)`.
    pub turn: Turn,
    /// The error, at [`HookPoint::Error`].
    pub error: Option<CrawlError>,
}

/// What the script's closures did within a step beside what the step comes to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effects {
    /// In the host's own words; `None`: nothing.
    pub did: Option<Value>,
    /// Some of it cannot be done again without them.
    pub lost: bool,
}

/// The script's side of a step. Its calls run on the thread that waits for the step, so that they may crawl themselves.
#[async_trait]
pub trait Host: Send + Sync {
    /// Whether the session has a hook at that point (so that nothing is prepared in vain).
    fn has_hook(&self, point: HookPoint, session: &str) -> bool;

    /// The fingerprint of the hooks that hold for the session, for the act key; `None`: never equal.
    fn hooks_fingerprint(&self, session: &str) -> Option<String>;

    /// Runs the hooks of that point in order; the last string returned, if any.
    async fn hook(&self, point: HookPoint, page: LivePage) -> Result<Option<String>, CrawlError>;

    /// Asks a closure condition.
    async fn poll(&self, closure: &ClosureRef, page: LivePage) -> Result<bool, CrawlError>;

    /// What a computed field of a schema compares by: its source and captured values; `None`: never equal.
    fn compute_fingerprint(&self, compute: crate::page::ComputeId) -> Option<String>;

    /// Runs css and extract, computed fields included, on the waiting thread; a computed field that runs on past the
    /// deadline is ended.
    async fn read(&self, job: ReadJob, deadline: Deadline);

    /// Whether a session may be rebuilt although that sends again what may change something on a server.
    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool;

    /// Tells a person something and waits for Enter; `false` where nobody can be asked.
    async fn pause(&self, message: &str) -> bool;

    /// Takes note of progress. Must not block.
    fn event(&self, event: Event);

    /// Begins to take note of what hooks of the session and these closures do beside the step. A `quiet` step is one that
    /// is repeated: nobody hears what they say, and variables keep their values.
    fn attend(&self, _session: &str, _closures: &[u64], _quiet: bool) {}

    /// What they did since [`Host::attend`].
    fn attended(&self) -> Effects {
        Effects::default()
    }

    /// Does the same without them, for a step that is answered; with `reading` what computed fields did too.
    async fn repeat(&self, _session: &str, _closures: &[u64], _did: &Value, _reading: bool) -> Result<(), CrawlError> {
        Ok(())
    }

    /// What the script and its user wrote: the texts of scripts, parameters, the environment. Asked for where it
    /// matters whether an address is theirs.
    fn own_texts(&self) -> Vec<String> {
        Vec::new()
    }

    /// Where the script asked for the step that this host serves; asked for by listeners alone.
    fn call_site(&self) -> Option<CallSite> {
        None
    }
}

/// The reading part of a step, handed what runs its computed fields.
pub type ReadJob = Box<dyn for<'c> FnOnce(&mut ComputeFn<'c>) + Send>;

/// Runs a computed field for a row.
pub type ComputeFn<'a> =
    dyn FnMut(crate::page::ComputeId, &serde_json::Map<String, Value>) -> Result<Value, CrawlError> + 'a;

/// Where the time of a step went.
#[derive(Debug, Clone, Default)]
pub struct StepCost {
    /// Its parts in order, with how long each took: `queue`, `open`, `navigate`, `baseline`, `js`, `wait`, `snapshot`,
    /// `parse`, `extract`; of acts `target`, `input` and `settle`, or the act by its name.
    pub parts: Vec<(&'static str, Duration)>,
    /// How many answers of the browser were waited for.
    pub round_trips: u64,
}

/// What progress displays and logs are told.
#[derive(Debug, Clone)]
pub enum Event {
    /// A step begins.
    StepStarted { step: u64, session: String, verb: String, what: String },
    /// A step ended, or was answered from the journal.
    StepEnded {
        step: u64,
        session: String,
        verb: String,
        what: String,
        url: String,
        elapsed: Duration,
        ok: bool,
        reused: bool,
        cost: StepCost,
    },
    /// Something worth a word that is no error.
    Warning { step: Option<u64>, session: Option<String>, message: String },
}
