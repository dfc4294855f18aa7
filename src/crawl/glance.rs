//! What a person looks at beside the steps: the picture, cookies and console of a session just now. No step is taken, and
//! the journal knows nothing of it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::content::parse;
use super::{CrawlError, Crawler, failure};
use crate::browser::{ConsoleLine, Cookie, Deadline, Tab};
use crate::page::{Document, Picked, frame_selector, pick_marked};
use crate::syntax::JsProgram;

/// How long a look may take.
const LIMIT: Duration = Duration::from_secs(10);

/// What a person clicked, in the page as it was then.
#[derive(Debug)]
pub struct Clicked {
    /// Selectors for the frames that it lies in, from the outermost in; none of a frame that changed meanwhile.
    pub frames: Vec<Option<String>>,
    /// The innermost document.
    pub document: Document,
    /// The element there with selectors for it; none when it changed meanwhile.
    pub picked: Option<Picked>,
    /// Whether it is a frame of another origin, into which no click can be followed.
    pub sealed: bool,
}

impl Crawler {
    /// The session's cookies.
    pub async fn glance_at_cookies(&self, session: &str) -> Result<Vec<Cookie>, CrawlError> {
        self.glance(session)?.cookies(Deadline::after(LIMIT)).await.map_err(failure::of_browser)
    }

    /// A PNG of what the session shows.
    pub async fn glance_at_picture(&self, session: &str) -> Result<Vec<u8>, CrawlError> {
        self.glance(session)?.screenshot(false, Deadline::after(LIMIT)).await.map_err(failure::of_browser)
    }

    /// What js says in the session's page. It must change nothing that a step could see.
    pub async fn glance_by_js(&self, session: &str, js: &JsProgram) -> Result<Value, CrawlError> {
        let outcome = self.glance(session)?.run(js, Deadline::after(LIMIT)).await.map_err(failure::of_browser)?;
        Ok(outcome.value)
    }

    /// Waits for a person's click in the page's window; what the page was then, and selectors for what was clicked. `None`
    /// when it was called off there. The page sees nothing of it.
    pub async fn glance_at_click(&self, session: &str, limit: Duration) -> Result<Option<Clicked>, CrawlError> {
        let pointed = self.glance(session)?.pointed_at(Deadline::after(limit)).await.map_err(failure::of_browser)?;
        Ok(pointed.map(|pointed| {
            let (mut snapshot, mut document) = (&pointed.snapshot, parse(&pointed.snapshot));
            let mut frames = Vec::new();
            for number in &pointed.frames {
                frames.push(frame_selector(&document, *number));
                let Some(frame) = snapshot.frames.get(*number) else { break };
                (snapshot, document) = (frame, parse(frame));
            }
            let picked = pick_marked(&document, &pointed.element);
            Clicked { frames, document, picked, sealed: pointed.sealed }
        }))
    }

    /// Holds clicks back from the page, for a moment: [`Self::glance_at_click`] comes next.
    pub async fn expect_click(&self, session: &str) -> Result<(), CrawlError> {
        self.glance(session)?.begin_pointing(Deadline::after(LIMIT)).await.map_err(failure::of_browser)
    }

    /// Ends the wait for a click.
    pub async fn end_click(&self, session: &str) -> Result<(), CrawlError> {
        self.glance(session)?.stop_pointing(Deadline::after(LIMIT)).await.map_err(failure::of_browser)
    }

    /// What the page wrote to its console since its last snapshot; it stays for the next one.
    #[must_use]
    pub fn overheard(&self, session: &str) -> Vec<ConsoleLine> {
        self.glance(session).map(|tab| tab.console()).unwrap_or_default()
    }

    /// The session's tab with a page in it.
    fn glance(&self, session: &str) -> Result<Arc<dyn Tab>, CrawlError> {
        let tab = self.core.table.find(session).and_then(|row| row.tab());
        tab.filter(|tab| tab.alive() && !tab.is_stuck() && tab.landing().is_some()).ok_or_else(|| {
            let error = CrawlError::new("crawl::session::no_page", format!("session `{session}` has no page"));
            error.help("load one: `crawl(\"https://…\")`")
        })
    }
}
