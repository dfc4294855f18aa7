//! A tab's history as DevTools tells it (`Page.getNavigationHistory`).

use serde::Deserialize;

use super::tab::Traversal;

/// The pages of a tab, and which one stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct History {
    current_index: usize,
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: i64,
    url: String,
}

impl History {
    /// The id of the page to go to; the blank one that every tab begins with is no page of the script's.
    pub(super) fn entry(&self, to: Traversal) -> Option<i64> {
        let index = match to {
            Traversal::Reload => self.current_index,
            Traversal::Back => self.current_index.checked_sub(1)?,
            Traversal::Forward => self.current_index + 1,
        };
        let entry = self.entries.get(index)?;
        (index > 0 || entry.url != "about:blank").then_some(entry.id)
    }
}
