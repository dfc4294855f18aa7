//! Follows a navigation by its loader until the wished-for state, from events alone.

use std::time::{Duration, Instant};

use crate::browser::condition::{DomCondition, LastSeen};
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::{IDLE_QUIET, WaitUntil};
use crate::browser::snapshot::Landing;

use super::state::Progress;
use super::watched::Tracker;

/// How following ended.
pub(in crate::browser) enum Arrival {
    /// There, or the old document stayed.
    Landed(Landing),
    /// Not by the deadline: the lane must stop the loading.
    Late,
}

impl<L> Tracker<L> {
    /// Waits until what was asked for has reached `until`; `before` is the loader that stood when it was.
    pub(in crate::browser) async fn follow(
        &self,
        requested: &str,
        before: &str,
        until: WaitUntil,
        deadline: Deadline,
    ) -> Result<Arrival, BrowserError> {
        let began = Instant::now();
        self.state().until = until;
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        loop {
            let mut changes = self.watch();
            let progress = {
                let state = self.state();
                state.usable()?;
                state.progress(before, until)
            };
            if let Some(ended) = self.ended(progress, requested, until, began, deadline).await? {
                return Ok(Arrival::Landed(ended));
            }
            if deadline.passed() {
                return Ok(Arrival::Late);
            }
            // The tick is for what no event tells: that the deadline passed, or that a navigation never began.
            tokio::select! {
                _ = changes.changed() => {}
                _ = tick.tick() => {}
                () = tokio::time::sleep(deadline.left()) => {}
            }
        }
    }

    async fn ended(
        &self,
        progress: Progress,
        requested: &str,
        until: WaitUntil,
        began: Instant,
        deadline: Deadline,
    ) -> Result<Option<Landing>, BrowserError> {
        match progress {
            Progress::Going => return Ok(None),
            Progress::Reached if until == WaitUntil::Idle => {
                self.quiet(IDLE_QUIET, deadline).await.map_err(|error| self.timed_out(error, requested, deadline))?
            }
            Progress::Reached => {}
            Progress::Stayed => {
                let mut state = self.state();
                state.pending = None;
                let landing = state.landing.clone();
                return Ok(Some(landing.unwrap_or_else(|| state.land(requested, began))));
            }
            Progress::Failed { url, reason } => {
                let mut state = self.state();
                let shown = state.document.unreachable.is_none();
                state.landing = shown.then(|| state.land(requested, began));
                return Err(BrowserError::Navigation { url, reason });
            }
        }
        Ok(Some(self.state().land(requested, began)))
    }

    /// Where the page moved on by itself, waits until the next document has come as far as the last one had to, unless
    /// `condition` can hold of nothing but what is there. Gives the loader of the document that stands. `swaps`: the next
    /// document may stand before the browser tells of it. Where it does not come so far, a wait says so and leaves it
    /// alone; whoever came to read it has the lane `give_up`, told the loader before it.
    pub(in crate::browser) async fn caught_up<F: Future<Output = BrowserError>>(
        &self,
        condition: Option<&DomCondition>,
        swaps: bool,
        deadline: Deadline,
        give_up: impl FnOnce(String) -> F,
    ) -> Result<String, BrowserError> {
        let behind = self.state().behind(condition, swaps);
        if let Some((landed, until)) = behind
            && let Arrival::Late = self.follow("", &landed, until, deadline).await?
        {
            return Err(match condition {
                Some(_) => self.moved_on(),
                None => give_up(landed).await,
            });
        }
        Ok(self.state().document.loader.clone())
    }

    /// Whether what was seen of the document of `loader` counts, by a wait for `condition`: not where another came
    /// meanwhile. A document that is `read` so counts as landed.
    pub(in crate::browser) fn counts(
        &self,
        loader: &str,
        (condition, read): (Option<&DomCondition>, bool),
        swaps: bool,
    ) -> bool {
        let mut state = self.state();
        let counts = state.document.loader == loader && state.behind(condition, swaps).is_none();
        if counts && read {
            state.accept();
        }
        counts
    }

    /// The error of a wait that has no time left to follow a page that moved on.
    fn moved_on(&self) -> BrowserError {
        let words = format!("the page moved on by itself: {}", self.state().words());
        BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } }
    }

    /// The deadline passed: what came stays. The error that says what did not load, and in words how far it came. The
    /// `url` is empty for what the page asked for itself: the navigation under way knows where it goes.
    pub(in crate::browser) fn give_up(
        &self,
        url: &str,
        began: Instant,
        before: &str,
        deadline: Deadline,
    ) -> BrowserError {
        let mut state = self.state();
        let words = state.words();
        if state.document.loader != before && state.document.unreachable.is_none() {
            state.land(url, began);
        }
        let pending = state.pending.take().map(|pending| pending.url).unwrap_or_default();
        let known = [url, &pending, &state.document.url].into_iter().find(|url| !url.is_empty());
        late(known.unwrap_or_default(), &words, deadline)
    }

    fn timed_out(&self, error: BrowserError, url: &str, deadline: Deadline) -> BrowserError {
        match error {
            BrowserError::WaitTimeout { last } => {
                let state = self.state();
                late(if url.is_empty() { &state.document.url } else { url }, &last.words, deadline)
            }
            other => other,
        }
    }
}

/// The error for a navigation that did not end in time.
fn late(url: &str, words: &str, deadline: Deadline) -> BrowserError {
    BrowserError::NavigationTimeout { url: url.to_owned(), timeout: deadline.total(), state: words.to_owned() }
}
