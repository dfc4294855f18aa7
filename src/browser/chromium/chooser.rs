//! File choosers that a page's script opens: kept from opening, and answered (CDP `Page.setInterceptFileChooserDialog`).

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::aim::{Missed, Why};
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::input::Input;

use super::page::{ChromiumTab, SHORT};

/// How long a page may take to open its chooser after the click: browsers let it no later than some seconds.
const OPENING: Duration = Duration::from_secs(2);

/// A chooser that a page asked for (`Page.fileChooserOpened`).
pub(super) struct Chooser {
    /// The CDP session of its frame.
    pub(super) session: String,
    /// The field that it belongs to.
    field: i64,
    several: bool,
}

/// `Page.fileChooserOpened`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Opened {
    mode: String,
    backend_node_id: Option<i64>,
}

impl Opened {
    /// The chooser, where it belongs to a field of the document.
    pub(super) fn chooser(&self, session: &str) -> Option<Chooser> {
        let field = self.backend_node_id?;
        Some(Chooser { session: session.to_owned(), field, several: self.mode == "selectMultiple" })
    }
}

impl ChromiumTab {
    /// Clicks at a point and answers the chooser that this opens; false when it opens none.
    pub(super) async fn choose(
        &self,
        at: (f64, f64),
        files: &[String],
        deadline: Deadline,
    ) -> Result<bool, BrowserError> {
        let sessions: Vec<String> = {
            let mut state = self.events.state();
            state.lane.chooser = None;
            state.lane.children.keys().chain([&self.session]).cloned().collect()
        };
        let within = deadline.left().min(SHORT);
        for session in &sessions {
            let intercepting =
                self.socket.call::<IgnoredAny>(Some(session), INTERCEPT, json!({ "enabled": true }), within);
            // A frame may go meanwhile.
            let _ = self.until_lost(intercepting).await?;
        }
        let done = self.click_and_choose(at, files, deadline).await;
        for session in &sessions {
            self.socket.send(Some(session), INTERCEPT, json!({ "enabled": false }));
        }
        done
    }

    async fn click_and_choose(
        &self,
        at: (f64, f64),
        files: &[String],
        deadline: Deadline,
    ) -> Result<bool, BrowserError> {
        self.send_input(&Input::clicks(at, Default::default(), 1), deadline).await?;
        let opening = self.wait_for(|state| state.lane.chooser.take());
        let opened = self.until_lost(tokio::time::timeout(deadline.left().min(OPENING), opening)).await?;
        let Ok(chooser) = opened else { return Ok(false) };
        if files.len() > 1 && !chooser.several {
            let words = "the file chooser takes one file, not several".to_owned();
            return Err(BrowserError::Target(Box::new(Missed { why: Why::Kind, words, ..Missed::default() })));
        }
        let params = json!({ "files": files, "backendNodeId": chooser.field });
        let within = deadline.left().min(SHORT);
        let handing = self.socket.call::<IgnoredAny>(Some(&chooser.session), "DOM.setFileInputFiles", params, within);
        self.until_lost(handing).await?.map_err(|error| self.explain(error))?;
        Ok(true)
    }
}

const INTERCEPT: &str = "Page.setInterceptFileChooserDialog";
