//! The pages of an identity: the one that a session is in, and those that were opened beside it.

use std::sync::Arc;

use futures_util::future::join_all;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::hearing::LAST_WORDS;
use crate::browser::tab::{OpenPage, Tab};

use super::page::{ChromiumTab, SHORT};
use super::script::Evaluated;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    target_infos: Vec<Info>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    target_id: String,
    url: String,
    title: String,
}

impl ChromiumTab {
    /// Every page of the identity, in the order in which they opened.
    pub(super) async fn open_pages(&self, deadline: Deadline) -> Result<Vec<OpenPage>, BrowserError> {
        let targets: Targets = self.ask_browser("Target.getTargets", json!({}), deadline).await?;
        let pages = self.household.pages().into_iter().filter_map(|page| {
            let id = page.state().main_frame.clone();
            let info = targets.target_infos.iter().find(|info| info.target_id == id)?;
            Some((page, info))
        });
        // All are asked at once: those that load may keep their answers.
        let pages = pages.map(|(page, info)| async move {
            // A page without a title is listed by its address, in some spelling, and so is one whose title the browser
            // has yet to hear of.
            let host = url::Url::parse(&info.url).ok().and_then(|url| url.host_str().map(str::to_owned));
            let title = match info.title.as_str() {
                title if info.url.ends_with(title) || host.is_some_and(|host| title.contains(&host)) => {
                    self.title_of(&page.session, deadline).await
                }
                title => title.to_owned(),
            };
            OpenPage { id: info.target_id.clone(), url: info.url.clone(), title }
        });
        Ok(join_all(pages).await)
    }

    /// What a page says that its title is; nothing where it is busy.
    async fn title_of(&self, session: &str, deadline: Deadline) -> String {
        let title = json!({ "expression": "document.title", "returnByValue": true });
        let within = deadline.left().min(SHORT / 10);
        self.events.state().round_trips += 1;
        let asked = self.socket.call::<Evaluated>(Some(session), "Runtime.evaluate", title, within).await;
        let title = asked.ok().and_then(|told| told.result.value?.as_str().map(str::to_owned));
        title.unwrap_or_default()
    }

    /// A tab on another page of the identity; `None` when there is no such page.
    pub(super) fn other(&self, id: &str) -> Option<Self> {
        let events = self.household.pages().into_iter().find(|page| page.state().main_frame == id)?;
        Some(Self {
            socket: self.socket.clone(),
            session: events.session.clone(),
            target: id.to_owned(),
            household: Arc::clone(&self.household),
            events,
            home: self.home.clone(),
            identity: self.identity.clone(),
        })
    }

    /// Closes all pages of the identity, and its context where it has one of its own.
    pub(super) async fn move_out(&self) -> Result<(), CdpError> {
        self.last_words(Deadline::after(LAST_WORDS)).await;
        let sessions: Vec<String> = self.household.pages().iter().map(|page| page.session.clone()).collect();
        let targets = self.household.empty();
        targets.iter().chain([&self.target]).for_each(|target| self.home.watcher.remove(target));
        let outcome = match &self.household.context {
            Some(context) => {
                let params = json!({ "browserContextId": context });
                self.socket.call::<IgnoredAny>(None, "Target.disposeBrowserContext", params, SHORT).await.map(drop)
            }
            None => {
                let mut outcome = Ok(());
                for target in targets.iter().chain((!targets.contains(&self.target)).then_some(&self.target)) {
                    let params = json!({ "targetId": target });
                    let closed = self.socket.call::<IgnoredAny>(None, "Target.closeTarget", params, SHORT).await;
                    outcome = outcome.and(closed.map(drop));
                }
                outcome
            }
        };
        sessions.iter().chain([&self.session]).for_each(|session| self.socket.forget(session));
        outcome
    }
}
