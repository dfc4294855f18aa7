//! One switch that ends a run: seen by waiting futures and by Rhai's progress callback alike.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// A switch that many may hold. Once on, it stays on until [`Cancel::reset`].
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    on: AtomicBool,
    notify: Notify,
}

impl Cancel {
    /// Ends the run.
    pub fn cancel(&self) {
        self.0.on.store(true, Ordering::SeqCst);
        self.0.notify.notify_waiters();
    }

    /// Makes the switch ready for the next run (REPL, watch).
    pub fn reset(&self) {
        self.0.on.store(false, Ordering::SeqCst);
    }

    /// Whether the run was ended.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.0.on.load(Ordering::Relaxed)
    }

    /// Waits until the run is ended.
    pub async fn wait(&self) {
        loop {
            let notified = self.0.notify.notified();
            if self.cancelled() {
                return;
            }
            notified.await;
        }
    }
}
