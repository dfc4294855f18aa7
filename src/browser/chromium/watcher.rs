//! Hears of a browser's targets: which tab opened which, which crashed, which were closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::json;
use serde_json::value::RawValue;

use crate::browser::cdp::{CdpSocket, EventSink};

use super::event::{Attached, TargetGone};
use super::events::{Events, on};

/// The browser's own listener; one for all its tabs.
pub(in crate::browser) struct Watcher {
    socket: CdpSocket,
    tabs: Mutex<HashMap<String, Weak<Events>>>,
    /// A page of each browser context, for pop-ups that are not told who opened them.
    contexts: Mutex<HashMap<String, Weak<Events>>>,
}

impl Watcher {
    /// Begins to hear of the targets of the browser behind `socket`. New pages wait until they are told to run.
    pub(in crate::browser) fn join(socket: &CdpSocket) -> Arc<Self> {
        let watcher = Arc::new(Self { socket: socket.clone(), tabs: Mutex::default(), contexts: Mutex::default() });
        let weak = Arc::downgrade(&watcher);
        socket.listen_browser(weak);
        let pages = json!([{ "type": "page" }]);
        socket.send(None, "Target.setDiscoverTargets", json!({ "discover": true, "filter": pages }));
        let wait = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": pages });
        socket.send(None, "Target.setAutoAttach", wait);
        watcher
    }

    /// Pop-ups in `context` without an opener belong to `events` from now on.
    pub(super) fn settle(&self, context: &str, events: &Arc<Events>) {
        let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        contexts.retain(|_, page| page.strong_count() > 0);
        contexts.insert(context.to_owned(), Arc::downgrade(events));
    }

    /// The next page in `context` is our own.
    pub(super) fn unsettle(&self, context: &str) {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner).remove(context);
    }

    /// A page came to be and waits: a pop-up gets its opener's identity before it runs, all others just run.
    fn attached(&self, event: Attached) {
        let (session, info) = (event.session_id, event.target_info);
        if !event.waiting_for_debugger {
            return;
        }
        let opener = info.opener_id.as_deref().and_then(|opener| self.tab(opener)).or_else(|| {
            let contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
            contexts.get(info.browser_context_id.as_deref()?)?.upgrade()
        });
        match opener.filter(|_| info.kind == "page").and_then(|tab| tab.opened(&info.target_id, &session)) {
            Some(page) => self.add(&info.target_id, &page),
            None => {
                self.socket.send(Some(&session), "Runtime.runIfWaitingForDebugger", json!({}));
                self.socket.send(None, "Target.detachFromTarget", json!({ "sessionId": session }));
            }
        }
    }

    /// Tells `events` from now on what concerns `target`.
    pub(super) fn add(&self, target: &str, events: &Arc<Events>) {
        let mut tabs = self.tabs.lock().unwrap_or_else(PoisonError::into_inner);
        tabs.insert(target.to_owned(), Arc::downgrade(events));
    }

    /// Forgets a target.
    pub(super) fn remove(&self, target: &str) {
        self.tabs.lock().unwrap_or_else(PoisonError::into_inner).remove(target);
    }

    fn tab(&self, target: &str) -> Option<Arc<Events>> {
        self.tabs.lock().unwrap_or_else(PoisonError::into_inner).get(target).and_then(Weak::upgrade)
    }
}

impl EventSink for Watcher {
    fn event(&self, _: Option<&str>, method: &str, params: &RawValue) {
        match method {
            "Target.attachedToTarget" => on(params, |event: Attached| self.attached(event)),
            "Target.targetCrashed" => on(params, |event: TargetGone| {
                if let Some(tab) = self.tab(&event.target_id) {
                    tab.target_gone(&event.target_id, "the page's renderer crashed");
                }
            }),
            "Target.targetDestroyed" => on(params, |event: TargetGone| {
                if let Some(tab) = self.tab(&event.target_id) {
                    tab.target_gone(&event.target_id, crate::browser::tab::PAGE_CLOSED);
                }
                self.remove(&event.target_id);
            }),
            _ => {}
        }
    }

    fn gone(&self, _: &str) {}
}
