//! Back, forward and reload (CDP `Page`).

use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::history::History;
use crate::browser::tab::Traversal;

use super::page::ChromiumTab;

impl ChromiumTab {
    pub(super) async fn go_through_history(&self, to: Traversal, deadline: Deadline) -> Result<bool, BrowserError> {
        let mark = self.events.tracker.mark_act()?;
        if to == Traversal::Reload {
            let _: IgnoredAny = self.ask("Page.reload", json!({}), deadline).await?;
        } else {
            let history: History = self.ask("Page.getNavigationHistory", json!({}), deadline).await?;
            let Some(id) = history.entry(to) else { return Ok(false) };
            let _: IgnoredAny = self.ask("Page.navigateToHistoryEntry", json!({ "entryId": id }), deadline).await?;
        }
        self.events.tracker.set_out(&mark, deadline).await?;
        Ok(true)
    }
}
