//! Who is told of every step with all that it came to: reports. Without a listener nothing is looked at and nothing is
//! kept.

use std::sync::Arc;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::content::Content;
use super::crawler;
use super::host::StepCost;
use super::journal::{Call, Outcome, Ticket};
use super::session::Session;
use super::{BranchPath, CrawlError, Page, Verb, capture};
use crate::browser::{ConsoleLine, Cookie, Deadline, Exchange};

/// How long what is looked at beside a step may take in all.
const LIMIT: Duration = Duration::from_secs(3);

/// Told of every step that ran, after it ended and before its caller goes on. Must not block for long.
pub trait StepListener: Send + Sync {
    /// A step ended.
    fn ended(&self, step: StepRecord);

    /// The script looked for something on the page that the step of that number gave.
    fn read(&self, step: u64, css: &str);

    /// A text that must not be told to anybody.
    fn hide(&self, secret: &str);
}

/// Where the script asked for a step.
#[derive(Debug, Clone)]
pub struct CallSite {
    /// The script's name, or a module's.
    pub source: String,
    /// The line, from 1; `None` where it is not known.
    pub line: Option<usize>,
    /// The thread of the script that waits for the step.
    pub thread: ThreadId,
}

/// One step that ended.
#[derive(Debug, Clone)]
pub struct StepRecord {
    /// Its number within the run, from 1.
    pub seq: u64,
    /// The branch of `parallel`.
    pub branch: BranchPath,
    /// The session's id; `~…` for a fresh identity.
    pub session: String,
    /// What it did.
    pub verb: Verb,
    /// The address, or what else says what it was about.
    pub what: String,
    /// The call as the script wrote it.
    pub text: Option<String>,
    /// Where that stands.
    pub site: Option<CallSite>,
    /// Part of another step's turn.
    pub nested: bool,
    /// What was called.
    pub call: Call,
    /// When its turn came.
    pub began: Instant,
    /// How long it took from then on.
    pub elapsed: Duration,
    /// Where the time went.
    pub cost: StepCost,
    /// What it came to.
    pub outcome: Outcome,
    /// Its error, whole.
    pub error: Option<CrawlError>,
    /// The page that it left.
    pub page: Option<Arc<Page>>,
    /// What that looked like: a picture as browsers show them. `None` where it could not be had soon.
    pub picture: Option<Vec<u8>>,
    /// What the page wrote to its console since the last `crawl` of the session.
    pub console: Vec<ConsoleLine>,
    /// What its page asked for meanwhile.
    pub requests: Vec<Exchange>,
    /// The identity's cookies, after the step and as the session was given them: what must not be told.
    pub cookies: Vec<Cookie>,
    /// Headers that the script gave the session: some of them must not be told.
    pub headers: Vec<(String, String)>,
}

/// What a step left behind that its own journal does not need.
pub(super) struct Left {
    pub base: Option<Arc<Page>>,
    pub cost: StepCost,
    pub call: Call,
    pub elapsed: Duration,
}

/// What is told of the step beside what it left.
pub(super) struct Told<'a> {
    pub row: &'a Arc<Session>,
    pub ticket: &'a Ticket,
    pub what: String,
    pub text: Option<String>,
    pub site: Option<CallSite>,
    pub outcome: Outcome,
    pub error: Option<CrawlError>,
}

impl Told<'_> {
    /// Looks at the page as the step left it, and tells the listener.
    pub async fn tell(self, listener: &dyn StepListener, left: Left) {
        let began = Instant::now().checked_sub(left.elapsed).unwrap_or_else(Instant::now);
        let read = match &self.outcome {
            Outcome::Page(page) => Some(Arc::clone(page)),
            _ => left.base.or_else(|| self.error.as_ref().and_then(|error| error.page.clone())),
        };
        let known = read.as_ref().map(|page| page.overheard.clone()).filter(|_| self.error.is_none());
        let seen = self.look(read.is_none()).await;
        listener.ended(StepRecord {
            seq: self.ticket.seq,
            branch: self.ticket.place.branch.clone(),
            session: self.row.id.clone(),
            verb: self.ticket.verb,
            what: self.what,
            text: self.text,
            site: self.site,
            nested: self.ticket.nested,
            call: left.call,
            began,
            elapsed: left.elapsed,
            cost: left.cost,
            outcome: self.outcome,
            error: self.error,
            page: read.or(seen.page),
            picture: seen.picture,
            console: known.unwrap_or(seen.console),
            requests: seen.requests,
            cookies: seen.cookies,
            headers: seen.headers,
        });
    }

    /// The page beside the step; what cannot be had is left out.
    async fn look(&self, with_page: bool) -> Seen {
        let options = &self.row.options.identity;
        let mut seen = Seen { cookies: options.cookies.clone(), headers: options.headers.clone(), ..Seen::default() };
        seen.headers.extend(self.row.state().known.headers.clone().unwrap_or_default());
        // What the browser makes of it (RFC 7617).
        seen.headers.extend(options.auth.as_ref().map(|auth| {
            let pair = BASE64_STANDARD.encode(format!("{}:{}", auth.user, auth.password));
            ("authorization".to_owned(), format!("Basic {pair}"))
        }));
        let Some(tab) = self.row.tab() else { return seen };
        if !self.ticket.nested {
            seen.requests = tab.requests().unwrap_or_default();
            // What comes after the step is nobody's.
            tab.keep_requests(false);
        }
        if !tab.alive() || tab.is_stuck() {
            return seen;
        }
        let deadline = Deadline::after(LIMIT);
        seen.console = tab.console();
        let work = async {
            seen.cookies.extend(tab.cookies(deadline).await.unwrap_or_default());
            if tab.landing().is_none() {
                return;
            }
            if with_page && let Ok(snapshot) = tab.look(deadline).await {
                let real = capture::is_real(&snapshot);
                let content = Content::new(snapshot);
                let landing = tab.landing().unwrap_or_default();
                let page = Page { content, landing, session: self.row.id.clone(), ..Page::default() };
                seen.page = real.then(|| Arc::new(page));
            }
            seen.picture = crawler::picture(tab.as_ref()).await;
        };
        let _ = tokio::time::timeout(LIMIT, work).await;
        seen
    }
}

/// What was looked at.
#[derive(Default)]
struct Seen {
    page: Option<Arc<Page>>,
    picture: Option<Vec<u8>>,
    console: Vec<ConsoleLine>,
    requests: Vec<Exchange>,
    cookies: Vec<Cookie>,
    headers: Vec<(String, String)>,
}
