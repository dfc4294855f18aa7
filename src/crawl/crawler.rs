//! The crawler: sessions, steps and the journal behind one handle.

use std::sync::Arc;
use std::time::Duration;

use super::{
    ActRequest, ActValue, Branch, CrawlError, CrawlRequest, Host, Mode, Observation, Page, PageCache, RunStatus,
    SessionOptions, StepSummary, TabSource,
};
use crate::browser::Launch;

/// What a crawler is made with.
pub struct CrawlerConfig {
    /// Where tabs come from.
    pub tabs: Arc<dyn TabSource>,
    /// Where pages are cached; `None`: nowhere.
    pub cache: Option<Arc<dyn PageCache>>,
    /// How much the journal keeps.
    pub mode: Mode,
    /// The browser of fresh identities and of sessions that do not name one.
    pub launch: Launch,
    /// The deadline of closing hooks and of what has none of its own.
    pub timeout: Duration,
}

/// One line of `sessions()`.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionInfo {
    /// Its id.
    pub id: String,
    /// The page's address; empty before the first page.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// Its steps in this run.
    pub steps: u64,
    /// The time since it was first mentioned.
    pub age: Duration,
}

/// Runs steps in sessions. Cheap to make and to clone; no browser starts before the first step that needs one.
#[derive(Clone)]
pub struct Crawler {}

impl Crawler {
    /// A crawler without sessions.
    #[must_use]
    pub fn new(_config: CrawlerConfig) -> Self {
        todo!()
    }

    /// One call of `crawl`: in `session`, or (`None`) as a fresh identity that is closed right after.
    pub async fn crawl(
        &self,
        _branch: &Branch,
        _session: Option<&str>,
        _request: CrawlRequest,
        _host: &dyn Host,
    ) -> Result<Arc<Page>, CrawlError> {
        todo!()
    }

    /// One act in `session`, a step like any other.
    pub async fn act(
        &self,
        _branch: &Branch,
        _session: &str,
        _request: ActRequest,
        _host: &dyn Host,
    ) -> Result<ActValue, CrawlError> {
        todo!()
    }

    /// Mentions a session. The first mention in a run fixes its options; naming other values later is an error.
    pub fn declare_session(&self, _id: &str, _options: SessionOptions) -> Result<(), CrawlError> {
        todo!()
    }

    /// The options of a session that was mentioned in this run.
    #[must_use]
    pub fn session_options(&self, _id: &str) -> Option<SessionOptions> {
        todo!()
    }

    /// Closes a session: a step under way ends as `crawl::session::closed`, `on_close` hooks run, the identity is gone.
    pub async fn close(&self, _branch: &Branch, _id: &str, _host: &dyn Host) -> Result<(), CrawlError> {
        todo!()
    }

    /// Closes all sessions, hooks included. Errors of hooks are told as warnings.
    pub async fn close_all(&self, _host: &dyn Host) {
        todo!()
    }

    /// The sessions of this run, in order of first mention.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionInfo> {
        todo!()
    }

    /// Begins another run of the same program: steps that equal the last run's are answered by the journal.
    pub fn begin_run(&self) {
        todo!()
    }

    /// What this run owed to the last one so far.
    #[must_use]
    pub fn status(&self) -> RunStatus {
        todo!()
    }

    /// The steps of this run so far, in order (in plain mode the last few).
    #[must_use]
    pub fn steps(&self) -> Vec<StepSummary> {
        todo!()
    }

    /// Something observed beside pages: `make` looks, and the journal may answer with what the last run saw.
    pub fn observe<E>(
        &self,
        _branch: &Branch,
        _kind: Observation,
        _key: &str,
        _make: impl FnOnce() -> Result<serde_json::Value, E>,
    ) -> Result<serde_json::Value, E> {
        todo!()
    }
}
