//! The pages of an identity: the one that a session is in, and those that were opened beside it.

use std::sync::Arc;

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::json;

use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage;
use crate::browser::snapshot::Happenings;
use crate::browser::tab::OpenPage;

use super::page::{SHORT, WebDriverTab};
use super::vendor;

#[derive(Deserialize)]
struct Tree {
    contexts: Vec<Top>,
}

#[derive(Deserialize)]
struct Top {
    context: String,
    url: String,
}

#[derive(Deserialize)]
struct Evaluated {
    result: Text,
}

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    value: String,
}

impl WebDriverTab {
    /// What happened beside the steps since this was last asked.
    pub(super) fn happened(&self) -> Happenings {
        let mut happenings = {
            let mut state = self.events.tracker.state();
            state.lane.popups.clear();
            std::mem::take(&mut state.happenings)
        };
        // A pop-up tells nobody of its dialogs but the page that a step is in.
        let others = self.household.pages().into_iter().filter(|page| !Arc::ptr_eq(page, &self.events));
        for page in others {
            happenings.warnings.append(&mut page.tracker.state().happenings.warnings);
        }
        happenings
    }

    /// Every page of the identity, in the order in which they opened.
    pub(super) async fn open_pages(&self, deadline: Deadline) -> Result<Vec<OpenPage>, BrowserError> {
        let tree: Tree = self.ask("browsingContext.getTree", json!({ "maxDepth": 0 }), deadline).await?;
        let ids = self.household.pages().into_iter().map(|page| page.tracker.state().main_frame.clone());
        let open = ids.filter_map(|id| Some((tree.contexts.iter().find(|top| top.context == id)?.url.clone(), id)));
        let asked = open.map(async |(url, id)| OpenPage { title: self.title(&id, deadline).await, id, url });
        Ok(join_all(asked).await)
    }

    /// A page's title; none of one that is busy.
    async fn title(&self, id: &str, deadline: Deadline) -> String {
        let title = json!({
            "expression": "document.title",
            "awaitPromise": false,
            "target": { "context": id, "sandbox": inpage::WORLD },
        });
        let asked = self.call::<Evaluated>("script.evaluate", title, deadline.left().min(SHORT / 10)).await;
        asked.map(|told| told.result.value).unwrap_or_default()
    }

    /// A tab on another page of the identity; `None` when there is no such page.
    pub(super) async fn other(&self, id: &str, deadline: Deadline) -> Option<Self> {
        let events = self.household.pages().into_iter().find(|page| page.tracker.state().main_frame == id)?;
        if events.vendor_session().is_none()
            && let Some(session) = vendor::session(&self.socket, id, deadline.left().min(SHORT)).await
        {
            vendor::tell_worlds_again(&self.socket, &session, deadline.left().min(SHORT)).await;
            events.lend(session);
        }
        Some(Self {
            socket: self.socket.clone(),
            context: id.to_owned(),
            household: Arc::clone(&self.household),
            events,
            home: self.home.clone(),
            identity: self.identity.clone(),
        })
    }
}
