//! What is known of a tab at this moment, from events alone.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::browser::condition::DomCondition;
use crate::browser::error::BrowserError;
use crate::browser::exchange::Certificate;
use crate::browser::identity::WaitUntil;
use crate::browser::snapshot::{Happenings, Landing};

use super::exchanges::Exchanges;
use super::traffic::Traffic;

/// The state behind a tab. Written by the event sink and by the calls, always under one lock. A loader is what the
/// protocol names a navigation's document by: CDP's loader id, WebDriver BiDi's navigation id.
#[derive(Default)]
pub(in crate::browser) struct State<L> {
    /// What only this lane knows.
    pub(in crate::browser) lane: L,
    /// The main frame's id, which is also the target's.
    pub(in crate::browser) main_frame: String,
    /// The document in the main frame.
    pub(in crate::browser) document: Document,
    /// How many navigations of the main frame were asked for, by us or by the page.
    pub(in crate::browser) asked: u64,
    /// How many times the document was moved within: `pushState`, fragments.
    pub(in crate::browser) moves: u64,
    /// The navigation under way, if any.
    pub(in crate::browser) pending: Option<PendingNavigation>,
    /// What the network said of documents' requests, by loader id.
    pub(in crate::browser) loads: HashMap<String, DocumentLoad>,
    /// The last landing; that of the current document as long as the page does not move on by itself.
    pub(in crate::browser) landing: Option<Landing>,
    /// The loader of the document that `landing` is of.
    pub(super) told: String,
    /// The loader of the document that landed, or that is read as it stands.
    pub(super) landed: String,
    /// How far the last navigation that was followed had to come.
    pub(super) until: WaitUntil,
    /// Requests in flight.
    pub(in crate::browser) traffic: Traffic,
    /// The requests of the step, where it keeps them.
    pub(in crate::browser) exchanges: Option<Exchanges>,
    /// The loader that stood when js or an act began.
    pub(in crate::browser) before_act: String,
    /// What happened beside the steps.
    pub(in crate::browser) happenings: Happenings,
    /// Requests that may have changed something on a server, in words.
    pub(in crate::browser) sent: Vec<String>,
    /// How many answers were waited for.
    pub(in crate::browser) round_trips: u64,
    /// Why the tab cannot be used any more.
    pub(in crate::browser) lost: Option<String>,
    /// We closed it.
    pub(in crate::browser) closed: bool,
}

/// The document in the main frame.
#[derive(Debug, Default, Clone)]
pub(in crate::browser) struct Document {
    pub(in crate::browser) loader: String,
    pub(in crate::browser) url: String,
    pub(in crate::browser) dom: bool,
    pub(in crate::browser) load: bool,
    /// It was still loading when it asked for a navigation of which nothing came: its parser was stopped then, and no
    /// `load` event may follow.
    pub(in crate::browser) cut: bool,
    /// An error page stands where the document should be.
    pub(in crate::browser) unreachable: Option<String>,
}

/// A navigation that was asked for and has not committed.
#[derive(Debug, Clone)]
pub(in crate::browser) struct PendingNavigation {
    /// Known once the browser process has begun it.
    pub(in crate::browser) loader: Option<String>,
    /// Where it goes; empty where that is not told.
    pub(in crate::browser) url: String,
    pub(in crate::browser) since: Instant,
}

/// The request of a document.
#[derive(Debug, Default, Clone)]
pub(in crate::browser) struct DocumentLoad {
    /// The request's id, by which its body is asked for.
    pub(in crate::browser) request: String,
    pub(in crate::browser) url: String,
    pub(in crate::browser) status: Option<u16>,
    pub(in crate::browser) mime: String,
    pub(in crate::browser) headers: Vec<(String, String)>,
    /// From the wire, `set-cookie` included; preferred.
    pub(in crate::browser) wire_headers: Option<Vec<(String, String)>>,
    pub(in crate::browser) redirects: Vec<String>,
    pub(in crate::browser) sent: f64,
    pub(in crate::browser) received: Option<f64>,
    pub(in crate::browser) finished: bool,
    pub(in crate::browser) failed: Option<String>,
    pub(in crate::browser) certificate: Option<Certificate>,
}

/// How the navigation under way stands.
pub(in crate::browser) enum Progress {
    /// The wished-for state is reached.
    Reached,
    /// Nothing new came of it: a download, 204, or a cancelled request; the old document stays.
    Stayed,
    /// It goes on.
    Going,
    /// It failed.
    Failed { url: String, reason: String },
}

/// So many requests that may change something are remembered at most.
const MOST_SENT: usize = 64;

/// A page may ask for a navigation that never begins (`form.submit()`, then removed); past this it counts as dropped.
const BEGIN_LIMIT: Duration = Duration::from_millis(500);

impl<L> State<L> {
    /// Fails when the tab cannot be used.
    pub(in crate::browser) fn usable(&self) -> Result<(), BrowserError> {
        if self.closed {
            return Err(BrowserError::Closed);
        }
        self.lost.as_ref().map_or(Ok(()), |cause| Err(BrowserError::Lost { cause: cause.clone() }))
    }

    /// How far the main frame has come towards `until`; `before` is the loader that stood when it was asked for.
    pub(in crate::browser) fn progress(&self, before: &str, until: WaitUntil) -> Progress {
        if let Some(pending) = &self.pending {
            let dropped = pending.loader.is_none() && pending.since.elapsed() > BEGIN_LIMIT;
            return if dropped { Progress::Stayed } else { Progress::Going };
        }
        if self.document.loader == before {
            return Progress::Stayed;
        }
        let load = self.loads.get(&self.document.loader);
        let failure = load.and_then(|load| load.failed.clone());
        if let Some(url) = &self.document.unreachable {
            let reason = failure.unwrap_or_else(|| "net::ERR_FAILED".to_owned());
            return Progress::Failed { url: url.clone(), reason };
        }
        let reached = match until {
            WaitUntil::Commit => true,
            WaitUntil::Dom => self.document.dom,
            WaitUntil::Load | WaitUntil::Idle => self.document.load,
        };
        match failure {
            Some(reason) => Progress::Failed { url: self.document.url.clone(), reason },
            None if reached => Progress::Reached,
            None => Progress::Going,
        }
    }

    /// What the server said a document's response is, when the load is known.
    pub(in crate::browser) fn mime_of(&self, url: &str) -> Option<String> {
        let load = self.loads.values().find(|load| load.url == url && !load.mime.is_empty());
        load.map(|load| load.mime.clone())
    }

    /// Remembers a request by a method that may change something on a server.
    pub(in crate::browser) fn remember_sent(&mut self, method: &str, url: &str) {
        let harmless = ["GET", "HEAD", "OPTIONS"].contains(&method);
        if !harmless && self.sent.len() < MOST_SENT {
            self.sent.push(format!("{method} {url}"));
        }
    }

    /// Where the page moved on by itself and a `condition` could hold of a document that has only begun: the loader of the
    /// one that landed, and how far the next has to come. Some browsers put that in its place as its response begins, and
    /// tell of it later (`swaps`).
    pub(super) fn behind(&self, condition: Option<&DomCondition>, swaps: bool) -> Option<(String, WaitUntil)> {
        let early = condition.is_none_or(|condition| !condition.needs_a_match());
        let next = self.pending.as_ref().and_then(|pending| pending.loader.as_deref());
        let begins = swaps && next.is_some_and(|loader| self.responded(loader));
        let moved = self.landing.is_some() && (begins || self.landed != self.document.loader);
        (early && moved).then(|| (self.landed.clone(), self.until))
    }

    /// Counts the document that stands as landed, however far it has come.
    pub(super) fn accept(&mut self) {
        if self.landing.is_some() && self.document.unreachable.is_none() {
            self.landed.clone_from(&self.document.loader);
        }
    }

    /// The landing of the document that stands, however it came there; an error page has none of its own.
    pub(in crate::browser) fn landing_now(&self) -> Option<Landing> {
        let landing = self.landing.as_ref()?;
        match self.told != self.document.loader && self.document.unreachable.is_none() {
            true => Some(self.facts("", None)),
            false => Some(landing.clone()),
        }
    }

    /// Counts the document that stands as the one that was asked for.
    pub(in crate::browser) fn land(&mut self, requested: &str, began: Instant) -> Landing {
        let landing = self.facts(requested, Some(began.elapsed()));
        self.landing = Some(landing.clone());
        self.told.clone_from(&self.document.loader);
        self.landed.clone_from(&self.document.loader);
        landing
    }

    /// The facts of the current document's navigation.
    fn facts(&self, requested: &str, load_time: Option<Duration>) -> Landing {
        let load = self.loads.get(&self.document.loader).cloned().unwrap_or_default();
        let response_time = load
            .received
            .filter(|at| load.sent > 0.0 && *at >= load.sent)
            .map(|at| Duration::from_secs_f64(at - load.sent));
        let known = [requested, load.redirects.first().map_or("", String::as_str), &load.url, &self.document.url];
        let requested = known.into_iter().find(|url| !url.is_empty()).unwrap_or_default();
        Landing {
            requested_url: requested.to_owned(),
            url: self.document.url.clone(),
            status: load.status,
            headers: load.wire_headers.unwrap_or(load.headers),
            redirects: load.redirects,
            response_time,
            load_time,
        }
    }

    /// In words for a navigation that did not end in time.
    pub(in crate::browser) fn words(&self) -> String {
        let waiting = self.traffic.in_flight.values().map(|request| &request.url).min();
        let rest = waiting.map(|url| format!(", still loading `{url}`")).unwrap_or_default();
        match (&self.pending, self.document.dom) {
            (Some(pending), _) if pending.loader.as_ref().is_some_and(|l| self.responded(l)) => {
                "the response began and did not become a document".to_owned()
            }
            (Some(_), _) => "no response came".to_owned(),
            (None, false) => "the document has begun and did not end".to_owned(),
            (None, true) => format!("the document is there, not all it loads{rest}"),
        }
    }

    /// Whether a document's request had a response.
    pub(in crate::browser) fn responded(&self, loader: &str) -> bool {
        self.loads.get(loader).is_some_and(|load| load.status.is_some())
    }
}
