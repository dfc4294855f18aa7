//! Hears of a browser's targets: which tab opened which, which crashed, which were closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::value::RawValue;

use crate::browser::cdp::EventSink;

use super::event::{TargetCreated, TargetGone};
use super::events::{Events, on};

/// The browser's own listener; one for all its tabs.
#[derive(Default)]
pub(in crate::browser) struct Watcher {
    tabs: Mutex<HashMap<String, Weak<Events>>>,
}

impl Watcher {
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
            "Target.targetCreated" => on(params, |event: TargetCreated| {
                let info = event.target_info;
                let opener = info.opener_id.as_deref().filter(|_| info.kind == "page");
                if let Some(tab) = opener.and_then(|opener| self.tab(opener)) {
                    // A pop-up's own pop-ups belong to the same tab.
                    self.add(&info.target_id, &tab);
                    tab.opened(&info.target_id);
                }
            }),
            "Target.targetCrashed" => on(params, |event: TargetGone| {
                if let Some(tab) = self.tab(&event.target_id) {
                    tab.target_gone(&event.target_id, "the page's renderer crashed");
                }
            }),
            "Target.targetDestroyed" => on(params, |event: TargetGone| {
                if let Some(tab) = self.tab(&event.target_id) {
                    tab.target_gone(&event.target_id, "the page was closed");
                }
                self.remove(&event.target_id);
            }),
            _ => {}
        }
    }

    fn gone(&self, _: &str) {}
}
