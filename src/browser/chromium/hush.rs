//! A page's requests are told of only as long as somebody may want to know of them.
//!
//! To tell of a request costs the page half a millisecond of its own thread and the browser as much again: a sixth of a
//! step that clicks and waits for what a small answer brings. So where a step says that nobody asks ([`PageAct::unheard`])
//! and the document has stayed through some acts already, it is told no more.
//!
//! All that needs requests has them told again first: a navigation of ours, an act with pointer or keyboard, a wait for
//! the network. A navigation that the page begins by itself is heard of as it begins, and its response nearly always: that
//! is some way off. Where it was faster, the document knows its own status; what else its response said is not known, and
//! the landing says so ([`Landing::unheard`]).
//!
//! [`PageAct::unheard`]: crate::browser::tab::PageAct::unheard

use serde_json::json;

use crate::browser::deadline::Deadline;
use crate::browser::snapshot::Landing;

use super::events::Events;
use super::page::ChromiumTab;
use super::setup::{INTERCEPT, NETWORK, telling};

/// After so many acts in place a document is taken to stay.
const IN_PLACE: u32 = 3;

/// The status of the response that the document came with, by its own account (Navigation Timing, `responseStatus`).
const OWN_STATUS: &str = "performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0";

/// Whether requests are told.
#[derive(Debug, Default)]
pub(super) struct Hush {
    /// They are not.
    on: bool,
    /// How many acts in a row left the document standing.
    acts: u32,
    /// The page began the navigation under way when they were not.
    surprised: bool,
}

impl Hush {
    /// Whether what is still told of requests is of no use.
    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// Whether the document under way may have begun unheard.
    pub(super) fn is_surprised(&self) -> bool {
        self.surprised
    }

    /// A navigation of ours begins: all of it is heard.
    pub(super) fn set_out(&mut self) {
        self.surprised = false;
        self.acts = 0;
    }

    /// An act left the document standing, or not.
    pub(super) fn acted(&mut self, in_place: bool) {
        self.acts = if in_place { self.acts.saturating_add(1) } else { 0 };
    }
}

impl Events {
    /// Before an act: has requests told, or no longer where that is worth while.
    pub(super) fn hush(&self, unheard: bool) {
        if !unheard {
            self.hear();
            return;
        }
        let mut state = self.state();
        let minded = self.manner.answers.is_some() || self.manner.listener.is_some();
        let bound = |method: &str| method == INTERCEPT || method.starts_with("Network.");
        let needed = minded || state.lane.everywhere.iter().any(|(method, _)| bound(method));
        let stays = state.lane.hush.acts >= IN_PLACE && state.pending.is_none() && state.lane.children.is_empty();
        if state.lane.hush.on || needed || !stays {
            return;
        }
        state.lane.hush.on = true;
        // Nobody tells how these end.
        state.traffic.in_flight.clear();
        // Under the lock: who has them told again meanwhile comes after it.
        self.socket.send(Some(&self.session), "Network.disable", json!({}));
    }

    /// Has requests told from here on.
    pub(super) fn hear(&self) {
        let mut state = self.state();
        if std::mem::take(&mut state.lane.hush.on) {
            self.socket.send(Some(&self.session), NETWORK, telling());
        }
    }

    /// A frame is about to navigate by itself.
    pub(super) fn leaves(&self, frame: &str) {
        let mut state = self.state();
        if frame != state.main_frame {
            return;
        }
        state.lane.hush.surprised |= state.lane.hush.on;
        state.lane.hush.acts = 0;
        drop(state);
        self.hear();
    }

    /// Loading ended. Of a navigation that was not heard of from its beginning, this alone may tell that no document came
    /// of it.
    pub(super) fn stopped(&self, frame: &str) {
        self.change(|state| {
            if frame == state.main_frame && state.lane.hush.surprised {
                state.pending.take_if(|pending| pending.loader.is_some());
            }
        });
    }
}

impl ChromiumTab {
    /// A landing with what the document itself knows of a response that nobody heard.
    pub(super) async fn completed(&self, landing: Landing, deadline: Deadline) -> Landing {
        let surprised = std::mem::take(&mut self.events.state().lane.hush.surprised);
        let web = landing.url.starts_with("http:") || landing.url.starts_with("https:");
        if !surprised || !web || landing.status.is_some() {
            return landing;
        }
        let status = self.in_page::<u16>(|| OWN_STATUS.to_owned(), deadline).await.unwrap_or_default();
        let landing = Landing { status: Some(status).filter(|status| *status != 0), unheard: true, ..landing };
        self.events.state().landing = Some(landing.clone());
        landing
    }
}
