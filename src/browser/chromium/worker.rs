//! Workers that serve all pages of an identity (shared and service workers): what the identity may not ask for, they
//! may not either. A page's own workers ask by way of the page.

use std::sync::Arc;

use serde_json::json;
use serde_json::value::RawValue;

use crate::browser::block::Blocking;
use crate::browser::cdp::{CdpSocket, EventSink};

use super::events::on;
use super::intercept::Paused;
use super::setup::INTERCEPT;

/// The kinds of targets that they are.
pub(super) const KINDS: &[&str] = &["shared_worker", "service_worker"];

/// One of them.
pub(super) struct Worker {
    socket: CdpSocket,
    blocking: Blocking,
}

impl Worker {
    /// Looks after the worker of `session`, which waits to run.
    pub(super) fn mind(socket: &CdpSocket, session: &str, blocking: &Blocking) -> Arc<Self> {
        let worker = Arc::new(Self { socket: socket.clone(), blocking: blocking.clone() });
        let weak = Arc::downgrade(&worker);
        socket.listen(session, weak);
        socket.send(Some(session), INTERCEPT, json!({ "patterns": [{ "urlPattern": "*" }] }));
        socket.send(Some(session), "Runtime.runIfWaitingForDebugger", json!({}));
        worker
    }
}

impl EventSink for Worker {
    fn event(&self, session: Option<&str>, method: &str, params: &RawValue) {
        if method != "Fetch.requestPaused" {
            return;
        }
        on(params, |paused: Paused| {
            let (method, params) = match self.blocking.refuses(&paused.resource_type, &paused.request.url) {
                true => {
                    ("Fetch.failRequest", json!({ "requestId": paused.request_id, "errorReason": "BlockedByClient" }))
                }
                false => ("Fetch.continueRequest", json!({ "requestId": paused.request_id })),
            };
            self.socket.send(session, method, params);
        });
    }

    fn gone(&self, _: &str) {}
}
