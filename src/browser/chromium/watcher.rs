//! Hears of a browser's targets: which tab opened which, which crashed, which were closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::json;
use serde_json::value::RawValue;

use crate::browser::cdp::{CdpSocket, EventSink, FRAME};

use super::event::{Attached, Detached, TargetGone};
use super::events::{Events, on};
use super::manner::Manner;
use super::worker::{self, Worker};

/// The browser's own listener; one for all its tabs.
pub(in crate::browser) struct Watcher {
    socket: CdpSocket,
    tabs: Mutex<HashMap<String, Weak<Events>>>,
    /// A page of each browser context, for pop-ups that are not told who opened them.
    contexts: Mutex<HashMap<String, Weak<Events>>>,
    /// Workers by their sessions.
    workers: Mutex<HashMap<String, Arc<Worker>>>,
}

impl Watcher {
    /// Begins to hear of the targets of the browser behind `socket`. New pages wait until they are told to run.
    pub(in crate::browser) fn join(socket: &CdpSocket) -> Arc<Self> {
        let watcher = Arc::new(Self {
            socket: socket.clone(),
            tabs: Mutex::default(),
            contexts: Mutex::default(),
            workers: Mutex::default(),
        });
        let weak = Arc::downgrade(&watcher);
        socket.listen_browser(weak);
        let pages = json!([{ "type": "page" }]);
        socket.send(None, "Target.setDiscoverTargets", json!({ "discover": true, "filter": pages }));
        watcher.wait_for(&["page"]);
        watcher
    }

    /// New targets of these kinds wait until they are told to run.
    fn wait_for(&self, kinds: &[&str]) {
        let filter: Vec<_> = kinds.iter().map(|kind| json!({ "type": kind })).collect();
        let wait = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": filter });
        self.socket.send(None, "Target.setAutoAttach", wait);
    }

    /// From now on workers wait too: there is an identity that may not ask for everything.
    pub(super) fn mind_workers(&self) {
        self.wait_for(&[&["page"], worker::KINDS].concat());
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
        if worker::KINDS.contains(&info.kind.as_str()) {
            match self.manner_in(info.browser_context_id.as_deref()) {
                Some(manner) => {
                    if let Some(listener) = manner.listener.as_ref().filter(|_| info.kind == worker::SERVICE) {
                        listener.hearing.missed("service workers are bypassed: what they ask for is not recorded");
                    }
                    let worker = Worker::mind(&self.socket, &session, &info.kind, &manner);
                    self.workers.lock().unwrap_or_else(PoisonError::into_inner).insert(session, worker);
                }
                // One that is left before it began never would.
                None => self.socket.send(Some(&session), "Runtime.runIfWaitingForDebugger", json!({})),
            }
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

    /// The ways of the identity of a browser context, where they concern workers.
    fn manner_in(&self, context: Option<&str>) -> Option<Arc<Manner>> {
        let contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = context.and_then(|context| contexts.get(context)).and_then(Weak::upgrade);
        // A profile's pages are in the browser's own context, and no others are.
        let of_profile = || {
            let tabs = self.tabs.lock().unwrap_or_else(PoisonError::into_inner);
            tabs.values().filter_map(Weak::upgrade).find(|page| page.is_of_profile())
        };
        known.or_else(of_profile).map(|page| Arc::clone(&page.manner)).filter(|manner| manner.minds_workers())
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
            "Target.detachedFromTarget" => on(params, |event: Detached| {
                self.socket.give_up(&event.session_id, FRAME);
                self.workers.lock().unwrap_or_else(PoisonError::into_inner).remove(&event.session_id);
            }),
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
