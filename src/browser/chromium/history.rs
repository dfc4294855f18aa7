//! Back, forward and reload (CDP `Page`).

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::tab::Traversal;

use super::page::ChromiumTab;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    current_index: usize,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: i64,
    url: String,
}

impl ChromiumTab {
    pub(super) async fn go_through_history(&self, to: Traversal, deadline: Deadline) -> Result<bool, BrowserError> {
        let mark = self.events.tracker.mark_act()?;
        if to == Traversal::Reload {
            let _: IgnoredAny = self.ask("Page.reload", json!({}), deadline).await?;
        } else {
            let history: History = self.ask("Page.getNavigationHistory", json!({}), deadline).await?;
            let index = match to {
                Traversal::Back => history.current_index.checked_sub(1),
                _ => history.current_index.checked_add(1),
            };
            // The blank page that every tab begins with is no page of the script's.
            let entry =
                index.and_then(|index| history.entries.get(index).filter(|e| index > 0 || e.url != "about:blank"));
            let Some(entry) = entry else { return Ok(false) };
            let _: IgnoredAny =
                self.ask("Page.navigateToHistoryEntry", json!({ "entryId": entry.id }), deadline).await?;
        }
        self.events.tracker.set_out(&mark, deadline).await?;
        Ok(true)
    }
}
