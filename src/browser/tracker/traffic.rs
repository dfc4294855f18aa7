//! What the network does, as far as waits ask for it.

use std::collections::HashMap;
use std::time::Instant;

/// The network as far as waiting needs it.
#[derive(Default)]
pub(in crate::browser) struct Traffic {
    /// URL and session (CDP) or context (BiDi) by request id.
    pub(in crate::browser) in_flight: HashMap<String, (String, String)>,
    /// When the last request began or ended.
    pub(in crate::browser) last: Option<Instant>,
    /// Responses since they were armed.
    pub(in crate::browser) responses: Option<Vec<SeenResponse>>,
}

/// A response, before its body is fetched.
#[derive(Debug, Clone)]
pub(in crate::browser) struct SeenResponse {
    pub(in crate::browser) session: String,
    pub(in crate::browser) request: String,
    pub(in crate::browser) url: String,
    pub(in crate::browser) status: u16,
    pub(in crate::browser) headers: Vec<(String, String)>,
    pub(in crate::browser) finished: bool,
    pub(in crate::browser) failed: Option<String>,
}

impl Traffic {
    /// A new document stands: what the old one's frames were loading is no longer awaited.
    pub(in crate::browser) fn document_left(&mut self, loader: &str) {
        self.in_flight.retain(|request, _| request == loader);
        self.last = Some(Instant::now());
    }

    /// A session of ours ended, and its requests with it.
    pub(in crate::browser) fn session_left(&mut self, session: &str) {
        self.in_flight.retain(|_, (_, of)| of != session);
    }
}
