//! What one running site remembers: requests per path, who is signed in, half-filled forms.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::changing::Changes;
use super::files::Uploaded;
use super::wizard::Answers;

/// The state as handlers get it.
pub(super) type Shared = Arc<State>;

/// The state of one site; another site, or the next run, starts empty.
pub(super) struct State {
    closing: watch::Receiver<bool>,
    counter: AtomicU64,
    memory: Mutex<Memory>,
}

/// Everything that changes while the site runs.
#[derive(Default)]
pub(super) struct Memory {
    /// Requests by path.
    pub(super) hits: BTreeMap<String, u64>,
    /// Form tokens handed out and not yet used, by the cookie that they belong to.
    pub(super) forms: HashMap<String, BTreeSet<String>>,
    /// Signed-in users by session cookie.
    pub(super) sessions: HashMap<String, String>,
    /// The wizard's answers by cookie.
    pub(super) wizards: HashMap<String, Answers>,
    /// What of the shop that changes is otherwise than at first.
    pub(super) changes: Changes,
    /// Files that were uploaded, in order.
    pub(super) files: Vec<Uploaded>,
}

impl State {
    /// An empty site that ends its waits once `closing` turns true.
    pub(super) fn new(closing: watch::Receiver<bool>) -> Self {
        Self { closing, counter: AtomicU64::new(0), memory: Mutex::default() }
    }

    /// The changing part, locked; never hold it across an await.
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token that this site has not given out before.
    pub(super) fn token(&self, kind: &str) -> String {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let digest = Sha256::digest(format!("{kind} {number}"));
        digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Holds the answer for `milliseconds`; false when the site closes meanwhile.
    pub(super) async fn pause(&self, milliseconds: u64) -> bool {
        if milliseconds == 0 {
            return true;
        }
        let mut closing = self.closing.clone();
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(milliseconds)) => true,
            _ = closing.wait_for(|closing| *closing) => false,
        }
    }
}
