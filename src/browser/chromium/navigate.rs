//! Navigations: asked for by us or by the page, followed by loader id until the wished-for state.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::WaitUntil;
use crate::browser::rewrite::Rewrite;
use crate::browser::snapshot::Landing;
use crate::browser::tab::Navigation;
use crate::browser::tracker::Arrival;

use super::events::Events;
use super::page::{ChromiumTab, SHORT};
use super::setup::INTERCEPT;

/// How long a navigation may take before the page that is to be left is looked at.
const LEAVING: Duration = Duration::from_secs(1);

/// How long that page may then do nothing else than run its scripts. What ends them would end one of the next page's if
/// that came meanwhile.
const BUSY: Duration = Duration::from_secs(2);

/// So many connections to one host a browser opens at most (over HTTP/1.1); what else goes there waits for one of them.
const CONNECTIONS: usize = 6;

/// The reply to `Page.navigate`; it comes when the navigation committed or failed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    loader_id: Option<String>,
    error_text: Option<String>,
    #[serde(default)]
    is_download: bool,
}

impl ChromiumTab {
    pub(super) async fn go(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError> {
        let Some(rewrite) = Rewrite::of(to) else { return self.load(to, deadline).await };
        if to.content.is_some() && !(to.url.starts_with("http:") || to.url.starts_with("https:")) {
            return self.write_document(to, deadline).await;
        }
        self.events.state().lane.rewrite = Some(rewrite);
        let _: IgnoredAny = self.ask(INTERCEPT, self.events.manner.interception(true), deadline).await?;
        let outcome = self.load(to, deadline).await;
        self.events.state().lane.rewrite = None;
        match self.events.manner.interception(false) {
            Some(standing) => self.socket.send(Some(&self.session), INTERCEPT, standing),
            None => self.socket.send(Some(&self.session), "Fetch.disable", json!({})),
        }
        // A document that was handed in has no response of its own.
        match outcome {
            Ok(landing) if to.content.is_some() => {
                let landing = Landing { status: None, headers: Vec::new(), ..landing };
                self.events.state().landing = Some(landing.clone());
                Ok(landing)
            }
            other => other,
        }
    }

    async fn load(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError> {
        let began = Instant::now();
        let before = {
            let mut state = self.events.state();
            state.usable()?;
            state.pending = None;
            // The ids of paused requests begin anew with each way of pausing them.
            state.lane.answered.clear();
            state.lane.ahead = None;
            state.document.loader.clone()
        };
        tokio::select! {
            biased;
            landed = self.leave_for(to, (began, &before), deadline) => landed,
            never = self.let_go(&before) => match never {},
        }
    }

    async fn leave_for(
        &self,
        to: &Navigation,
        (began, before): (Instant, &str),
        deadline: Deadline,
    ) -> Result<Landing, BrowserError> {
        let navigating = self.call::<Navigated>("Page.navigate", json!({ "url": to.url }), deadline.left());
        let reply = match self.until_lost(navigating).await? {
            Ok(reply) => reply,
            Err(CdpError::Silent { .. }) => return Err(self.give_up(&to.url, began, before, deadline).await),
            Err(CdpError::Refused { message, .. }) if message.contains("invalid URL") => {
                return Err(BrowserError::Navigation { url: to.url.clone(), reason: "it is no valid URL".to_owned() });
            }
            Err(error) => return Err(self.explain(error)),
        };
        if let Some(reason) = reply.error_text.clone() {
            let told =
                reply.loader_id.as_ref().and_then(|loader| self.events.state().lane.reasons.get(loader).cloned());
            let reason = told.unwrap_or(reason);
            return Err(self.refused(to, &reply, reason).await);
        }
        let Some(loader) = &reply.loader_id else {
            // A fragment of the document that stands (HTML, "navigate to a fragment").
            return Ok(self.events.change(|state| {
                state.document.url.clone_from(&to.url);
                state.land(&to.url, began)
            }));
        };
        self.follow_asking(to, (before, loader), deadline).await
    }

    /// Ends scripts of the document that is to be left where they keep it from leaving: in a loop, or as it unloads.
    async fn let_go(&self, before: &str) -> Infallible {
        let stands = || self.events.state().document.loader == before;
        let (mut pause, mut busy, mut stopped) = (LEAVING, BUSY, false);
        loop {
            tokio::time::sleep(pause).await;
            stopped = stopped || self.stop_others();
            if stands() && !self.responds(busy).await && self.socket.lives("Browser.getVersion").await && stands() {
                let limit = SHORT / 40;
                let _ = self.call::<IgnoredAny>("Runtime.terminateExecution", json!({}), limit).await;
                // A page with one listener that loops has others.
                (pause, busy) = (limit, limit);
            }
        }
    }

    /// Stops pages beside this one that still load, and may hold all connections to the site that it goes to: it has no
    /// answer yet, and they are enough for that. Says whether it did.
    fn stop_others(&self) -> bool {
        let loads = |page: &Arc<Events>| {
            let state = page.state();
            let begun = !state.document.loader.is_empty() && !state.document.load;
            page.session != self.session && (state.pending.is_some() || begun)
        };
        let others: Vec<_> = self.household.pages().into_iter().filter(loads).collect();
        let waits = {
            let state = self.events.state();
            state.pending.as_ref().is_some_and(|pending| pending.loader.as_deref().is_none_or(|l| !state.responded(l)))
        };
        let held = waits && others.len() >= CONNECTIONS;
        if held {
            for page in &others {
                self.socket.send(Some(&page.session), "Page.stopLoading", json!({}));
                // As far as it will come.
                page.state().document.load = true;
            }
            let warning = format!(
                "{} pages beside this one were stopped as they loaded: it had no connection left",
                others.len()
            );
            self.events.state().happenings.warnings.push(warning);
        }
        held
    }

    /// `Page.navigate` failed before a document came of it.
    async fn refused(&self, to: &Navigation, reply: &Navigated, reason: String) -> BrowserError {
        let url = to.url.clone();
        if reason != "net::ERR_ABORTED" {
            // The browser's error page is on its way; taken for the answer to the next navigation it would do harm.
            let shown = self.wait_for(|state| (state.document.loader == *reply.loader_id.as_ref()?).then_some(()));
            let _ = tokio::time::timeout(SHORT / 20, shown).await;
        } else if !self.answered(reply) {
            // Aborted without an answer: the renderer crashed, and its event is on its way, or the page called it off.
            if let Ok(lost) = tokio::time::timeout(SHORT / 10, self.events.tracker.lost()).await {
                return lost;
            }
        }
        self.events.change(|state| {
            let load = reply.loader_id.as_ref().and_then(|loader| state.loads.get(loader));
            let empty = load.and_then(|load| load.status).filter(|status| matches!(status, 204 | 205));
            let mime = load.map(|load| load.mime.clone()).unwrap_or_default();
            state.pending = None;
            if let Some(status) = empty {
                return BrowserError::NotAPage { url, what: format!("an empty response ({status})") };
            }
            if reply.is_download {
                return BrowserError::NotAPage { url, what: format!("a download (`{mime}`)") };
            }
            if reason != "net::ERR_ABORTED" {
                // An error page of the browser's replaces the document.
                state.landing = None;
            }
            BrowserError::Navigation { url, reason }
        })
    }

    fn answered(&self, reply: &Navigated) -> bool {
        let state = self.events.state();
        reply.is_download
            || reply.loader_id.as_ref().and_then(|l| state.loads.get(l)).is_some_and(|l| l.status.is_some())
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
            Arrival::Landed(landing) => Ok(landing),
            Arrival::Late => Err(self.give_up(requested, began, before, deadline).await),
        }
    }

    /// The deadline passed: what came stays, the rest is not loaded.
    pub(super) async fn give_up(&self, url: &str, began: Instant, before: &str, deadline: Deadline) -> BrowserError {
        let late = self.events.tracker.give_up(url, began, before, deadline);
        // The browser stops loading by itself: that tells nothing of a page whose script keeps it from leaving, and would
        // do so again.
        self.socket.send(Some(&self.session), "Page.stopLoading", json!({}));
        self.unstick_from(before).await;
        self.events.state().usable().err().unwrap_or(late)
    }

    /// A document without an address of its own: written into a blank page.
    async fn write_document(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError> {
        let blank = Navigation { url: "about:blank".to_owned(), ..Navigation::default() };
        let landing = self.load(&blank, deadline).await?;
        let frame = self.events.state().main_frame.clone();
        let content = json!({ "frameId": frame, "html": to.content });
        let _: IgnoredAny = self.ask("Page.setDocumentContent", content, deadline).await?;
        let landing = Landing { requested_url: to.url.clone(), ..landing };
        self.events.state().landing = Some(landing.clone());
        Ok(landing)
    }
}
