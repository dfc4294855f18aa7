//! Opens a tab in a browser context of its own.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::browser::cdp::CdpSocket;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;

use super::Watcher;
use super::events::Events;
use super::page::{ChromiumTab, SHORT};
use super::setup;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    #[serde(default)]
    browser_context_id: String,
    #[serde(default)]
    target_id: String,
    #[serde(default)]
    session_id: String,
}

/// What a browser lends to its tabs.
pub(in crate::browser) struct Home<'a> {
    pub(in crate::browser) socket: &'a CdpSocket,
    pub(in crate::browser) watcher: &'a Arc<Watcher>,
    pub(in crate::browser) navigations: &'a Arc<Semaphore>,
    pub(in crate::browser) user_agent: &'a str,
}

/// Makes a browser context and a tab in it, with `identity` in force before the first request.
pub(in crate::browser) async fn open(
    home: Home<'_>,
    identity: &Identity,
    deadline: Deadline,
) -> Result<ChromiumTab, BrowserError> {
    let socket = home.socket;
    let within = || deadline.left().min(SHORT);
    let context: Made =
        socket.call(None, "Target.createBrowserContext", json!({ "disposeOnDetach": true }), within()).await?;
    let context = context.browser_context_id;
    let target = json!({ "url": "about:blank", "browserContextId": context });
    let target: Made = socket.call(None, "Target.createTarget", target, within()).await?;
    let target = target.target_id;
    let attach = json!({ "targetId": target, "flatten": true });
    let session: Made = socket.call(None, "Target.attachToTarget", attach, within()).await?;
    let session = session.session_id;

    let events = Events::listen(socket, &session, &target);
    home.watcher.add(&target, &events);
    let tab = ChromiumTab {
        socket: socket.clone(),
        session,
        target,
        context,
        events,
        navigations: Arc::clone(home.navigations),
        watcher: Arc::clone(home.watcher),
    };
    tab.events.state().lane.everywhere = setup::identity_commands(identity, home.user_agent);
    let mut under_way = Vec::new();
    for (method, params) in setup::page_commands(identity, home.user_agent) {
        under_way.push(socket.begin(Some(&tab.session), method, params)?);
    }
    if !identity.cookies.is_empty() {
        let params = json!({ "cookies": identity.cookies, "browserContextId": tab.context });
        under_way.push(socket.begin(None, "Storage.setCookies", params)?);
    }
    for pending in under_way {
        pending.wait(within()).await?;
    }
    Ok(tab)
}
