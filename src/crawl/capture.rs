//! What a step brings home: the page with the parts that it was asked for.

use std::sync::Arc;

use super::content::Content;
use super::stage::Stage;
use super::timeout::GRACE;
use super::{CrawlError, CrawlRequest, Page, download, failure, reach, standing};
use crate::browser::{Deadline, MOST_EXCHANGES, Snapshot, Tab};

/// The page of a step that went well, without its js value and reading.
pub(super) async fn page(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    request: &CrawlRequest,
    snapshot: Snapshot,
) -> Result<Page, CrawlError> {
    let (deadline, access) = (stage.deadline(), &stage.core.config.access);
    // With the landing of what was read: the page may go elsewhere while the rest is taken.
    let page = bare(stage, tab.as_ref(), snapshot);
    let json = json(tab.as_ref(), &page.content.snapshot(), deadline).await;
    let screenshot = match request.screenshot {
        true => Some(tab.screenshot(false, deadline).await.map_err(failure::of_browser)?),
        false => None,
    };
    let cookies = match request.cookies {
        true => Some(access.cookies(tab.cookies(deadline).await.map_err(failure::of_browser)?)),
        false => None,
    };
    let pdf = match request.pdf {
        true => Some(tab.pdf(deadline).await.map_err(failure::of_browser)?),
        false => None,
    };
    let mhtml = match request.mhtml {
        true => {
            let archive = tab.mhtml(deadline).await.map_err(failure::of_browser)?;
            reach::archive(access, &archive)?;
            Some(archive)
        }
        false => None,
    };
    let downloads = match wants_downloads(stage, request) {
        true => Some(download::harvest(stage, tab.as_ref(), request.downloads && !request.js.is_empty()).await?),
        false => None,
    };
    let certificate = match request.certificate {
        true => Some(tab.certificate().map_err(failure::of_browser)?),
        false => None,
    };
    if [request.screenshot, request.pdf, request.mhtml, request.certificate, json.is_some()].contains(&true) {
        // The page may have gone elsewhere since its snapshot.
        standing::check(stage, tab).await?;
    }
    let requests = if request.network { tab.requests() } else { None };
    let requests = requests.map(|requests| reach::requests(access, requests));
    if request.network && !stage.nested && stage.core.config.listener.is_none() {
        // What comes after the step is nobody's.
        tab.keep_requests(false);
    }
    let mut happenings = tab.happenings();
    reach::console(access, &mut happenings.console);
    if requests.as_ref().is_some_and(|requests| requests.len() == MOST_EXCHANGES) {
        happenings.warnings.push(format!("`page.requests` holds the first {MOST_EXCHANGES} requests alone"));
    }
    Ok(Page {
        certificate,
        requests,
        json,
        screenshot,
        cookies,
        pdf,
        mhtml,
        downloads,
        warnings: happenings.warnings,
        popups: happenings.popups,
        console: request.console.then(|| happenings.console.clone()),
        overheard: happenings.console,
        elapsed: deadline.elapsed(),
        ..page
    })
}

/// Whether the step saves what is downloaded.
pub(super) fn wants_downloads(stage: &Stage<'_>, request: &CrawlRequest) -> bool {
    request.downloads || stage.session.options.downloads.is_some()
}

fn bare(stage: &Stage<'_>, tab: &dyn Tab, snapshot: Snapshot) -> Page {
    Page {
        content: Content::new(snapshot),
        landing: tab.landing().unwrap_or_default(),
        session: stage.session.id.clone(),
        step: stage.seq,
        elapsed: stage.deadline().elapsed(),
        ..Page::default()
    }
}

/// The value of a JSON response, from its own bytes; a body that is no JSON after all is no value.
async fn json(tab: &dyn Tab, snapshot: &Snapshot, deadline: Deadline) -> Option<serde_json::Value> {
    let kind = snapshot.content_type.split(';').next().unwrap_or("").trim();
    if kind != "application/json" && kind != "text/json" && !kind.ends_with("+json") {
        return None;
    }
    let body = tab.document_body(deadline).await.ok()?;
    serde_json::from_str(&body).ok()
}

/// The page as it stands after the deadline, if it can be had quickly.
pub(super) async fn late_page(stage: &Stage<'_>, tab: &Arc<dyn Tab>) -> Option<Arc<Page>> {
    let looking = async {
        // One that was only slow is free in a moment.
        tab.recovered().await;
        if tab.alive() { tab.look(Deadline::after(GRACE)).await.ok() } else { None }
    };
    let snapshot = tokio::time::timeout(GRACE, looking).await.ok()??;
    let access = &stage.core.config.access;
    let page = (is_real(&snapshot) && reach::seen(access, &snapshot).is_ok())
        .then(|| Arc::new(bare(stage, tab.as_ref(), snapshot)))?;
    Some(reach::frames(access, page))
}

/// Whether it is a page, and not what a browser shows where there is none.
pub(super) fn is_real(snapshot: &Snapshot) -> bool {
    !snapshot.url.starts_with("chrome-error:") && snapshot.url != "about:blank"
}

/// The error with what was received so far.
pub(super) async fn with_partial_page(stage: &Stage<'_>, tab: &Arc<dyn Tab>, mut error: CrawlError) -> CrawlError {
    let helps = error.code.starts_with("crawl::navigation") && error.code != "crawl::navigation::tls";
    if helps && error.page.is_none() {
        error.page = late_page(stage, tab).await;
    }
    error
}
