//! Brings a page of this lane back that does not answer, or gives it up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::browser::cdp::{CdpError, CdpSocket};
use crate::browser::engine::Engine;
use crate::browser::inpage;

use super::events::Events;
use super::gecko::Ending;
use super::hub::Hub;
use super::page::{SHORT, WebDriverTab};
use super::vendor;

/// Firefox reports a script after a second or two.
const REPORTED: Duration = Duration::from_secs(3);

/// A page that answers within so long runs no script that would have to be ended.
const ASKED: Duration = Duration::from_millis(200);

/// How long a page that was called off may be busy with what it is there for.
const HELD: Duration = Duration::from_secs(1);

/// A page that may be stuck: what it takes to help it, apart from its tab, whose step may have ended.
struct Stuck {
    socket: CdpSocket,
    context: String,
    hub: Arc<Hub>,
    engine: Engine,
    events: Arc<Events>,
}

impl WebDriverTab {
    fn stuck(&self) -> Stuck {
        Stuck {
            socket: self.socket.clone(),
            context: self.context.clone(),
            hub: Arc::clone(&self.home.hub),
            engine: self.home.engine,
            events: Arc::clone(&self.events),
        }
    }

    /// Ends a script that runs on, so that the page answers again. Harmless when none does. A page that still does not
    /// answer is lost; where that takes its time, it is found out after this.
    pub(super) async fn unstick(&self) {
        let stuck = self.stuck();
        self.events.tracker.mend(async move { stuck.free().await }).await;
    }

    /// Stops what the page still loads; one that does not answer even then is freed.
    pub(super) async fn stop_loading(&self) {
        let stuck = self.stuck();
        self.events.tracker.mend(async move { stuck.stop_loading().await }).await;
    }

    /// Ends beside what follows what a step that was called off left running.
    pub(super) fn abandon(&self) {
        let stuck = self.stuck();
        self.events.tracker.begin_mending(async move {
            if !stuck.answers(HELD).await {
                stuck.free().await;
            }
        });
    }
}

impl Stuck {
    async fn stop_loading(&self) {
        if self.vendor("Page.stopLoading", SHORT / 10).await {
            return;
        }
        let stop = json!({
            "expression": "stop()",
            "awaitPromise": false,
            "target": { "context": self.context, "sandbox": inpage::WORLD },
        });
        let stopping = self.socket.call::<IgnoredAny>(None, "script.evaluate", stop, SHORT / 10);
        if let Err(CdpError::Silent { .. }) = stopping.await {
            self.free().await;
        }
    }

    async fn free(&self) {
        // Ending "the running script" without one would end the next: only a page that does not answer has one.
        for _ in 0..3 {
            if self.answers(ASKED).await {
                return;
            }
            if !self.socket.lives("session.status").await {
                return;
            }
            if !self.end_script().await {
                break;
            }
        }
        if !self.answers(SHORT / 10).await {
            self.events.tracker.lose("the page does not answer");
        }
    }

    /// Ends the script that keeps the page busy; false where that cannot be done.
    async fn end_script(&self) -> bool {
        if self.engine != Engine::Firefox {
            return self.vendor("Runtime.terminateExecution", SHORT / 20).await;
        }
        let Some(window) = self.hub.window() else { return self.answers(REPORTED).await };
        let begun = Instant::now();
        while begun.elapsed() < REPORTED {
            match window.end_script(&self.socket, &self.context, SHORT / 10).await {
                // It ends at its next check, which comes every second.
                Ending::Ended => return self.answers(SHORT / 5).await,
                // It may have been busy with something else, and be done.
                Ending::None if self.answers(Duration::from_millis(50)).await => return true,
                Ending::None => {}
                Ending::Unreachable => return false,
            }
        }
        false
    }

    /// Whether the page answers in time, be it that its document is leaving; a lost one has nothing to say.
    async fn answers(&self, within: Duration) -> bool {
        let probe = json!({ "expression": "0", "awaitPromise": false, "target": { "context": self.context } });
        match self.socket.call::<Value>(None, "script.evaluate", probe, within).await {
            Err(CdpError::Silent { .. }) => self.events.tracker.state().usable().is_err(),
            _ => true,
        }
    }

    async fn vendor(&self, method: &str, within: Duration) -> bool {
        let Some(session) = self.events.vendor_session() else { return false };
        vendor::ask::<IgnoredAny>(&self.socket, &session, method, json!({}), within).await.is_some()
    }
}
