//! What Chromium's BiDi offers beyond the standard: DevTools commands and events through the driver (`goog:cdp`).
//!
//! The standard tells neither that a script asked for a navigation which has not begun, nor that a renderer crashed, and
//! it can neither end a running script nor stop a load. Elsewhere the lane does without.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::cdp::CdpSocket;

use super::page::WebDriverTab;

/// The DevTools events that make the lane exact.
pub(super) const EVENTS: &[&str] = &["goog:cdp.Page.frameRequestedNavigation", "goog:cdp.Inspector.targetCrashed"];

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

impl WebDriverTab {
    /// Sends a DevTools command through the driver; false where there is no such way, or no answer `within`.
    pub(super) async fn vendor(&self, method: &str, within: Duration) -> bool {
        let Some(session) = self.events.vendor_session() else { return false };
        let params = json!({ "method": method, "params": {}, "session": session });
        self.call::<IgnoredAny>("goog:cdp.sendCommand", params, within).await.is_ok()
    }
}
