//! How long the closure that runs on this thread may take: a hook, a polled condition, a computed field. It ends with the
//! step that it is part of, whatever it does.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    static LIMIT: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The step tells that its time is over; its closure is ended right after.
const AFTER: Duration = Duration::from_millis(20);

/// Puts the outer limit back on every way out.
struct Restore(Option<Instant>);

impl Drop for Restore {
    fn drop(&mut self) {
        LIMIT.set(self.0);
    }
}

/// Runs `work` within the time of a step that ends at `deadline`, and within that of the closures around it.
pub fn within<T>(deadline: Instant, work: impl FnOnce() -> T) -> T {
    let outer = LIMIT.get();
    let _restore = Restore(outer);
    let own = deadline + AFTER;
    LIMIT.set(Some(outer.map_or(own, |outer| outer.min(own))));
    work()
}

/// Whether the time is over.
pub fn passed() -> bool {
    LIMIT.get().is_some_and(|limit| Instant::now() >= limit)
}

/// The moment when it is over; `None` outside closures of a step.
pub fn at() -> Option<Instant> {
    LIMIT.get()
}
