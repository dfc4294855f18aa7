//! The seams through which steps reach browsers and the cache.

use async_trait::async_trait;

use crate::browser::{BrowserError, Browsers, Deadline, Identity, Landing, Launch, OpenedTab, Snapshot};

/// Where tabs come from. No browser starts before the first call.
#[async_trait]
pub trait TabSource: Send + Sync {
    /// Opens a tab with its own context for the identity.
    async fn open(&self, launch: &Launch, identity: &Identity, deadline: Deadline) -> Result<OpenedTab, BrowserError>;

    /// Leaves a secret out of whatever is logged of the tabs from now on.
    fn hide(&self, secret: &str);
}

#[async_trait]
impl TabSource for Browsers {
    async fn open(&self, launch: &Launch, identity: &Identity, deadline: Deadline) -> Result<OpenedTab, BrowserError> {
        self.open_tab(launch, identity, deadline).await
    }

    fn hide(&self, secret: &str) {
        Self::hide(self, secret);
    }
}

/// Where pages are cached. Calls may block; steps make them on a blocking thread. Opens its file at the first call.
pub trait PageCache: Send + Sync {
    /// The page under `key`, if any; the error says what is wrong with the store.
    fn get(&self, key: &str) -> Result<Option<(Snapshot, Landing)>, String>;

    /// Keeps a page under `key`.
    fn put(&self, key: &str, snapshot: &Snapshot, landing: &Landing) -> Result<(), String>;
}
