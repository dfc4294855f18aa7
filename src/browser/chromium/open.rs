//! Opens a tab in a browser context of its own, or another one in a context that stands.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::browser::cdp::CdpSocket;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;
use crate::browser::undo::Undo;

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
#[derive(Clone)]
pub(in crate::browser) struct Home {
    pub(in crate::browser) socket: CdpSocket,
    pub(in crate::browser) watcher: Arc<Watcher>,
    pub(in crate::browser) navigations: Arc<Semaphore>,
    pub(in crate::browser) user_agent: String,
    /// Held by every open tab: how many there are tells whether the browser is still needed.
    #[expect(dead_code, reason = "held, never read")]
    pub(in crate::browser) lease: Arc<()>,
}

/// Makes a browser context and a tab in it, with `identity` in force before the first request.
pub(in crate::browser) async fn open(
    home: Home,
    identity: &Identity,
    deadline: Deadline,
) -> Result<ChromiumTab, BrowserError> {
    let within = deadline.left().min(SHORT);
    let wish = json!({ "disposeOnDetach": true });
    let context: Made = home.socket.call(None, "Target.createBrowserContext", wish, within).await?;
    let context = context.browser_context_id;
    let tab = fill(home, identity, context, deadline).await?;
    if !identity.cookies.is_empty() {
        let params = json!({ "cookies": identity.cookies, "browserContextId": tab.context });
        tab.ask_browser::<IgnoredAny>("Storage.setCookies", params, deadline).await?;
    }
    Ok(tab)
}

/// A tab in a browser context. One that does not come about takes the context with it.
async fn fill(
    home: Home,
    identity: &Identity,
    context: String,
    deadline: Deadline,
) -> Result<ChromiumTab, BrowserError> {
    let socket = home.socket.clone();
    let within = || deadline.left().min(SHORT);
    let disposal = Undo::by(&socket, "Target.disposeBrowserContext", json!({ "browserContextId": context }));
    let target = json!({ "url": "about:blank", "browserContextId": context });
    let Made { target_id: target, .. } = socket.call(None, "Target.createTarget", target, within()).await?;
    let attach = json!({ "targetId": target, "flatten": true });
    let Made { session_id: session, .. } = socket.call(None, "Target.attachToTarget", attach, within()).await?;
    // From here on the tab takes its context with it.
    disposal.keep();
    let events = Events::listen(&socket, &session, &target);
    home.watcher.add(&target, &events);
    let tab =
        ChromiumTab { socket: socket.clone(), session, target, context, events, home, identity: identity.clone() };
    let user_agent = &tab.home.user_agent;
    tab.events.state().lane.everywhere = setup::identity_commands(identity, user_agent);
    let mut under_way = Vec::new();
    for (method, params) in setup::page_commands(identity, user_agent) {
        under_way.push(socket.begin(Some(&tab.session), method, params)?);
    }
    for pending in under_way {
        pending.wait(within()).await?;
    }
    Ok(tab)
}

impl ChromiumTab {
    /// Another tab in this one's context, which is this one's no more.
    pub(super) async fn succeeded(&self, deadline: Deadline) -> Result<Self, BrowserError> {
        if self.events.state().closed {
            return Err(BrowserError::Closed);
        }
        let next = fill(self.home.clone(), &self.identity, self.context.clone(), deadline).await?;
        let stored = self.events.change(|state| {
            state.closed = true;
            std::mem::take(&mut state.lane.stored)
        });
        next.events.state().lane.stored = stored;
        self.home.watcher.remove(&self.target);
        self.socket.forget(&self.session);
        self.socket.send(None, "Target.closeTarget", json!({ "targetId": self.target }));
        Ok(next)
    }
}
