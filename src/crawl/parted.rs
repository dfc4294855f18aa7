//! A pop-up that closes itself: the session goes on in the page before it, and the user is told.

use super::CrawlError;
use super::stage::Stage;
use super::words::quoted;

/// Where the session's page closed itself, tells so: what follows is done in another.
pub(super) fn tell(stage: &Stage<'_>) -> bool {
    let Some(url) = stage.session.take_parted() else { return false };
    stage.warn(format!("the page {} closed itself: the session goes on in the page before it", quoted(&url)));
    true
}

/// The error of a step whose page closed itself under it.
pub(super) fn lost(error: CrawlError) -> CrawlError {
    match error.code == "crawl::session::lost" {
        true => error.help("go on in the page before it; catch this where a page is to close itself"),
        false => error,
    }
}
