//! The tab itself: its ids, how it sends commands, and how it waits for its own state.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::browser::cdp::{CdpError, CdpSocket};
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;

use super::events::Events;
use super::lane::State;
use super::manner::Household;

/// Replies that need no work of the page are there in a millisecond; a browser this late is not coming back.
pub(super) const SHORT: Duration = Duration::from_secs(10);

/// A page of an identity: of an isolated browser context, or of a profile's.
pub(in crate::browser) struct ChromiumTab {
    pub(super) socket: CdpSocket,
    pub(super) session: String,
    pub(super) target: String,
    pub(super) household: Arc<Household>,
    pub(super) events: Arc<Events>,
    pub(super) home: super::Home,
    /// What it was opened as, for a tab that takes its place.
    pub(super) identity: Identity,
}

impl ChromiumTab {
    /// A command to the page's own session.
    pub(super) async fn call<R: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
        within: Duration,
    ) -> Result<R, CdpError> {
        self.events.state().round_trips += 1;
        self.socket.call(Some(&self.session), method, params, within).await
    }

    /// A short command to the page's own session, its reply in the tab's own errors.
    pub(super) async fn ask<R: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        self.events.state().usable()?;
        let reply = self.until_lost(self.call(method, params, deadline.left().min(SHORT))).await?;
        reply.map_err(|error| self.explain(error))
    }

    /// A command to the browser.
    pub(super) async fn ask_browser<R: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        {
            let mut state = self.events.state();
            state.usable()?;
            state.round_trips += 1;
        }
        let reply = self.until_lost(self.socket.call(None, method, params, deadline.left().min(SHORT))).await?;
        reply.map_err(|error| self.explain(error))
    }

    /// A command to the sessions of all frames, those that come later included, in place of the last one of its name.
    pub(super) fn tell_frames(&self, method: &'static str, params: &Value) {
        let frames: Vec<String> = {
            let mut state = self.events.state();
            state.lane.everywhere.retain(|(known, _)| *known != method);
            state.lane.everywhere.push((method, params.clone()));
            state.lane.children.keys().cloned().collect()
        };
        for session in frames {
            self.socket.send(Some(&session), method, params.clone());
        }
    }

    /// A command's error as the tab's state explains it: closed and crashed tabs refuse in many words.
    pub(super) fn explain(&self, error: CdpError) -> BrowserError {
        self.events.state().usable().err().unwrap_or_else(|| error.into())
    }

    /// Runs `work` unless the tab is lost or closed meanwhile.
    pub(super) async fn until_lost<T>(&self, work: impl Future<Output = T>) -> Result<T, BrowserError> {
        self.events.tracker.until_lost(work).await
    }

    /// Waits until `look` finds what it looks for in the state.
    pub(super) async fn wait_for<T>(&self, look: impl FnMut(&mut State) -> Option<T>) -> T {
        self.events.tracker.wait_for(look).await
    }
}
