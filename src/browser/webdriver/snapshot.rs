//! Baselines, waits and snapshots: one call each, and two more per frame of another origin.

use std::time::Instant;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::browser::condition::{Baseline, DomCondition};
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage::{self, Baselines, Captured, Settled};
use crate::browser::snapshot::{Snapshot, Taken};
use crate::browser::still;

use super::page::{SHORT, WebDriverTab};
use super::value::Evaluated;

/// Whether a document may stand before the browser tells of it: Firefox puts it in place as its response begins.
const SWAPS: bool = true;

/// Frames nested deeper than this are left empty.
const FRAME_DEPTH: usize = 8;

/// What Chromium calls the error page that stands where a document should be.
const ERROR_PAGE: &str = "chrome-error://chromewebdata/";

impl WebDriverTab {
    pub(super) async fn measure(&self, css: &[String], deadline: Deadline) -> Result<Vec<Baseline>, BrowserError> {
        let frame = self.frame();
        let baselines: Baselines = self.in_frame(&frame, || inpage::baseline_call(css), deadline).await?;
        baselines.into_result()
    }

    pub(super) async fn settle_page(
        &self,
        condition: Option<&DomCondition>,
        deadline: Deadline,
    ) -> Result<Taken, BrowserError> {
        let settled = self.settled(&self.context, (condition, true, true), deadline).await?;
        self.whole_snapshot(settled, deadline).await
    }

    pub(super) async fn look_at_page(&self, deadline: Deadline) -> Result<Snapshot, BrowserError> {
        let settled = self.settled(&self.context, (None, true, false), deadline).await?;
        Ok(self.whole_snapshot(settled, deadline).await?.snapshot)
    }

    /// The snapshot of a reply, with the frames that the sandbox of the page cannot read.
    async fn whole_snapshot(&self, settled: Settled, deadline: Deadline) -> Result<Taken, BrowserError> {
        let waited = settled.waited();
        let captured = settled.into_result()?;
        let snapshot = if captured.has_gaps() {
            self.fill(captured, self.context.clone(), 0, deadline).await
        } else {
            captured.into_snapshot(&mut std::iter::empty())
        };
        let shown = self.events.tracker.state().document.unreachable.is_none();
        // Firefox gives its error page the address of the page that it stands for.
        let snapshot = if shown { snapshot } else { Snapshot { url: ERROR_PAGE.to_owned(), ..snapshot } };
        Ok(Taken { snapshot, waited })
    }

    pub(super) async fn hold(&self, condition: &DomCondition, deadline: Deadline) -> Result<(), BrowserError> {
        self.settled(&self.frame(), (Some(condition), false, true), deadline).await?.into_result().map(drop)
    }

    async fn settled(
        &self,
        frame: &str,
        (condition, capture, follows): (Option<&DomCondition>, bool, bool),
        deadline: Deadline,
    ) -> Result<Settled, BrowserError> {
        let still = self.identity.no_javascript;
        loop {
            let loader = match follows {
                true => self.caught_up_with(condition, deadline).await?,
                false => String::new(),
            };
            let call = match still {
                true => inpage::still_settle_call(condition, capture),
                false => inpage::settle_call(condition, deadline.left(), capture),
            };
            let counts =
                || !follows || deadline.passed() || self.events.tracker.counts(&loader, (condition, capture), SWAPS);
            match self.try_in_sandbox(frame, &call, deadline).await? {
                Some(settled) if still && still::again(&settled, deadline).await => {}
                Some(settled) if counts() => return Ok(settled),
                Some(_) => {}
                None if deadline.passed() => return Err(self.silent("script.evaluate", deadline)),
                None => {}
            }
        }
    }

    /// Follows a page that moved on by itself, before anything is read of it; gives the loader of the document that stands.
    pub(super) async fn caught_up_with(
        &self,
        condition: Option<&DomCondition>,
        deadline: Deadline,
    ) -> Result<String, BrowserError> {
        let began = Instant::now();
        let give_up = async |before: String| self.give_up("", began, &before, deadline).await;
        self.events.tracker.caught_up(condition, SWAPS, deadline, give_up).await
    }

    /// Reads the frames that the sandbox of `context` cannot.
    fn fill(&self, captured: Captured, context: String, depth: usize, deadline: Deadline) -> BoxFuture<'_, Snapshot> {
        Box::pin(async move {
            let mut gaps = Vec::new();
            if captured.has_gaps() && depth < FRAME_DEPTH {
                for frame in self.gaps(&context, deadline).await.unwrap_or_default() {
                    gaps.push(self.frame_snapshot(frame, depth + 1, deadline).await);
                }
            }
            captured.into_snapshot(&mut gaps.into_iter())
        })
    }

    async fn frame_snapshot(&self, frame: Option<String>, depth: usize, deadline: Deadline) -> Snapshot {
        let Some(frame) = frame else { return Snapshot::default() };
        let call = inpage::settle_call(None, deadline.left(), true);
        for _ in 0..3 {
            match self.try_in_sandbox::<Settled>(&frame, &call, deadline).await {
                Ok(Some(settled)) => {
                    let Ok(captured) = settled.into_result() else { break };
                    return self.fill(captured, frame, depth, deadline).await;
                }
                Ok(None) => {}
                Err(_) => break,
            }
        }
        Snapshot::default()
    }

    /// The contexts of the frames that the snapshot of `context` left out, in its order: a window's value names its own.
    async fn gaps(&self, context: &str, deadline: Deadline) -> Option<Vec<Option<String>>> {
        let params = json!({
            "expression": format!("{}.map((frame) => frame.contentWindow)", inpage::OWNERS),
            "awaitPromise": false,
            "target": { "context": context, "sandbox": inpage::WORLD },
        });
        let within = deadline.left().min(SHORT);
        let Evaluated::Success { result } = self.call("script.evaluate", params, within).await.ok()? else {
            return None;
        };
        let Some(Value::Array(windows)) = result.value else { return None };
        Some(windows.iter().map(|window| Some(window.pointer("/value/context")?.as_str()?.to_owned())).collect())
    }
}
