//! Brings a page back that does not answer, or gives it up.

use std::sync::Arc;
use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::cdp::CdpSocket;

use super::events::Events;
use super::page::ChromiumTab;

/// How long a page may take that was told to stop, before it is given up.
const LAST_WAIT: Duration = Duration::from_millis(500);

/// How long a document that is to be left may do nothing else than run its scripts.
const HELD: Duration = Duration::from_secs(1);

/// A page that may be stuck: what it takes to help it, apart from its tab, whose step may have ended.
struct Stuck {
    socket: CdpSocket,
    session: String,
    events: Arc<Events>,
}

impl Stuck {
    fn page(events: &Arc<Events>) -> Self {
        Self { socket: events.socket.clone(), session: events.session.clone(), events: Arc::clone(events) }
    }
}

impl Events {
    /// Ends a script that runs on in a page that nobody waits for; one that still does not answer is lost.
    pub(super) async fn free(self: &Arc<Self>) {
        Stuck::page(self).free().await;
    }
}

impl ChromiumTab {
    fn stuck(&self) -> Stuck {
        Stuck::page(&self.events)
    }

    /// Ends a script that runs on, so that the page answers again. Harmless when none does. A page that still does not
    /// answer is lost, and all pages of a browser that does not; where that takes its time, it is found out after this.
    pub(super) async fn unstick(&self) {
        let stuck = self.stuck();
        self.events.tracker.mend(async move { stuck.free().await }).await;
    }

    /// The same where a page was to be left: the document of the loader `before`. Its scripts would keep the next
    /// navigation from leaving too: where it stands and does not answer, it is lost. What came meanwhile is freed.
    pub(super) async fn unstick_from(&self, before: &str) {
        let (stuck, before) = (self.stuck(), before.to_owned());
        let helping = async move {
            let stands = || stuck.events.state().document.loader == before;
            match stands() && !stuck.responds(HELD).await && stuck.lives().await && stands() {
                true => stuck.events.tracker.lose("the page's scripts keep it from being left"),
                false => stuck.free().await,
            }
        };
        self.events.tracker.mend(helping).await;
    }

    /// Ends beside what follows what a step that was called off left running: a page that is busy with what it is there for
    /// has longer than one that kept a step past its deadline.
    pub(super) fn abandon(&self) {
        let stuck = self.stuck();
        self.events.tracker.begin_mending(async move {
            if !stuck.responds(HELD).await {
                stuck.free().await;
            }
        });
    }

    /// Whether the page answers in time; a lost one has nothing to say.
    pub(super) async fn responds(&self, within: Duration) -> bool {
        self.stuck().responds(within).await
    }
}

impl Stuck {
    async fn free(&self) {
        // `terminateExecution` without a running script would end the next one: only a page that does not answer has one.
        for round in 0..3 {
            if self.responds(Duration::from_millis(100)).await {
                return;
            }
            if round == 0 && !self.lives().await {
                return;
            }
            if self.socket.is_stopped() {
                break;
            }
            let limit = Duration::from_millis(250);
            let ending =
                self.socket.call::<IgnoredAny>(Some(&self.session), "Runtime.terminateExecution", json!({}), limit);
            let _ = ending.await;
        }
        if !self.responds(LAST_WAIT).await {
            self.events.tracker.lose("the page does not answer");
        }
    }

    /// Whether the browser does; all its pages are lost when not.
    async fn lives(&self) -> bool {
        self.socket.lives("Browser.getVersion").await
    }

    async fn responds(&self, within: Duration) -> bool {
        match self.socket.begin(Some(&self.session), "Runtime.evaluate", json!({ "expression": "0" })) {
            Ok(probe) => probe.wait(within).await.is_ok() || self.events.state().usable().is_err(),
            Err(_) => true,
        }
    }
}
