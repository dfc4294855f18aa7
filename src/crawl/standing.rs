//! Where a session's page may stand. A redirect, or the page itself, may lead where this run may not go: such a page is
//! left at once, so that neither the step nor a later one, a hook or an error reads of it.
//!
//! Where the page stands is asked after whatever was done with it, before anything of what came of that is used: what it
//! was before says nothing of a page that goes elsewhere by itself. It costs a look at an address that is known.

use std::sync::Arc;
use std::time::Duration;

use super::stage::Stage;
use super::{CrawlError, Trouble, reach};
use crate::browser::{Deadline, Navigation, Snapshot, Tab};

/// The time to leave a page; after it, its tab is closed.
const LEAVING: Duration = Duration::from_secs(2);

/// Refuses the page that stands, and leaves it, where this run may not load it.
pub(super) async fn check(stage: &Stage<'_>, tab: &Arc<dyn Tab>) -> Result<(), CrawlError> {
    let access = &stage.core.config.access;
    if !access.is_limited() {
        return Ok(());
    }
    let url = tab.address();
    or_leave(stage, access.page(&url), &url, Some(tab)).await
}

/// The same for the session's page, where it has one.
pub(super) async fn check_page(stage: &Stage<'_>) -> Result<(), CrawlError> {
    if !stage.core.config.access.is_limited() {
        return Ok(());
    }
    match stage.session.tab() {
        Some(tab) => check(stage, &tab).await,
        None => Ok(()),
    }
}

/// The same for what was seen of a page, the files that are its frames included.
pub(super) async fn check_seen(stage: &Stage<'_>, url: &str, seen: &Snapshot) -> Result<(), CrawlError> {
    let access = &stage.core.config.access;
    let allowed = access.page(url).and_then(|()| reach::files(access, seen));
    or_leave(stage, allowed, url, stage.session.tab().as_ref()).await
}

/// What came of a step, unless its page stands where this run may not read: then nothing of it, neither a failure, which
/// may say what the page says, nor what was read of the page as it stands.
pub(super) async fn told<T>(stage: &Stage<'_>, result: Result<T, CrawlError>, reads: bool) -> Result<T, CrawlError> {
    let says = match &result {
        Ok(_) => reads,
        Err(error) => error.code != reach::DENIED && !matches!(error.trouble, Trouble::Interrupted | Trouble::Fatal),
    };
    if says {
        check_page(stage).await?;
    }
    result
}

async fn or_leave(
    stage: &Stage<'_>,
    allowed: Result<(), CrawlError>,
    url: &str,
    tab: Option<&Arc<dyn Tab>>,
) -> Result<(), CrawlError> {
    let Err(denied) = allowed else { return Ok(()) };
    if let Some(tab) = tab {
        stage.touch();
        let blank = Navigation { url: "about:blank".to_owned(), ..Navigation::default() };
        if tab.navigate(&blank, Deadline::after(LEAVING)).await.is_err() {
            // A tab that cannot be closed is gone already.
            let _ = tab.close().await;
        }
        // What it wrote and asked is nobody's.
        drop(tab.happenings());
    }
    // No option of the call named it.
    Err(CrawlError { url: Some(url.to_owned()), place: None, ..denied })
}
