//! Where a session's page may stand. A redirect, or the page itself, may lead where this run may not go: such a page is
//! left at once, so that neither the step nor a later one, a hook or an error reads of it.

use std::sync::Arc;
use std::time::Duration;

use super::stage::Stage;
use super::{Access, CrawlError};
use crate::browser::{Deadline, Navigation, Snapshot, Tab};

/// The time to leave a page; after it, its tab is closed.
const LEAVING: Duration = Duration::from_secs(2);

/// Refuses the page that stands, and leaves it, where this run may not load it.
pub(super) async fn check(stage: &Stage<'_>, tab: &Arc<dyn Tab>) -> Result<(), CrawlError> {
    let url = tab.address();
    or_leave(stage.core.config.access.page(&url), &url, Some(tab)).await
}

/// The same for what was seen of a page, the files that are its frames included.
pub(super) async fn check_seen(stage: &Stage<'_>, url: &str, seen: &Snapshot) -> Result<(), CrawlError> {
    let access = &stage.core.config.access;
    or_leave(access.page(url).and_then(|()| files(access, seen)), url, stage.session.tab().as_ref()).await
}

async fn or_leave(allowed: Result<(), CrawlError>, url: &str, tab: Option<&Arc<dyn Tab>>) -> Result<(), CrawlError> {
    let Err(mut denied) = allowed else { return Ok(()) };
    denied.url = Some(url.to_owned());
    if let Some(tab) = tab {
        let blank = Navigation { url: "about:blank".to_owned(), ..Navigation::default() };
        if tab.navigate(&blank, Deadline::after(LEAVING)).await.is_err() {
            // A tab that cannot be closed is gone already.
            let _ = tab.close().await;
        }
    }
    Err(denied)
}

/// A page of the web has no files in its frames; a file has those that it names.
fn files(access: &Access, page: &Snapshot) -> Result<(), CrawlError> {
    if !access.is_limited() {
        return Ok(());
    }
    page.frames.iter().try_for_each(|frame| {
        if frame.url.starts_with("file:") {
            access.page(&frame.url)?;
        }
        files(access, frame)
    })
}
