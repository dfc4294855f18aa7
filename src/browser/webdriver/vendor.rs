//! What Chromium's BiDi offers beyond the standard: DevTools commands and events through the driver (`goog:cdp`).
//!
//! The standard tells neither that a script asked for a navigation which has not begun, nor that a renderer crashed or a response grows, and
//! it can neither end a running script nor stop a load. Elsewhere the lane does without.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use crate::browser::cdp::CdpSocket;

use super::page::WebDriverTab;

/// The DevTools events that make the lane exact.
pub(super) const EVENTS: &[&str] =
    &["goog:cdp.Page.frameRequestedNavigation", "goog:cdp.Inspector.targetCrashed", "goog:cdp.Network.dataReceived"];

#[derive(Deserialize)]
struct Session {
    session: String,
}

/// The DevTools session that the driver has with `context`, where there is one.
pub(super) async fn session(socket: &CdpSocket, context: &str, within: Duration) -> Option<String> {
    let asked = socket.call::<Session>(None, "goog:cdp.getSession", json!({ "context": context }), within).await;
    let session = asked.ok()?.session;
    let watch = json!({ "method": "Inspector.enable", "params": {}, "session": session });
    socket.call::<IgnoredAny>(None, "goog:cdp.sendCommand", watch, within).await.ok()?;
    Some(session)
}

/// Has the page announce its worlds again: the driver misses those of a pop-up's first document, and scripts would wait
/// for them for ever.
pub(super) async fn tell_worlds_again(socket: &CdpSocket, session: &str, within: Duration) {
    for method in ["Runtime.disable", "Runtime.enable"] {
        let command = json!({ "method": method, "params": {}, "session": session });
        let _ = socket.call::<IgnoredAny>(None, "goog:cdp.sendCommand", command, within).await;
    }
}

impl WebDriverTab {
    /// A DevTools command's result; `None` where there is no such way, or no answer `within`.
    pub(super) async fn vendor_call<R: DeserializeOwned>(
        &self,
        method: &str,
        params: Value,
        within: Duration,
    ) -> Option<R> {
        let session = self.events.vendor_session()?;
        self.events.tracker.state().round_trips += 1;
        ask(&self.socket, &session, method, params, within).await
    }
}

/// A DevTools command's result from the driver's session; `None` where it fails, or is not there `within`.
pub(super) async fn ask<R: DeserializeOwned>(
    socket: &CdpSocket,
    session: &str,
    method: &str,
    params: Value,
    within: Duration,
) -> Option<R> {
    #[derive(Deserialize)]
    struct Reply<R> {
        result: R,
    }
    let params = json!({ "method": method, "params": params, "session": session });
    let reply: Reply<R> = socket.call(None, "goog:cdp.sendCommand", params, within).await.ok()?;
    Some(reply.result)
}
