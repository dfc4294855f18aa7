//! Workers that serve all pages of an identity (shared and service workers): what the identity may not ask for, they
//! may not either, and what its pages' requests go over, theirs do. A page's own workers ask by way of the page.

use std::sync::Arc;

use serde_json::json;
use serde_json::value::RawValue;

use crate::browser::cdp::{CdpSocket, EventSink};

use super::answering;
use super::events::on;
use super::intercept::{Paused, refusal};
use super::manner::Manner;
use super::setup::{AUTO_ATTACH, INTERCEPT, worker_commands};

/// The kinds of targets that they are.
pub(super) const KINDS: &[&str] = &["shared_worker", SERVICE];

/// The kind that stands between a page and the network.
pub(super) const SERVICE: &str = "service_worker";

/// One of them.
pub(super) struct Worker {
    socket: CdpSocket,
    manner: Arc<Manner>,
}

impl Worker {
    /// Looks after the worker of `session`, which waits to run. A service worker's requests are not heard: pages go past
    /// it, and what it asks for by itself is no answer to what they ask for.
    pub(super) fn mind(socket: &CdpSocket, session: &str, kind: &str, manner: &Arc<Manner>) -> Arc<Self> {
        let worker = Arc::new(Self { socket: socket.clone(), manner: Arc::clone(manner) });
        let weak = Arc::downgrade(&worker);
        socket.listen(session, weak);
        if manner.answers.is_some() || !manner.blocking.is_empty() {
            socket.send(Some(session), INTERCEPT, json!({ "patterns": [{ "urlPattern": "*" }] }));
        }
        if manner.listener.is_some() && kind != SERVICE {
            // A worker of its own goes as it is.
            let own = worker_commands(&manner.everywhere).into_iter().filter(|(method, _)| *method != AUTO_ATTACH);
            for (method, params) in own {
                socket.send(Some(session), method, params);
            }
        }
        socket.send(Some(session), "Runtime.runIfWaitingForDebugger", json!({}));
        worker
    }
}

impl EventSink for Worker {
    fn event(&self, session: Option<&str>, method: &str, params: &RawValue) {
        let Some(session) = session else { return };
        if let (Some(listener), Some(name)) = (&self.manner.listener, method.strip_prefix("Network.")) {
            listener.take(session, name, params);
        }
        if method != "Fetch.requestPaused" {
            return;
        }
        on(params, |paused: Paused| {
            if self.manner.blocking.refuses(&paused.resource_type, &paused.request.url) {
                let (method, params) = refusal(&paused);
                self.socket.send(Some(session), method, params);
            } else if let Some(answers) = &self.manner.answers {
                answering::answer(&self.socket, session, answers, (paused, None), |_, _| ());
            } else {
                self.socket.send(Some(session), "Fetch.continueRequest", json!({ "requestId": paused.request_id }));
            }
        });
    }

    fn gone(&self, _: &str) {}
}
