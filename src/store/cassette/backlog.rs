//! What waits to be written, in bytes: who gives more than a disk takes waits for it, so that memory does not fill up.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// With so much waiting nothing more is taken. A browser's largest body fits well.
const LIMIT: usize = 64 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Backlog(Arc<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    bytes: Mutex<usize>,
    less: Condvar,
}

impl Backlog {
    /// Whether little is left of the limit.
    pub fn is_long(&self) -> bool {
        *self.0.lock() > LIMIT / 4 * 3
    }

    /// A place for so many bytes, once there is one. What is larger than the limit waits until it is alone.
    pub fn place(&self, bytes: usize) -> Place {
        let mut waiting = self.0.lock();
        while *waiting > 0 && *waiting + bytes > LIMIT {
            waiting = self.0.less.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        *waiting += bytes;
        Place { of: Arc::clone(&self.0), bytes }
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, usize> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Is held until its bytes are written, or given up.
#[derive(Debug)]
pub(super) struct Place {
    of: Arc<Waiting>,
    bytes: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.of.lock() -= self.bytes;
        self.of.less.notify_all();
    }
}
