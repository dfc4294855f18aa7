//! Whether what pages ask of the network is of any use to the run.

use std::sync::atomic::Ordering;

use super::Crawler;
use super::crawler::Core;

impl Core {
    /// Whether nobody asks what requests pages make, and what responses say but the status: neither the program nor who
    /// is told of its steps, nor a later run that follows this one.
    pub fn is_unheard(&self) -> bool {
        self.unheard.load(Ordering::Relaxed) && self.config.listener.is_none() && !self.journal.keeps()
    }
}

impl Crawler {
    /// Says whether the program asks nothing of requests and responses but a page's status: telling of the rest may be
    /// saved.
    pub fn set_unheard(&self, unheard: bool) {
        self.core.unheard.store(unheard, Ordering::Relaxed);
    }
}
