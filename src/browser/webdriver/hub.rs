//! Hears a browser's BiDi events and hands each to the tab that it concerns.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use serde_json::value::RawValue;

use crate::browser::cdp::{CdpError, CdpSocket, EventSink};
use crate::browser::engine::Engine;

use super::event::{ContextInfo, VendorEvent};
use super::events::{CRASHED, Events, on};
use super::gecko::Window;
use super::vendor;

/// What every tab needs to hear.
const EVENTS: &[&str] = &[
    "browsingContext",
    "network.beforeRequestSent",
    "network.responseStarted",
    "network.responseCompleted",
    "network.fetchError",
    "network.authRequired",
    "log.entryAdded",
];

/// The browser's one listener: the tabs by the browsing contexts that are theirs, frames and pop-ups included.
#[derive(Default)]
pub(in crate::browser) struct Hub {
    /// Firefox's own window, where we may use it.
    window: OnceLock<Window>,
    tabs: Mutex<HashMap<String, Weak<Events>>>,
}

/// Where an event tells its browsing context.
#[derive(Deserialize)]
struct Route<'a> {
    #[serde(borrow)]
    context: Option<&'a str>,
    #[serde(borrow)]
    source: Option<Source<'a>>,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow)]
    context: Option<&'a str>,
}

impl Hub {
    /// Begins to hear the events of the browser behind `socket`.
    pub(in crate::browser) async fn join(
        socket: &CdpSocket,
        engine: Engine,
        within: Duration,
    ) -> Result<Arc<Self>, CdpError> {
        let hub = Arc::new(Self::default());
        let weak = Arc::downgrade(&hub);
        socket.listen_browser(weak);
        let _: IgnoredAny = socket.call(None, "session.subscribe", json!({ "events": EVENTS }), within).await?;
        match engine {
            Engine::Firefox => {
                if let Some(window) = Window::find(socket, within).await {
                    let _ = hub.window.set(window);
                }
            }
            // A driver may not hand them on; the lane does without.
            Engine::Chromium => {
                let extra = json!({ "events": vendor::EVENTS });
                let _ = socket.call::<IgnoredAny>(None, "session.subscribe", extra, within).await;
            }
        }
        Ok(hub)
    }

    /// Firefox's own window, where we may use it.
    pub(super) fn window(&self) -> Option<&Window> {
        self.window.get()
    }

    /// Tells `events` from now on what concerns `context`.
    pub(super) fn add(&self, context: &str, events: &Arc<Events>) {
        self.tabs().insert(context.to_owned(), Arc::downgrade(events));
    }

    /// Forgets all contexts of a tab.
    pub(super) fn remove(&self, events: &Arc<Events>) {
        let gone = Arc::downgrade(events);
        self.tabs().retain(|_, tab| !tab.ptr_eq(&gone) && tab.strong_count() > 0);
    }

    fn tabs(&self) -> MutexGuard<'_, HashMap<String, Weak<Events>>> {
        self.tabs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tab(&self, context: &str) -> Option<Arc<Events>> {
        self.tabs().get(context).and_then(Weak::upgrade)
    }

    /// Every tab once.
    fn all(&self) -> Vec<Arc<Events>> {
        let mut tabs: Vec<_> = self.tabs().values().filter_map(Weak::upgrade).collect();
        tabs.sort_by_key(Arc::as_ptr);
        tabs.dedup_by_key(|tab| Arc::as_ptr(tab));
        tabs
    }

    fn created(&self, info: &ContextInfo) {
        if let Some(tab) = info.parent.as_deref().and_then(|parent| self.tab(parent)) {
            self.add(&info.context, &tab);
        } else if let Some(tab) = info.original_opener.as_deref().and_then(|opener| self.tab(opener))
            && let Some(page) = tab.opened(&info.context, &info.url)
        {
            if let Some(params) = self.window().and_then(|window| page.manner.beyond(window, &info.context)) {
                page.socket.send(None, "script.evaluate", params);
            }
            self.add(&info.context, &page);
        }
    }

    /// The end of a request that the driver has let go of: the tab whose request it was knows it by its id.
    fn unplaced(&self, method: &str, params: &RawValue) {
        if !matches!(method, "network.fetchError" | "network.responseCompleted") {
            return;
        }
        for tab in self.all() {
            tab.take(method, params);
        }
    }

    fn vendor(&self, method: &str, event: &VendorEvent) {
        if method.ends_with("targetCrashed") {
            let tabs = self.all();
            let hit = tabs.iter().find(|tab| event.session.is_some() && tab.vendor_session() == event.session);
            if let Some(tab) = hit {
                tab.tracker.lose(CRASHED);
            }
        } else if let Some(request) = &event.params.request_id {
            for tab in self.all() {
                tab.grew(request, event.params.encoded_data_length);
            }
        } else if let Some(tab) = event.params.frame_id.as_deref().and_then(|frame| self.tab(frame)) {
            tab.asked(&event.params);
        }
    }
}

impl EventSink for Hub {
    fn event(&self, _: Option<&str>, method: &str, params: &RawValue) {
        if method.starts_with("goog:cdp.") {
            on(params, |event: VendorEvent| self.vendor(method, &event));
            return;
        }
        if method == "browsingContext.contextCreated" {
            on(params, |info: ContextInfo| self.created(&info));
            return;
        }
        on(params, |route: Route<'_>| {
            let Some(context) = route.context.or(route.source.and_then(|source| source.context)) else {
                self.unplaced(method, params);
                return;
            };
            if let Some(tab) = self.tab(context) {
                tab.take(method, params);
            }
            if method == "browsingContext.contextDestroyed" {
                self.tabs().remove(context);
            }
        });
    }

    fn gone(&self, cause: &str) {
        let tabs: Vec<_> = self.tabs().drain().collect();
        for tab in tabs.into_iter().filter_map(|(_, tab)| tab.upgrade()) {
            if let Some(listener) = &tab.manner.listener {
                listener.hearing.close();
            }
            tab.tracker.lose(cause);
        }
    }
}
