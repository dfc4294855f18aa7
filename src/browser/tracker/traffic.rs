//! What the network does, as far as waits ask for it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The network as far as waiting needs it.
#[derive(Default)]
pub(in crate::browser) struct Traffic {
    /// Requests that have not ended, by id.
    pub(in crate::browser) in_flight: HashMap<String, InFlight>,
    /// When the last request began or ended.
    pub(in crate::browser) last: Option<Instant>,
    /// Responses since they were armed.
    pub(in crate::browser) responses: Option<Vec<SeenResponse>>,
}

/// How long an answered request may bring nothing before it no longer counts as under way.
///
/// Chromium tells no end of a response whose body the page does not read, and an endless one has none.
pub(in crate::browser) const SILENCE: Duration = Duration::from_secs(1);

/// A request under way.
#[derive(Debug, Clone)]
pub(in crate::browser) struct InFlight {
    /// Its address.
    pub(in crate::browser) url: String,
    /// The session (CDP) or context (BiDi) that told of it.
    pub(in crate::browser) session: String,
    /// When it began.
    pub(in crate::browser) begun: Instant,
    /// What came, once an answer began.
    pub(in crate::browser) arrival: Option<Arriving>,
}

/// How much of a response came.
#[derive(Debug, Clone, Copy)]
pub(in crate::browser) struct Arriving {
    /// `Content-Length`.
    pub(in crate::browser) length: Option<u64>,
    /// Bytes on the wire so far.
    pub(in crate::browser) got: u64,
    /// When something came last.
    pub(in crate::browser) heard: Instant,
}

impl Arriving {
    /// A response whose head came just now.
    pub(in crate::browser) fn of(headers: &[(String, String)]) -> Self {
        let length =
            headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
        Self { length, got: 0, heard: Instant::now() }
    }

    /// Takes in further bytes.
    pub(in crate::browser) fn more(&mut self, bytes: u64) {
        self.got += bytes;
        self.heard = Instant::now();
    }

    /// Whether all that was promised came.
    pub(in crate::browser) fn whole(&self) -> bool {
        self.length.is_some_and(|length| self.got >= length)
    }
}

impl Traffic {
    /// When the network will have been quiet for `quiet`, if nothing more happens; `None` while an answer is due.
    pub(in crate::browser) fn quiet_at(&self, quiet: Duration, armed: Instant) -> Option<Instant> {
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
pub(in crate::browser) struct SeenResponse {
    pub(in crate::browser) session: String,
    pub(in crate::browser) request: String,
    pub(in crate::browser) url: String,
    pub(in crate::browser) status: u16,
    pub(in crate::browser) headers: Vec<(String, String)>,
    pub(in crate::browser) arrival: Arriving,
    pub(in crate::browser) finished: bool,
    pub(in crate::browser) failed: Option<String>,
}

impl SeenResponse {
    /// When it counts as ended, if nothing more of it comes.
    pub(in crate::browser) fn ends_at(&self) -> Instant {
        let over = self.finished || self.arrival.whole();
        if over { self.arrival.heard } else { self.arrival.heard + SILENCE }
    }
}

impl Traffic {
    /// Counts further bytes of a response; whether that was the last of what it promised. Waits need be told then
    /// alone: most pages bring many pieces that nobody waits for.
    pub(in crate::browser) fn more(&mut self, request: &str, bytes: u64) -> bool {
        let mut whole = false;
        if let Some(arrival) = self.in_flight.get_mut(request).and_then(|request| request.arrival.as_mut()) {
            arrival.more(bytes);
            whole = arrival.whole();
        }
        let mut awaited = self.responses.iter_mut().flatten();
        if let Some(response) = awaited.rfind(|response| response.request == *request) {
            response.arrival.more(bytes);
            whole |= response.arrival.whole();
        }
        whole
    }

    /// A new document stands: what the old one's frames were loading is no longer awaited.
    pub(in crate::browser) fn document_left(&mut self, loader: &str) {
        self.in_flight.retain(|request, _| request == loader);
        self.last = Some(Instant::now());
    }

    /// A session of ours ended, and its requests with it.
    pub(in crate::browser) fn session_left(&mut self, session: &str) {
        self.in_flight.retain(|_, request| request.session != session);
    }
}
