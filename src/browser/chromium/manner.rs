//! What all pages of an identity have in common: how they are set up, what they may not ask for, who answers for them.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::browser::block::Blocking;
use crate::browser::cdp::CdpSocket;
use crate::browser::emulation::Credentials;
use crate::browser::family::Family;
use crate::browser::identity::Identity;
use crate::browser::wire::{Answers, Wire};

use super::events::Events;
use super::listener::Listener;
use super::setup::{self, Command};

/// The ways of an identity, the same for all its pages.
pub(super) struct Manner {
    /// For pages alone, not for frames.
    pub(super) for_pages: Vec<Command>,
    /// For every frame, at the beginning.
    pub(super) everywhere: Vec<Command>,
    pub(super) blocking: Blocking,
    pub(super) auth: Option<Credentials>,
    pub(super) proxy_auth: Option<Credentials>,
    pub(super) family: Family,
    /// What answers in the network's place.
    pub(super) answers: Option<Arc<dyn Answers>>,
    /// Who hears of the requests.
    pub(super) listener: Option<Arc<Listener>>,
}

impl Manner {
    /// The ways of `identity` in a browser that calls itself `own_user_agent`.
    pub(super) fn of(socket: &CdpSocket, wire: &Wire, identity: &Identity, own_user_agent: &str) -> Arc<Self> {
        let (answers, listener) = match wire {
            Wire::Open => (None, None),
            Wire::Heard(ear) => (None, Some(Listener::new(socket, ear))),
            Wire::Answered(answers) => (Some(Arc::clone(answers)), None),
        };
        let mut manner = Self {
            for_pages: setup::page_commands(identity),
            everywhere: setup::identity_commands(identity, own_user_agent),
            blocking: Blocking::of(&identity.block),
            auth: identity.auth.clone(),
            proxy_auth: identity.proxy.as_ref().and_then(|proxy| proxy.credentials.clone()),
            family: Family::default(),
            answers,
            listener,
        };
        if manner.listener.is_some() {
            manner.everywhere.extend(setup::hearing_commands());
        }
        if manner.listener.is_some() || manner.answers.is_some() {
            manner.everywhere.push(setup::past_service_workers());
        }
        if let Some(standing) = manner.interception(false) {
            manner.everywhere.push((setup::INTERCEPT, standing));
        }
        Arc::new(manner)
    }

    /// Whether workers that serve all its pages are minded.
    pub(super) fn minds_workers(&self) -> bool {
        !self.blocking.is_empty() || self.answers.is_some() || self.listener.is_some()
    }

    /// The parameters of `Fetch.enable`: for what the identity wants, and for the next document; `None`: for nothing.
    pub(super) fn interception(&self, documents: bool) -> Option<Value> {
        if self.answers.is_some() {
            return Some(json!({ "patterns": [{ "urlPattern": "*" }] }));
        }
        let auth = self.auth.is_some() || self.proxy_auth.is_some();
        // Only requests that are intercepted are asked for credentials.
        let mut patterns: Vec<Value> = match auth || self.blocking.asks_addresses() {
            true => vec![json!({ "urlPattern": "*" })],
            false => self.blocking.kinds().iter().map(|kind| json!({ "resourceType": kind })).collect(),
        };
        if documents && !self.blocking.kinds().contains(&"Document") {
            patterns.push(json!({ "urlPattern": "*", "resourceType": "Document" }));
        }
        (!patterns.is_empty()).then(|| json!({ "patterns": patterns, "handleAuthRequests": auth }))
    }
}

/// A browser context with the pages in it; disposed of with the last tab that holds it.
pub(super) struct Household {
    socket: CdpSocket,
    /// `None`: the browser's own, which a profile folder keeps.
    pub(super) context: Option<String>,
    /// In the order in which they opened.
    pages: Mutex<Vec<Arc<Events>>>,
}

impl Household {
    /// A context in which no page is known yet.
    pub(super) fn new(socket: &CdpSocket, context: Option<String>) -> Arc<Self> {
        Arc::new(Self { socket: socket.clone(), context, pages: Mutex::default() })
    }

    /// The parameter that names the context, where it is not the browser's own.
    pub(super) fn with_context(&self, mut params: Value) -> Value {
        if let Some(context) = &self.context {
            params["browserContextId"] = json!(context);
        }
        params
    }

    /// The pages that are open, in the order in which they opened.
    pub(super) fn pages(&self) -> Vec<Arc<Events>> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|page| page.state().usable().is_ok());
        pages.clone()
    }

    /// A page opened.
    pub(super) fn add(&self, page: &Arc<Events>) {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(page));
    }

    /// Forgets all pages, and tells their targets.
    pub(super) fn empty(&self) -> Vec<String> {
        let pages = std::mem::take(&mut *self.pages.lock().unwrap_or_else(PoisonError::into_inner));
        pages
            .iter()
            .map(|page| {
                page.change(|state| {
                    state.closed = true;
                    state.main_frame.clone()
                })
            })
            .collect()
    }
}

impl Drop for Household {
    fn drop(&mut self) {
        let targets = self.empty();
        match &self.context {
            Some(context) => {
                self.socket.send(None, "Target.disposeBrowserContext", json!({ "browserContextId": context }));
            }
            None => targets.iter().for_each(|target| {
                self.socket.send(None, "Target.closeTarget", json!({ "targetId": target }));
            }),
        }
    }
}
