//! One deadline per step: everything inside asks it how long is left.

use std::time::{Duration, Instant};

/// The moment by which a step must have ended.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    started: Instant,
    at: Instant,
}

impl Deadline {
    /// A deadline `timeout` from now.
    #[must_use]
    pub fn after(timeout: Duration) -> Self {
        let started = Instant::now();
        Self { started, at: started + timeout }
    }

    /// The deadline of a step that begins so much later.
    #[must_use]
    pub fn postponed(self, by: Duration) -> Self {
        Self { started: self.started + by, at: self.at + by }
    }

    /// The time left, zero when it has passed.
    #[must_use]
    pub fn left(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Whether the time is up.
    #[must_use]
    pub fn passed(self) -> bool {
        self.left().is_zero()
    }

    /// The time since the step began.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.started.elapsed()
    }

    /// The whole time given.
    #[must_use]
    pub fn total(self) -> Duration {
        self.at - self.started
    }

    /// The moment itself.
    #[must_use]
    pub fn instant(self) -> Instant {
        self.at
    }
}
