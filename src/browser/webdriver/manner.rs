//! What all pages of an identity have in common, and the user context that they are in.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::browser::block::Blocking;
use crate::browser::cdp::CdpSocket;
use crate::browser::deadline::Deadline;
use crate::browser::emulation::Credentials;
use crate::browser::engine::Engine;
use crate::browser::family::Family;
use crate::browser::identity::Identity;
use crate::browser::wire::{Answers, Wire};

use super::events::Events;
use super::gecko::Window;
use super::wire::Listener;

/// The browser's own user context, which a profile folder keeps.
pub(super) const DEFAULT: &str = "default";

/// The ways of an identity, the same for all its pages.
pub(super) struct Manner {
    pub(super) blocking: Blocking,
    /// What sites are told, or the proxy: the protocol does not tell which of them asks.
    pub(super) auth: Option<Credentials>,
    pub(super) family: Family,
    /// What answers in the network's place.
    pub(super) answers: Option<Arc<dyn Answers>>,
    /// Who hears of the requests.
    pub(super) listener: Option<Arc<Listener>>,
    /// What the standard cannot say of a page.
    identity: Identity,
    /// What sites may do without asking, where that is said to each of them as a page goes there.
    permissions: Vec<String>,
    /// The origins that were told so.
    permitted: Mutex<HashSet<String>>,
}

impl Manner {
    /// The ways of `identity`.
    pub(super) fn of(socket: &CdpSocket, wire: &Wire, identity: &Identity, engine: Engine) -> Arc<Self> {
        let (answers, listener) = match wire {
            Wire::Open => (None, None),
            Wire::Heard(ear) => (None, Some(Listener::new(socket, ear))),
            Wire::Answered(answers) => (Some(Arc::clone(answers)), None),
        };
        let proxy = identity.proxy.as_ref().and_then(|proxy| proxy.credentials.clone());
        let auth = identity.auth.clone().or(proxy);
        let permissions = if engine == Engine::Firefox { identity.permissions.clone() } else { Vec::new() };
        Arc::new(Self {
            blocking: Blocking::of(&identity.block),
            auth,
            family: Family::default(),
            answers,
            listener,
            identity: identity.clone(),
            permissions,
            permitted: Mutex::default(),
        })
    }

    /// The parameters of the `script.evaluate` that says to a page what the standard cannot.
    pub(super) fn beyond(&self, window: &Window, context: &str) -> Option<Value> {
        window.manner(&self.identity, context)
    }

    /// The parameters of `permissions.setPermission` for the origin of `url`, at the first time alone.
    pub(super) fn permits(&self, url: &str, user_context: &str) -> Vec<Value> {
        let Ok(url) = url::Url::parse(url) else { return Vec::new() };
        if self.permissions.is_empty() || !url.scheme().starts_with("http") {
            return Vec::new();
        }
        let origin = url.origin().ascii_serialization();
        if !self.permitted.lock().unwrap_or_else(PoisonError::into_inner).insert(origin.clone()) {
            return Vec::new();
        }
        let of = |name: &String| {
            json!({
                "descriptor": { "name": name },
                "state": "granted",
                "origin": origin,
                "userContext": user_context,
            })
        };
        self.permissions.iter().map(of).collect()
    }

    /// Waits until those who hear the requests were told of all that are over, and tells them what is left.
    pub(super) async fn last_words(&self, deadline: Deadline) {
        if let Some(listener) = &self.listener {
            listener.hearing.settle(deadline).await;
            listener.hearing.close();
        }
    }

    /// The parameters of `network.addIntercept` for a page; `None` where all its requests go as they are.
    pub(super) fn interception(&self, context: &str) -> Option<Value> {
        if self.answers.is_some() {
            return Some(json!({ "phases": ["beforeRequestSent"], "contexts": [context] }));
        }
        let blocking = (!self.blocking.is_empty()).then_some("beforeRequestSent");
        let phases: Vec<&str> = blocking.into_iter().chain(self.auth.as_ref().map(|_| "authRequired")).collect();
        (!phases.is_empty()).then(|| json!({ "phases": phases, "contexts": [context] }))
    }
}

/// A user context with the pages in it; removed with the last tab that holds it.
pub(super) struct Household {
    socket: CdpSocket,
    pub(super) user_context: String,
    /// In the order in which they opened.
    pages: Mutex<Vec<Arc<Events>>>,
}

impl Household {
    /// A user context in which no page is known yet.
    pub(super) fn new(socket: &CdpSocket, user_context: String) -> Arc<Self> {
        Arc::new(Self { socket: socket.clone(), user_context, pages: Mutex::default() })
    }

    /// The pages that are open, in the order in which they opened.
    pub(super) fn pages(&self) -> Vec<Arc<Events>> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|page| page.tracker.state().usable().is_ok());
        pages.clone()
    }

    /// A page opened.
    pub(super) fn add(&self, page: &Arc<Events>) {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(page));
    }

    /// Forgets all pages.
    pub(super) fn empty(&self) -> Vec<Arc<Events>> {
        let pages = std::mem::take(&mut *self.pages.lock().unwrap_or_else(PoisonError::into_inner));
        pages.iter().for_each(|page| page.tracker.change(|state| state.closed = true));
        pages
    }

    /// The commands that remove it, or, of the browser's own, the pages in it.
    pub(super) fn removal(&self, pages: &[Arc<Events>]) -> Vec<(&'static str, Value)> {
        if self.user_context != DEFAULT {
            return vec![("browser.removeUserContext", json!({ "userContext": self.user_context }))];
        }
        let context = |page: &Arc<Events>| json!({ "context": page.tracker.state().main_frame });
        pages.iter().map(|page| ("browsingContext.close", context(page))).collect()
    }
}

impl Drop for Household {
    fn drop(&mut self) {
        let pages = self.empty();
        for (method, params) in self.removal(&pages) {
            self.socket.send(None, method, params);
        }
    }
}
