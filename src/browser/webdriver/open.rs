//! Opens a tab in a user context of its own.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::browser::cdp::{CdpError, CdpSocket};
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;
use crate::browser::tab::Tab;
use crate::browser::undo::Undo;

use super::events::Events;
use super::hub::Hub;
use super::identity::{Command, before_the_tab, for_the_tab};
use super::page::{SHORT, WebDriverTab};
use super::vendor;

/// What a browser lends to its tabs.
#[derive(Clone)]
pub(in crate::browser) struct Home {
    pub(in crate::browser) socket: CdpSocket,
    pub(in crate::browser) hub: Arc<Hub>,
    pub(in crate::browser) navigations: Arc<Semaphore>,
    /// Held by every open tab: how many there are tells whether the browser is still needed.
    #[expect(dead_code, reason = "held, never read")]
    pub(in crate::browser) lease: Arc<()>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserContext {
    user_context: String,
}

#[derive(Deserialize)]
struct Created {
    context: String,
}

/// Makes a user context and a tab in it, with `identity` in force before the first request.
pub(in crate::browser) async fn open(
    home: Home,
    identity: &Identity,
    deadline: Deadline,
) -> Result<WebDriverTab, BrowserError> {
    let socket = home.socket.clone();
    let within = || deadline.left().min(SHORT);
    let mut wish = json!({ "unhandledPromptBehavior": { "default": "ignore" } });
    if identity.ignore_tls_errors {
        wish["acceptInsecureCerts"] = json!(true);
    }
    let made = socket.call::<UserContext>(None, "browser.createUserContext", wish, within()).await;
    let option = if identity.ignore_tls_errors { "ignore_tls_errors" } else { "session" };
    let user_context = made.map_err(|error| lacking(error, option))?.user_context;
    let removal = Undo::by(&socket, "browser.removeUserContext", json!({ "userContext": user_context }));
    tell(&socket, before_the_tab(identity, &user_context), within()).await?;
    let tab = fill(home, identity, &user_context, within()).await?;
    removal.keep();
    tab.set_cookies(&identity.cookies, deadline).await?;
    Ok(tab)
}

async fn fill(
    home: Home,
    identity: &Identity,
    user_context: &str,
    within: Duration,
) -> Result<WebDriverTab, BrowserError> {
    let socket = &home.socket.clone();
    let blank = json!({ "type": "tab", "userContext": user_context });
    let created: Created = socket.call(None, "browsingContext.create", blank, within).await?;
    let context = created.context;
    let events = Arc::new(Events::new(socket, &context));
    home.hub.add(&context, &events);
    if let Some(session) = vendor::session(socket, &context, within).await {
        events.lend(session);
    }
    let tab = WebDriverTab {
        socket: socket.clone(),
        context: context.clone(),
        user_context: user_context.to_owned(),
        events,
        home,
        identity: identity.clone(),
    };
    tell(socket, for_the_tab(identity, &context), within).await?;
    Ok(tab)
}

impl WebDriverTab {
    /// Another tab in this one's user context, which is this one's no more.
    pub(super) async fn succeeded(&self, deadline: Deadline) -> Result<Self, BrowserError> {
        if self.events.tracker.state().closed {
            return Err(BrowserError::Closed);
        }
        let within = deadline.left().min(SHORT);
        let next = fill(self.home.clone(), &self.identity, &self.user_context, within).await?;
        let stored = self.events.tracker.change(|state| {
            state.closed = true;
            std::mem::take(&mut state.lane.stored)
        });
        next.events.tracker.state().lane.stored = stored;
        self.home.hub.remove(&self.events);
        self.socket.send(None, "browsingContext.close", json!({ "context": self.context }));
        Ok(next)
    }
}

/// Sends all commands, then waits for all replies.
async fn tell(socket: &CdpSocket, commands: Vec<Command>, within: Duration) -> Result<(), BrowserError> {
    let mut under_way = Vec::new();
    for Command { method, params, option } in commands {
        under_way.push((socket.begin(None, method, params)?, option));
    }
    for (pending, option) in under_way {
        pending.wait(within).await.map(|_| IgnoredAny).map_err(|error| lacking(error, option))?;
    }
    Ok(())
}

/// A driver that lacks a command is told by the option that needs it.
fn lacking(error: CdpError, option: &str) -> BrowserError {
    match &error {
        CdpError::Refused { message, .. }
            if message.starts_with("unknown command") || message.starts_with("unsupported operation") =>
        {
            BrowserError::Unsupported { what: format!("`{option}` over WebDriver BiDi") }
        }
        _ => error.into(),
    }
}
