//! Navigations: asked for by us or by the page, followed by navigation id until the wished-for state.

use std::time::Instant;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::WaitUntil;
use crate::browser::inpage;
use crate::browser::rewrite::Rewrite;
use crate::browser::snapshot::Landing;
use crate::browser::tab::Navigation;
use crate::browser::tracker::{Arrival, PendingNavigation};

use super::page::{SHORT, WebDriverTab};
use super::reason::{ABORTED, net_name};

/// The reply to `browsingContext.navigate` with `wait: none`.
#[derive(Deserialize)]
struct Navigated {
    navigation: Option<String>,
}

#[derive(Deserialize)]
struct Intercept {
    intercept: String,
}

impl WebDriverTab {
    pub(super) async fn go(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError> {
        let Some(rewrite) = Rewrite::of(to) else { return self.load(to, deadline).await };
        if to.content.is_some() && !(to.url.starts_with("http:") || to.url.starts_with("https:")) {
            return self.write_document(to, deadline).await;
        }
        self.events.tracker.state().lane.rewrite = Some(rewrite);
        let requests = json!({ "phases": ["beforeRequestSent"], "contexts": [self.context] });
        let Intercept { intercept } = self.ask("network.addIntercept", requests, deadline).await?;
        let outcome = self.load(to, deadline).await;
        self.events.tracker.state().lane.rewrite = None;
        self.socket.send(None, "network.removeIntercept", json!({ "intercept": intercept }));
        // A document that was handed in has no response of its own.
        match outcome {
            Ok(landing) if to.content.is_some() => {
                let landing = Landing { status: None, headers: Vec::new(), ..landing };
                self.events.tracker.state().landing = Some(landing.clone());
                Ok(landing)
            }
            other => other,
        }
    }

    async fn load(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError> {
        let began = Instant::now();
        let before = {
            let mut state = self.events.tracker.state();
            state.usable()?;
            state.pending = None;
            state.lane.failed = None;
            state.lane.download = None;
            state.lane.within = None;
            state.document.loader.clone()
        };
        for permission in self.events.manner.permits(&to.url, &self.household.user_context) {
            let _: IgnoredAny = self.ask("permissions.setPermission", permission, deadline).await?;
        }
        let params = json!({ "context": self.context, "url": to.url, "wait": "none" });
        let navigating = self.call::<Navigated>("browsingContext.navigate", params, deadline.left());
        let reply = match self.events.tracker.until_lost(navigating).await? {
            Ok(reply) => reply,
            Err(CdpError::Silent { .. }) => return Err(self.give_up(&to.url, began, &before, deadline).await),
            Err(CdpError::Refused { message, .. }) => return Err(self.refused(to, &message).await),
            Err(error) => return Err(self.explain(error)),
        };
        let own = reply.navigation.clone();
        if let Some(error) = self.downloaded(to, own.as_deref()) {
            return Err(error);
        }
        let within = {
            let mut state = self.events.tracker.state();
            let loader = reply.navigation;
            let within = loader.is_none() || state.lane.within == loader;
            if !within && state.pending.is_none() && state.document.loader == before && state.lane.failed != loader {
                // A driver may answer before the navigation began.
                state.pending = Some(PendingNavigation { loader, url: to.url.clone(), since: began });
            }
            within
        };
        if within {
            // A fragment of the document that stands (HTML, "navigate to a fragment").
            return Ok(self.events.tracker.change(|state| {
                state.document.url.clone_from(&to.url);
                state.land(&to.url, began)
            }));
        }
        let followed = self.follow(&to.url, &before, to.wait_until, deadline).await;
        // Both may be told after the reply.
        if let Some(error) = self.downloaded(to, own.as_deref()) {
            return Err(error);
        }
        let followed = followed?;
        let called_off = {
            let state = self.events.tracker.state();
            own.filter(|own| state.document.loader == before && state.lane.failed.as_ref() == Some(own))
        };
        match called_off {
            Some(failed) => Err(self.came_to_nothing(to, &failed, ABORTED).await),
            None => Ok(followed),
        }
    }

    /// `browsingContext.navigate` failed before a document came of it.
    async fn refused(&self, to: &Navigation, message: &str) -> BrowserError {
        let url = to.url.clone();
        if message.starts_with("invalid argument") {
            return BrowserError::Navigation { url, reason: "it is no valid URL".to_owned() };
        }
        // The driver may tell of the end only after its reply.
        let ended = self
            .events
            .tracker
            .wait_for(|state| state.usable().err().map(Err).or_else(|| state.lane.failed.clone().map(Ok)));
        let failed = match tokio::time::timeout(SHORT / 20, ended).await {
            Ok(Ok(failed)) => failed,
            Ok(Err(lost)) => return lost,
            Err(_) => return BrowserError::Navigation { url, reason: net_name(message, &[]) },
        };
        self.came_to_nothing(to, &failed, message.split_once(": ").map_or(message, |(_, reason)| reason)).await
    }

    /// What the navigation `failed` ended in, of which the driver says `told`: an error, a download, or nothing to show.
    async fn came_to_nothing(&self, to: &Navigation, failed: &str, told: &str) -> BrowserError {
        let url = to.url.clone();
        let (status, mime, known) = {
            let state = self.events.tracker.state();
            let load = state.loads.get(failed).cloned().unwrap_or_default();
            (load.status, load.mime, load.failed)
        };
        let recorded = self.events.tracker.state().lane.reasons.remove(&url);
        let reason = recorded.or(known).unwrap_or_else(|| net_name(told, &[]));
        if reason != ABORTED {
            // The browser's error page is on its way; taken for the answer to the next navigation it would do harm.
            let shown = self.events.tracker.wait_for(|state| state.document.load.then_some(()));
            let _ = tokio::time::timeout(SHORT / 20, shown).await;
            // It replaces the document.
            self.events.tracker.state().landing = None;
            return BrowserError::Navigation { url, reason };
        }
        self.events.tracker.state().pending = None;
        if let Some(status @ (204 | 205)) = status {
            return BrowserError::NotAPage { url, what: format!("an empty response ({status})") };
        }
        // Aborted: it became a download, the renderer crashed, or the page called it off; the event is on its way.
        let told = self.events.tracker.wait_for(|state| {
            let download = (state.lane.download.as_deref() == Some(failed)).then_some(None);
            state.usable().err().map(Some).or(download)
        });
        match tokio::time::timeout(SHORT / 10, told).await {
            Ok(Some(lost)) => lost,
            Ok(None) => a_download(url, &mime),
            Err(_) => BrowserError::Navigation { url, reason },
        }
    }

    /// The error where the navigation became a download, of which the driver says that it succeeded.
    fn downloaded(&self, to: &Navigation, navigation: Option<&str>) -> Option<BrowserError> {
        let state = self.events.tracker.state();
        let own = navigation.filter(|own| state.lane.download.as_deref() == Some(own))?;
        let mime = state.loads.get(own).map(|load| load.mime.clone()).unwrap_or_default();
        Some(a_download(to.url.clone(), &mime))
    }

    /// Waits until what was asked for has reached `until`.
    pub(super) async fn follow(
        &self,
        requested: &str,
        before: &str,
        until: WaitUntil,
        deadline: Deadline,
    ) -> Result<Landing, BrowserError> {
        let began = Instant::now();
        match self.events.tracker.follow(requested, before, until, deadline).await? {
            Arrival::Landed(landing) => Ok(self.with_response(landing, before).await),
            Arrival::Late => Err(self.give_up(requested, began, before, deadline).await),
        }
    }

    /// The driver may tell of the document's response later than of its load.
    async fn with_response(&self, landing: Landing, before: &str) -> Landing {
        let stayed = self.events.tracker.state().document.loader == before;
        if stayed || landing.status.is_some() || !landing.url.starts_with("http") {
            return landing;
        }
        let told = self.events.tracker.wait_for(|state| {
            let load = state.loads.get(&state.document.loader)?;
            (load.status.is_some() || load.failed.is_some()).then_some(())
        });
        let _ = tokio::time::timeout(SHORT / 20, told).await;
        let mut state = self.events.tracker.state();
        let again = Landing { load_time: landing.load_time, ..state.land(&landing.requested_url, Instant::now()) };
        state.landing = Some(again.clone());
        again
    }

    /// The deadline passed: what came stays, the rest is not loaded.
    pub(super) async fn give_up(&self, url: &str, began: Instant, before: &str, deadline: Deadline) -> BrowserError {
        let late = self.events.tracker.give_up(url, began, before, deadline);
        self.stop_loading().await;
        self.events.tracker.state().usable().err().unwrap_or(late)
    }

    /// A document without an address of its own: written into a blank page.
    async fn write_document(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError> {
        let blank = Navigation { url: "about:blank".to_owned(), ..Navigation::default() };
        let landing = self.load(&blank, deadline).await?;
        let html = inpage::json(to.content.as_deref().unwrap_or_default());
        let write = format!("(document.open(), document.write({html}), document.close(), true)");
        let _: bool = self.in_page_once(&write, deadline).await?;
        let landing = Landing { requested_url: to.url.clone(), ..landing };
        self.events.tracker.state().landing = Some(landing.clone());
        Ok(landing)
    }

    async fn in_page_once<R: serde::de::DeserializeOwned>(
        &self,
        call: &str,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        let done = self.try_in_sandbox(&self.context, call, deadline).await?;
        done.ok_or_else(|| BrowserError::Protocol {
            command: "script.evaluate".to_owned(),
            message: "the blank page went away".to_owned(),
        })
    }
}

fn a_download(url: String, mime: &str) -> BrowserError {
    BrowserError::NotAPage { url, what: format!("a download (`{mime}`)") }
}
