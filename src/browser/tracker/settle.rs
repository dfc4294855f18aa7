//! When the page has answered an act, where nothing else says what to wait for.
//!
//! A navigation that the act asked for comes first. Else the page gets its next frame, and then every request that was
//! begun since the act is waited for, with a frame after it, in which it may begin the next. Not waited for are a request
//! without an answer for longer than [`UNANSWERED`] (a long poll), and an answer that brings nothing more (a stream).

use std::time::{Duration, Instant};

use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::tab::ActMark;

use super::traffic::SILENCE;
use super::watched::Tracker;

/// How long a request that an act began may be without an answer before it is left alone, and how long all together may
/// take that follow one another.
pub(in crate::browser) const UNANSWERED: Duration = Duration::from_secs(5);

impl<L> Tracker<L> {
    /// Marks the moment before an act.
    pub(in crate::browser) fn mark_act(&self) -> Result<ActMark, BrowserError> {
        let asked = self.begin_act()?;
        Ok(ActMark { asked, moves: self.state().moves, at: Instant::now() })
    }

    /// Waits until the page has answered an act; whether it asked for a navigation. `frames` lets the page have a frame.
    pub(in crate::browser) async fn settle_act<F>(
        &self,
        (mark, settle): (&ActMark, bool),
        mut frames: impl FnMut() -> F,
        deadline: Deadline,
    ) -> Result<bool, BrowserError>
    where
        F: Future<Output = Result<bool, BrowserError>>,
    {
        let limit = Deadline::after(UNANSWERED.min(deadline.left()));
        loop {
            if self.navigated_since(mark.asked) {
                return Ok(true);
            }
            let before = Instant::now();
            frames().await?;
            if !settle || self.navigated_since(mark.asked) {
                return Ok(self.navigated_since(mark.asked));
            }
            let waited = self.requests_end(mark, limit).await?;
            // What ended within the frame may not have been shown in it.
            let stirred = self.state().traffic.last.is_some_and(|last| last > before);
            if limit.passed() || !(waited || stirred) {
                return Ok(self.navigated_since(mark.asked));
            }
        }
    }

    /// Waits until the document is about to be left, or was moved within.
    pub(in crate::browser) async fn set_out(&self, mark: &ActMark, deadline: Deadline) -> Result<(), BrowserError> {
        let setting_out = self.wait_for(|state| match state.usable() {
            Err(error) => Some(Err(error)),
            Ok(()) => (state.asked > mark.asked || state.moves > mark.moves).then_some(Ok(())),
        });
        tokio::time::timeout(deadline.left(), setting_out).await.unwrap_or(Ok(()))
    }

    /// Waits for the requests since the mark; false where there were none.
    async fn requests_end(&self, mark: &ActMark, limit: Deadline) -> Result<bool, BrowserError> {
        let mut waited = false;
        loop {
            let mut changes = self.watch();
            let wait = {
                let state = self.state();
                state.usable()?;
                if state.asked > mark.asked {
                    return Ok(true);
                }
                let own = state.traffic.in_flight.values().filter(|request| request.begun >= mark.at);
                let ends = own.map(|request| match request.arrival {
                    None => limit.instant(),
                    Some(arrival) if arrival.whole() => arrival.heard,
                    Some(arrival) => arrival.heard + SILENCE,
                });
                ends.max().map(|at| at.saturating_duration_since(Instant::now()))
            };
            let Some(wait) = wait.filter(|wait| !wait.is_zero() && !limit.passed()) else { return Ok(waited) };
            waited = true;
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(wait.min(limit.left())) => {}
            }
        }
    }
}
