//! What the requests of a heard identity come to: each is told to the ear once, when all that belongs to it is there.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::deadline::Deadline;
use super::wire::{Asked, Came, Ear, Exchanged};

/// How long what came last may take to be told when an identity closes.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(2);

/// A request's id, and how many redirects came before it under that id.
pub(super) type Hop = (String, usize);

/// Why a request failed of which nothing more is known: its page went.
const ABORTED: &str = "net::ERR_ABORTED";

/// The beginning of a response.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) status_text: String,
    pub(super) headers: Vec<(String, String)>,
    /// When it came, in milliseconds by the protocol's clock.
    pub(super) at: f64,
}

/// What an exchange still waits for before it can be told.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// The body of the request.
    pub(super) posted: bool,
    /// The request's headers as sent.
    pub(super) asked: bool,
    /// The response's headers as they came.
    pub(super) answered: bool,
    /// The body of the response.
    pub(super) body: bool,
}

/// A request under way.
#[derive(Debug, Default)]
pub(super) struct Underway {
    pub(super) asked: Asked,
    /// Milliseconds since 1970.
    pub(super) began: f64,
    /// When it went out, in milliseconds by the protocol's clock.
    pub(super) sent: f64,
    pub(super) head: Option<Head>,
    /// When it was over, by the same clock.
    pub(super) ended: Option<f64>,
    pub(super) failed: Option<String>,
    pub(super) body: Option<Vec<u8>>,
    /// The body came to its end.
    pub(super) whole: bool,
    pub(super) from_cache: bool,
    pub(super) due: Due,
}

impl Underway {
    fn told(self) -> Exchanged {
        let Self { asked, began, sent, head, ended, failed, body, whole, from_cache, .. } = self;
        let since = |at: f64| ((at - sent).max(0.0) * 10.0).round() / 10.0;
        let begun = head.as_ref().map_or_else(|| ended.map_or(0.0, since), |head| since(head.at));
        let took = [begun, ended.map_or(begun, since).max(begun)];
        let came = match head {
            Some(Head { status, status_text, headers, .. }) => {
                Came::Response { status, status_text, headers, body, whole }
            }
            None => Came::Failed(failed.unwrap_or_else(|| ABORTED.to_owned())),
        };
        Exchanged { asked, came, began, took, from_cache }
    }
}

/// The exchanges of an identity that have not been told yet.
pub(super) struct Hearing {
    ear: Arc<dyn Ear>,
    open: Mutex<HashMap<Hop, Underway>>,
    missed: Mutex<HashSet<String>>,
    told: Notify,
}

impl Hearing {
    /// Tells `ear`.
    pub(super) fn new(ear: &Arc<dyn Ear>) -> Self {
        Self { ear: Arc::clone(ear), open: Mutex::default(), missed: Mutex::default(), told: Notify::new() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Hop, Underway>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request goes out.
    pub(super) fn begin(&self, hop: Hop, request: Underway) {
        let before = self.open().insert(hop, request);
        if let Some(before) = before {
            self.ear.heard(before.told());
        }
    }

    /// Something came of one; it is told if that was the last. False where it is not under way.
    pub(super) fn change(&self, hop: &Hop, note: impl FnOnce(&mut Underway)) -> bool {
        let mut open = self.open();
        let Some(request) = open.get_mut(hop) else { return false };
        note(request);
        let over = request.ended.is_some() && request.due == Due::default();
        let over = if over { open.remove(hop) } else { None };
        drop(open);
        if let Some(request) = over {
            self.ear.heard(request.told());
            self.told.notify_waiters();
        }
        true
    }

    /// A request does not go out after all.
    pub(super) fn forget(&self, hop: &Hop) {
        self.open().remove(hop);
    }

    /// Whether it has still to be told.
    pub(super) fn knows(&self, hop: &Hop) -> bool {
        self.open().contains_key(hop)
    }

    /// What cannot be recorded, told once.
    pub(super) fn missed(&self, what: &str) {
        if self.missed.lock().unwrap_or_else(PoisonError::into_inner).insert(what.to_owned()) {
            self.ear.missed(what);
        }
    }

    /// Waits until all that is over has been told; at the deadline it is told as it is.
    pub(super) async fn settle(&self, deadline: Deadline) {
        let settled = async {
            loop {
                let told = self.told.notified();
                tokio::pin!(told);
                told.as_mut().enable();
                if self.open().values().all(|request| request.ended.is_none()) {
                    return;
                }
                told.await;
            }
        };
        if tokio::time::timeout(deadline.left(), settled).await.is_err() {
            self.tell_all(|request| request.ended.is_some());
        }
    }

    /// Nothing more comes: tells all that is left as far as it came.
    pub(super) fn close(&self) {
        self.tell_all(|_| true);
    }

    fn tell_all(&self, which: impl Fn(&Underway) -> bool) {
        let mut left: Vec<Underway> =
            self.open().extract_if(|_, request| which(request)).map(|(_, left)| left).collect();
        left.sort_by(|one, other| one.began.total_cmp(&other.began));
        left.into_iter().for_each(|request| self.ear.heard(request.told()));
        self.told.notify_waiters();
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.close();
    }
}
