//! Opens a tab in a user context of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::browser::cdp::{CdpError, CdpSocket};
use crate::browser::deadline::Deadline;
use crate::browser::emulation::{Proxy, granted};
use crate::browser::engine::Engine;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;
use crate::browser::tab::Tab;
use crate::browser::wire::{NOWHERE, Wire};

use super::events::Events;
use super::gecko;
use super::hub::Hub;
use super::identity::{Command, commands, proxy};
use super::manner::{DEFAULT, Household, Manner};
use super::page::{SHORT, WebDriverTab};
use super::value::Evaluated;
use super::vendor;

/// What a browser lends to its tabs.
#[derive(Clone)]
pub(in crate::browser) struct Home {
    pub(in crate::browser) socket: CdpSocket,
    pub(in crate::browser) hub: Arc<Hub>,
    pub(in crate::browser) engine: Engine,
    pub(in crate::browser) navigations: Arc<Semaphore>,
    /// The browser keeps a profile: its own user context is the identity's.
    pub(in crate::browser) profile: bool,
    /// The run's folder for downloads; `None` where the browser is on another machine.
    pub(in crate::browser) downloads: Option<PathBuf>,
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
    wire: &Wire,
    identity: &Identity,
    deadline: Deadline,
) -> Result<WebDriverTab, BrowserError> {
    let nowhere = nowhere(&home, wire, identity)?;
    let within_wire = nowhere.as_ref().unwrap_or(identity);
    let socket = home.socket.clone();
    let within = || deadline.left().min(SHORT);
    let user_context = match home.profile {
        true if identity.proxy.is_some() || identity.ignore_tls_errors => {
            let what = "`proxy` or `ignore_tls_errors` together with `profile` over WebDriver BiDi";
            return Err(BrowserError::Unsupported { what: what.to_owned() });
        }
        true => DEFAULT.to_owned(),
        false => user_context(&home, within_wire, within()).await?,
    };
    let household = Household::new(&socket, user_context);
    tell(&socket, commands(wire, identity, home.engine, &household.user_context), within()).await?;
    let (engine, manner) = (home.engine, Manner::of(&socket, wire, identity, home.engine));
    let tab = fill(home, identity, &household, &manner, within()).await?;
    tab.set_cookies(&identity.cookies, deadline).await?;
    match engine {
        Engine::Chromium => {
            grant(&socket, &granted(&identity.permissions), &household.user_context, within()).await?;
        }
        Engine::Firefox => known_permissions(&socket, &manner, &household.user_context, within()).await?,
    }
    Ok(tab)
}

/// The identity behind a proxy that nobody is, where nothing may reach the network: what is not asked for by way of the
/// interception ends there.
fn nowhere(home: &Home, wire: &Wire, identity: &Identity) -> Result<Option<Identity>, BrowserError> {
    if !matches!(wire, Wire::Answered(_)) {
        return Ok(None);
    }
    if home.profile {
        return Err(BrowserError::Unsupported { what: "a `profile` over recorded responses".to_owned() });
    }
    let proxy = Proxy::parse(NOWHERE).ok();
    Ok(Some(Identity { proxy, ..identity.clone() }))
}

async fn user_context(home: &Home, identity: &Identity, within: Duration) -> Result<String, BrowserError> {
    let mut wish = json!({ "unhandledPromptBehavior": { "default": "ignore" } });
    if identity.ignore_tls_errors {
        wish["acceptInsecureCerts"] = json!(true);
    }
    if let Some(through) = &identity.proxy {
        if through.credentials.is_some() && identity.auth.is_some() {
            let what = "`auth` beside a proxy that wants a password over WebDriver BiDi";
            return Err(BrowserError::Unsupported { what: what.to_owned() });
        }
        wish["proxy"] = proxy(through, home.engine)?;
    }
    let made = home.socket.call::<UserContext>(None, "browser.createUserContext", wish, within).await;
    let option = match identity {
        Identity { proxy: Some(_), .. } => "proxy",
        Identity { ignore_tls_errors: true, .. } => "ignore_tls_errors",
        _ => "session",
    };
    Ok(made.map_err(|error| lacking(error, option))?.user_context)
}

/// The standard grants permissions origin by origin; Chromium's driver hands on the command that does it for all.
async fn grant(socket: &CdpSocket, names: &[&str], user_context: &str, within: Duration) -> Result<(), BrowserError> {
    if names.is_empty() {
        return Ok(());
    }
    let mut params = json!({ "permissions": names });
    if user_context != DEFAULT {
        params["browserContextId"] = json!(user_context);
    }
    let command = json!({ "method": "Browser.grantPermissions", "params": params });
    let granting = socket.call::<IgnoredAny>(None, "goog:cdp.sendCommand", command, within).await;
    granting.map(drop).map_err(|error| lacking(error, "permissions"))
}

/// Whether the browser knows all the permissions: said of an origin that is nobody's. The others are told as pages go there.
async fn known_permissions(
    socket: &CdpSocket,
    manner: &Manner,
    user_context: &str,
    within: Duration,
) -> Result<(), BrowserError> {
    for params in manner.permits("https://crawl.invalid", user_context) {
        let name = params["descriptor"]["name"].as_str().unwrap_or_default().to_owned();
        let told = socket.call::<IgnoredAny>(None, "permissions.setPermission", params, within).await;
        told.map_err(|_| BrowserError::Unsupported { what: format!("the permission `{name}`") })?;
    }
    Ok(())
}

/// Says to a page of Firefox what the standard cannot.
async fn beyond(
    home: &Home,
    manner: &Manner,
    identity: &Identity,
    context: &str,
    within: Duration,
) -> Result<(), BrowserError> {
    let Some(option) = gecko::own_option(identity) else { return Ok(()) };
    let lacking = || BrowserError::Unsupported { what: format!("`{option}` over WebDriver BiDi") };
    let params = home.hub.window().and_then(|window| manner.beyond(window, context)).ok_or_else(lacking)?;
    match home.socket.call(None, "script.evaluate", params, within).await? {
        Evaluated::Success { .. } => Ok(()),
        Evaluated::Exception { .. } => Err(lacking()),
    }
}

async fn fill(
    home: Home,
    identity: &Identity,
    household: &Arc<Household>,
    manner: &Arc<Manner>,
    within: Duration,
) -> Result<WebDriverTab, BrowserError> {
    let socket = &home.socket.clone();
    // Of the tabs of a Firefox window all but one count as hidden.
    let kind = if home.engine == Engine::Firefox { "window" } else { "tab" };
    let blank = json!({ "type": kind, "userContext": household.user_context });
    let created: Created = socket.call(None, "browsingContext.create", blank, within).await?;
    let context = created.context;
    let events = Events::new(socket, &context, manner, household);
    home.hub.add(&context, &events);
    match home.engine {
        Engine::Chromium => {
            if let Some(session) = vendor::session(socket, &context, within).await {
                events.lend(session);
            }
        }
        Engine::Firefox => beyond(&home, manner, identity, &context, within).await?,
    }
    if let Some(params) = manner.interception(&context) {
        let option = if manner.blocking.is_empty() { "auth" } else { "block" };
        let option = if manner.answers.is_some() { "recorded responses" } else { option };
        tell(socket, vec![Command { method: "network.addIntercept", params, option }], within).await?;
    }
    Ok(WebDriverTab {
        socket: socket.clone(),
        context,
        household: Arc::clone(household),
        events,
        home,
        identity: identity.clone(),
    })
}

impl WebDriverTab {
    /// Another tab in this one's user context, which is this one's no more.
    pub(super) async fn succeeded(&self, deadline: Deadline) -> Result<Self, BrowserError> {
        if self.events.tracker.state().closed {
            return Err(BrowserError::Closed);
        }
        let within = deadline.left().min(SHORT);
        let next = fill(self.home.clone(), &self.identity, &self.household, &self.events.manner, within).await?;
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
            let option = if option.contains('`') { option.to_owned() } else { format!("`{option}`") };
            BrowserError::Unsupported { what: format!("{option} over WebDriver BiDi") }
        }
        _ => error.into(),
    }
}
