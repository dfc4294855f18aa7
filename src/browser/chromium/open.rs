//! Opens a tab in a browser context of its own, or another one in a context that stands.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::browser::cdp::{CdpError, CdpSocket};
use crate::browser::deadline::Deadline;
use crate::browser::emulation::granted;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;
use crate::browser::wire::{NOWHERE, Wire};

use super::Watcher;
use super::events::Events;
use super::frames::Frames;
use super::manner::{Household, Manner};
use super::page::{ChromiumTab, SHORT};
use super::setup::{DURABLE, NETWORK, keeping_bodies};

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
    /// Its pages have their frames by hand.
    pub(in crate::browser) frames: Option<Frames>,
    pub(in crate::browser) user_agent: String,
    /// The browser keeps a profile: its own context is the identity's.
    pub(in crate::browser) profile: bool,
    /// The run's folder for downloads; `None` where the browser is on another machine.
    pub(in crate::browser) downloads: Option<PathBuf>,
    /// Held by every open tab: how many there are tells whether the browser is still needed.
    #[expect(dead_code, reason = "held, never read")]
    pub(in crate::browser) lease: Arc<()>,
}

/// Makes a browser context and a tab in it, with `identity` in force before the first request.
pub(in crate::browser) async fn open(
    home: Home,
    wire: &Wire,
    identity: &Identity,
    deadline: Deadline,
) -> Result<ChromiumTab, BrowserError> {
    let within = deadline.left().min(SHORT);
    if home.profile && matches!(wire, Wire::Answered(_)) {
        return Err(BrowserError::Unsupported { what: "a `profile` over recorded responses".to_owned() });
    }
    let context = match home.profile {
        true => None,
        false => Some(context(&home.socket, wire, identity, within).await?),
    };
    let household = Household::new(&home.socket, context);
    if let Some(frames) = &home.frames {
        frames.give(&home.socket, &household);
    }
    let manner = Manner::of(&home.socket, wire, identity, &home.user_agent);
    let tab = fill(home, identity, &household, &manner, deadline).await?;
    tab.put_cookies(&identity.cookies, deadline).await?;
    let permissions = granted(&identity.permissions);
    if !permissions.is_empty() {
        let params = household.with_context(json!({ "permissions": permissions }));
        tab.ask_browser::<IgnoredAny>("Browser.grantPermissions", params, deadline).await?;
    }
    Ok(tab)
}

/// A browser context of the identity's own.
async fn context(
    socket: &CdpSocket,
    wire: &Wire,
    identity: &Identity,
    within: Duration,
) -> Result<String, BrowserError> {
    let mut wish = json!({ "disposeOnDetach": true });
    if matches!(wire, Wire::Answered(_)) {
        // Whatever is not asked for by way of the interception (web sockets, say) ends here.
        wish["proxyServer"] = json!(NOWHERE);
        wish["proxyBypassList"] = json!("<-loopback>");
    } else if let Some(proxy) = &identity.proxy {
        wish["proxyServer"] = json!(proxy.server());
        // Chromium would ask this machine's own servers directly.
        wish["proxyBypassList"] = json!(
            ["<-loopback>"].into_iter().chain(proxy.bypass.iter().map(String::as_str)).collect::<Vec<_>>().join(";")
        );
    }
    let made: Made = socket.call(None, "Target.createBrowserContext", wish, within).await?;
    Ok(made.browser_context_id)
}

/// A tab in a browser context, which goes with the last tab that holds it.
async fn fill(
    home: Home,
    identity: &Identity,
    household: &Arc<Household>,
    manner: &Arc<Manner>,
    deadline: Deadline,
) -> Result<ChromiumTab, BrowserError> {
    let socket = home.socket.clone();
    let within = || deadline.left().min(SHORT);
    let target = household.with_context(json!({ "url": "about:blank" }));
    let Made { target_id: target, .. } = socket.call(None, "Target.createTarget", target, within()).await?;
    let attach = json!({ "targetId": target, "flatten": true });
    let Made { session_id: session, .. } = socket.call(None, "Target.attachToTarget", attach, within()).await?;
    let events = Events::listen(&socket, &session, &target, manner, household);
    home.watcher.add(&target, &events);
    if let Some(context) = &household.context {
        home.watcher.settle(context, &events);
    }
    if manner.minds_workers() {
        home.watcher.mind_workers();
    }
    let household = Arc::clone(household);
    let tab =
        ChromiumTab { socket: socket.clone(), session, target, household, events, home, identity: identity.clone() };
    let mut under_way = Vec::new();
    for (method, params) in tab.events.setup() {
        under_way.push((method, socket.begin(Some(&tab.session), method, params)?));
    }
    for (method, pending) in under_way {
        match pending.wait(within()).await {
            // An older browser keeps bodies until the next navigation.
            Err(CdpError::Refused { .. }) if method == DURABLE => {
                tab.tell_frames(NETWORK, &keeping_bodies());
                socket.send(Some(&tab.session), NETWORK, keeping_bodies());
            }
            reply => drop(reply?),
        }
    }
    Ok(tab)
}

impl ChromiumTab {
    /// Another tab in this one's context, which is this one's no more.
    pub(super) async fn succeeded(&self, deadline: Deadline) -> Result<Self, BrowserError> {
        if self.events.state().closed {
            return Err(BrowserError::Closed);
        }
        if let Some(context) = &self.household.context {
            self.home.watcher.unsettle(context);
        }
        let next = fill(self.home.clone(), &self.identity, &self.household, &self.events.manner, deadline).await?;
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
