//! What an identity has stored, written before its session sees the page: each origin's on a blank page of that origin.

use std::sync::Arc;

use super::deadline::Deadline;
use super::error::BrowserError;
use super::identity::{OriginStorage, WaitUntil};
use super::tab::{Navigation, Tab};

/// Another tab of the identity, which has this storage now.
///
/// # Errors
/// Where the browser refuses one of them, or time runs out.
pub async fn seeded(
    tab: Arc<dyn Tab>,
    storage: &[OriginStorage],
    deadline: Deadline,
) -> Result<Arc<dyn Tab>, BrowserError> {
    for OriginStorage { origin, local_storage, indexed_db } in storage.iter().filter(|origin| !origin.is_empty()) {
        tab.navigate(&blank(origin), deadline).await?;
        tab.set_local_storage(local_storage, deadline).await?;
        if !indexed_db.is_empty() {
            tab.set_indexed_db(indexed_db, deadline).await?;
        }
    }
    tab.renewed(deadline).await
}

/// A page of an origin that asks its server for nothing.
fn blank(origin: &str) -> Navigation {
    Navigation {
        url: format!("{origin}/"),
        wait_until: WaitUntil::Commit,
        content: Some("<!doctype html>".to_owned()),
        ..Navigation::default()
    }
}
