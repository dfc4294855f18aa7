//! The wish that a run of cases end: no case is begun any more, and those that run are asked to end in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The wish, shared with whoever may come to have it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for the end.
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked for.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
