//! Ends scripts that run on: of a page that does not answer, and of a step that is called off.

use std::sync::Arc;
use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::json;
use tokio::runtime::Handle;

use crate::browser::cdp::CdpSocket;

use super::events::Events;
use super::page::ChromiumTab;

/// How long a page may take that was told to stop, before it is given up.
const LAST_WAIT: Duration = Duration::from_millis(500);

/// A page that may not answer.
struct Stuck {
    socket: CdpSocket,
    session: String,
    events: Arc<Events>,
}

/// Ends the script of a step that goes away before it has heard the end of it.
pub(super) struct CalledOff<'t>(Option<&'t ChromiumTab>);

impl ChromiumTab {
    /// Ends a script that runs on, so that the page answers again. Harmless when none does. A page that still does not
    /// answer is lost, and all pages of a browser that does not.
    pub(super) async fn unstick(&self) {
        self.stuck().end().await;
    }

    /// Has the script that runs end with the step that began it, where that is called off.
    pub(super) fn ends_with_step(&self) -> CalledOff<'_> {
        CalledOff(Some(self))
    }

    fn stuck(&self) -> Stuck {
        Stuck { socket: self.socket.clone(), session: self.session.clone(), events: Arc::clone(&self.events) }
    }
}

impl CalledOff<'_> {
    /// The step heard of the end.
    pub(super) fn heard(mut self) {
        self.0 = None;
    }
}

impl Drop for CalledOff<'_> {
    fn drop(&mut self) {
        if let (Some(tab), Ok(runtime)) = (self.0, Handle::try_current()) {
            let stuck = tab.stuck();
            runtime.spawn(async move { stuck.end().await });
        }
    }
}

impl Stuck {
    async fn end(&self) {
        // `terminateExecution` without a running script would end the next one: only a page that does not answer has one.
        for round in 0..3 {
            if self.responds(Duration::from_millis(100)).await {
                return;
            }
            if round == 0 && !self.socket.lives("Browser.getVersion").await {
                return;
            }
            let ending = self.socket.call::<IgnoredAny>(
                Some(&self.session),
                "Runtime.terminateExecution",
                json!({}),
                Duration::from_millis(250),
            );
            let _ = ending.await;
        }
        if !self.responds(LAST_WAIT).await {
            self.events.tracker.lose("the page does not answer");
        }
    }

    async fn responds(&self, within: Duration) -> bool {
        match self.socket.begin(Some(&self.session), "Runtime.evaluate", json!({ "expression": "0" })) {
            Ok(probe) => probe.wait(within).await.is_ok() || self.events.state().usable().is_err(),
            Err(_) => true,
        }
    }
}
