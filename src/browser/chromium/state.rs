//! What is known of a tab at this moment, from events alone.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::browser::error::BrowserError;
use crate::browser::identity::WaitUntil;
use crate::browser::snapshot::{Happenings, Landing};

use super::event::Children;
use super::rewrite::Rewrite;
use super::setup::Command;

/// The state behind a tab. Written by the event sink and by the calls, always under one lock.
#[derive(Default)]
pub(super) struct State {
    /// The main frame's id, which is also the target's.
    pub(super) main_frame: String,
    /// The document in the main frame.
    pub(super) document: Document,
    /// How many navigations of the main frame were asked for, by us or by the page.
    pub(super) asked: u64,
    /// The navigation under way, if any.
    pub(super) pending: Option<PendingNavigation>,
    /// What the network said of documents' requests, by loader id.
    pub(super) loads: HashMap<String, DocumentLoad>,
    /// The landing of the current document.
    pub(super) landing: Option<Landing>,
    /// Isolated worlds by frame id.
    pub(super) worlds: HashMap<String, World>,
    /// What the identity wants of every frame, also of those that come later.
    pub(super) everywhere: Vec<Command>,
    /// Sessions of out-of-process frames: session id to frame id.
    pub(super) children: Children,
    /// Targets that this tab opened.
    pub(super) popups: Vec<String>,
    /// Requests in flight.
    pub(super) traffic: Traffic,
    /// How the next document's request differs from a plain one.
    pub(super) rewrite: Option<Rewrite>,
    /// The loader that stood when js or an act began.
    pub(super) before_act: String,
    /// What happened beside the steps.
    pub(super) happenings: Happenings,
    /// Requests that may have changed something on a server, in words.
    pub(super) sent: Vec<String>,
    /// Why the tab cannot be used any more.
    pub(super) lost: Option<String>,
    /// We closed it.
    pub(super) closed: bool,
}

/// The document in the main frame.
#[derive(Debug, Default, Clone)]
pub(super) struct Document {
    pub(super) loader: String,
    pub(super) url: String,
    pub(super) dom: bool,
    pub(super) load: bool,
    /// An error page stands where the document should be.
    pub(super) unreachable: Option<String>,
}

/// A navigation that was asked for and has not committed.
#[derive(Debug, Clone)]
pub(super) struct PendingNavigation {
    /// Known once the browser process has begun it.
    pub(super) loader: Option<String>,
    pub(super) since: Instant,
}

/// The request of a document.
#[derive(Debug, Default, Clone)]
pub(super) struct DocumentLoad {
    pub(super) url: String,
    pub(super) status: Option<u16>,
    pub(super) mime: String,
    pub(super) headers: Vec<(String, String)>,
    /// From the wire, `set-cookie` included; preferred.
    pub(super) wire_headers: Option<Vec<(String, String)>>,
    pub(super) redirects: Vec<String>,
    pub(super) sent: f64,
    pub(super) received: Option<f64>,
    pub(super) finished: bool,
    pub(super) failed: Option<String>,
}

/// Where a frame's isolated world is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct World {
    /// The CDP session that serves the frame.
    pub(super) session: String,
    /// `uniqueContextId`.
    pub(super) context: String,
}

/// The network as far as waiting needs it.
#[derive(Default)]
pub(super) struct Traffic {
    /// Requests that have not ended, by id.
    pub(super) in_flight: HashMap<String, InFlight>,
    /// When the last request began or ended.
    pub(super) last: Option<Instant>,
    /// Responses since they were armed.
    pub(super) responses: Option<Vec<SeenResponse>>,
}

/// How long an answered request may bring nothing before it no longer counts as under way.
///
/// Chromium tells no end of a response whose body the page does not read, and an endless one has none.
pub(super) const SILENCE: Duration = Duration::from_secs(1);

/// A request under way.
#[derive(Debug, Clone)]
pub(super) struct InFlight {
    /// Its address.
    pub(super) url: String,
    /// The CDP session that told of it.
    pub(super) session: String,
    /// What came, once an answer began.
    pub(super) arrival: Option<Arrival>,
}

/// How much of a response came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    /// `Content-Length`.
    pub(super) length: Option<u64>,
    /// Bytes on the wire so far.
    pub(super) got: u64,
    /// When something came last.
    pub(super) heard: Instant,
}

impl Arrival {
    /// A response whose head came just now.
    pub(super) fn of(headers: &[(String, String)]) -> Self {
        let length =
            headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
        Self { length, got: 0, heard: Instant::now() }
    }

    /// Takes in further bytes.
    pub(super) fn more(&mut self, bytes: u64) {
        self.got += bytes;
        self.heard = Instant::now();
    }

    /// Whether all that was promised came.
    pub(super) fn whole(&self) -> bool {
        self.length.is_some_and(|length| self.got >= length)
    }
}

impl Traffic {
    /// When the network will have been quiet for `quiet`, if nothing more happens; `None` while an answer is due.
    pub(super) fn quiet_at(&self, quiet: Duration, armed: Instant) -> Option<Instant> {
        let mut at = self.last.map_or(armed, |last| last.max(armed)) + quiet;
        for request in self.in_flight.values() {
            let arrival = request.arrival?;
            let silence = if arrival.whole() { quiet } else { quiet.max(SILENCE) };
            at = at.max(arrival.heard + silence);
        }
        Some(at)
    }
}

/// A response, before its body is fetched.
#[derive(Debug, Clone)]
pub(super) struct SeenResponse {
    pub(super) session: String,
    pub(super) request: String,
    pub(super) url: String,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) arrival: Arrival,
    pub(super) finished: bool,
    pub(super) failed: Option<String>,
}

impl SeenResponse {
    /// When it counts as ended, if nothing more of it comes.
    pub(super) fn ends_at(&self) -> Instant {
        let over = self.finished || self.arrival.whole();
        if over { self.arrival.heard } else { self.arrival.heard + SILENCE }
    }
}

/// How the navigation under way stands.
pub(super) enum Progress {
    /// The wished-for state is reached.
    Reached,
    /// Nothing new came of it: a download, 204, or a cancelled request; the old document stays.
    Stayed,
    /// It goes on.
    Going,
    /// It failed.
    Failed { url: String, reason: String },
}

/// A page may ask for a navigation that never begins (`form.submit()`, then removed); past this it counts as dropped.
const BEGIN_LIMIT: Duration = Duration::from_millis(500);

impl State {
    /// Fails when the tab cannot be used.
    pub(super) fn usable(&self) -> Result<(), BrowserError> {
        if self.closed {
            return Err(BrowserError::Closed);
        }
        self.lost.as_ref().map_or(Ok(()), |cause| Err(BrowserError::Lost { cause: cause.clone() }))
    }

    /// How far the main frame has come towards `until`; `before` is the loader that stood when it was asked for.
    pub(super) fn progress(&self, before: &str, until: WaitUntil) -> Progress {
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

    /// The facts of the current document's navigation.
    pub(super) fn land(&mut self, requested: &str, began: Instant) -> Landing {
        let load = self.loads.get(&self.document.loader).cloned().unwrap_or_default();
        let response_time = load
            .received
            .filter(|at| load.sent > 0.0 && *at >= load.sent)
            .map(|at| Duration::from_secs_f64(at - load.sent));
        let requested = if requested.is_empty() { load.redirects.first().unwrap_or(&load.url) } else { requested };
        let landing = Landing {
            requested_url: requested.to_owned(),
            url: self.document.url.clone(),
            status: load.status,
            headers: load.wire_headers.unwrap_or(load.headers),
            redirects: load.redirects,
            response_time,
            load_time: Some(began.elapsed()),
        };
        self.landing = Some(landing.clone());
        landing
    }

    /// In words for a navigation that did not end in time.
    pub(super) fn words(&self) -> String {
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

    fn responded(&self, loader: &str) -> bool {
        self.loads.get(loader).is_some_and(|load| load.status.is_some())
    }
}
