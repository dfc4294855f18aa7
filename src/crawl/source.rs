//! The seams through which steps reach browsers and the cache.

use async_trait::async_trait;
use serde_json::Value;

use crate::browser::{BrowserError, Browsers, Deadline, Identity, Landing, Launch, OpenedTab, Snapshot, Wire};

use super::CrawlError;

/// Where tabs come from. No browser starts before the first call.
#[async_trait]
pub trait TabSource: Send + Sync {
    /// Opens a tab with its own context for the identity.
    async fn open(
        &self,
        wire: &Wire,
        launch: &Launch,
        identity: &Identity,
        deadline: Deadline,
    ) -> Result<OpenedTab, BrowserError>;

    /// Leaves a secret out of whatever is logged of the tabs from now on.
    fn hide(&self, secret: &str);
}

#[async_trait]
impl TabSource for Browsers {
    async fn open(
        &self,
        wire: &Wire,
        launch: &Launch,
        identity: &Identity,
        deadline: Deadline,
    ) -> Result<OpenedTab, BrowserError> {
        self.open_tab_over(wire, launch, identity, deadline).await
    }

    fn hide(&self, secret: &str) {
        Self::hide(self, secret);
    }
}

/// What sessions' requests go over, where that is not the plain network.
#[async_trait]
pub trait Network: Send + Sync {
    /// The wire of a session's tab that is about to open, and what its identity is told beside its own.
    fn wire(&self, session: &str, identity: &mut Identity) -> Wire;

    /// What was wrong with the session's requests since this was last asked: the error of the step that made them.
    fn complaint(&self, session: &str) -> Option<CrawlError>;

    /// Returns as soon as there is a complaint about the session's requests.
    async fn complained(&self, session: &str);

    /// Takes note of a secret by its name: what it is kept as, if anything is kept.
    fn hide(&self, name: &str, secret: &str);

    /// A text with the names of secrets in their place, if it has any and something is kept.
    fn conceal(&self, text: &str) -> Option<String>;

    /// What a recorded run saw next there, beside pages; `of` says on which branch, of what kind and name.
    fn seen(&self, of: &Value) -> Option<Value>;

    /// Whether nothing reaches a site.
    fn stands_for_sites(&self) -> bool;

    /// What stands for the secret of that name where the environment has none, as in a recording.
    fn stand_in(&self, name: &str) -> Option<String>;
}

/// Where pages are cached. Calls may block; steps make them on a blocking thread. Opens its file at the first call.
pub trait PageCache: Send + Sync {
    /// The page under `key`, if any; the error says what is wrong with the store.
    fn get(&self, key: &str) -> Result<Option<(Snapshot, Landing)>, String>;

    /// Keeps a page under `key`.
    fn put(&self, key: &str, snapshot: &Snapshot, landing: &Landing) -> Result<(), String>;
}
