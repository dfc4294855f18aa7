//! The tab itself: its ids, and how it sends commands.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::browser::cdp::{CdpError, CdpSocket};
use crate::browser::deadline::Deadline;
use crate::browser::engine::Engine;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;

use super::events::Events;
use super::manner::Household;

/// Replies that need no work of the page; a driver this late is not coming back.
pub(super) const SHORT: Duration = Duration::from_secs(10);

/// What an in-page wait may take beyond its own timeout before the page counts as stuck.
const GRACE: Duration = Duration::from_millis(500);

/// A page of an identity: of a user context of its own, or of a profile's.
pub(in crate::browser) struct WebDriverTab {
    pub(super) socket: CdpSocket,
    pub(super) context: String,
    pub(super) household: Arc<Household>,
    pub(super) events: Arc<Events>,
    pub(super) home: super::Home,
    /// What it was opened as, for a tab that takes its place.
    pub(super) identity: Identity,
}

/// The same of Firefox, which takes longer for all that it does.
const GRACE_OF_FIREFOX: Duration = Duration::from_secs(2);

impl WebDriverTab {
    /// What an in-page wait may take beyond its own timeout before the page counts as stuck.
    pub(super) fn grace(&self) -> Duration {
        if self.home.engine == Engine::Firefox { GRACE_OF_FIREFOX } else { GRACE }
    }

    /// A command to the driver.
    pub(super) async fn call<R: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
        within: Duration,
    ) -> Result<R, CdpError> {
        self.events.tracker.state().round_trips += 1;
        self.socket.call(None, method, params, within).await
    }

    /// A short command, its reply in the tab's own errors.
    pub(super) async fn ask<R: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        self.events.tracker.state().usable()?;
        let asking = self.call(method, params, deadline.left().min(SHORT));
        self.events.tracker.until_lost(asking).await?.map_err(|error| self.explain(error))
    }

    /// A command's error as the tab's state explains it: closed and crashed tabs refuse in many words.
    pub(super) fn explain(&self, error: CdpError) -> BrowserError {
        self.events.tracker.state().usable().err().unwrap_or_else(|| error.into())
    }

    /// The error for a page that does not answer.
    pub(super) fn silent(&self, command: &str, deadline: Deadline) -> BrowserError {
        let silent = BrowserError::PageSilent { command: command.to_owned(), timeout: deadline.total() };
        self.events.tracker.state().usable().err().unwrap_or(silent)
    }

    /// The identity's cookie jar, as the storage module names it.
    pub(super) fn partition(&self) -> serde_json::Value {
        serde_json::json!({ "type": "storageKey", "userContext": self.household.user_context })
    }
}
