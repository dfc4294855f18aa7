//! A row of the session table: one identity, its tab, and the queue of those who want a turn.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::journal::Stand;
use super::trail::Trail;
use super::{Branch, CrawlError, Ensured, SessionOptions, Trouble};
use crate::browser::{Cookie, Deadline, Navigation, OriginStorage, Tab};

/// One session. Its options never change; other options make another row.
pub(super) struct Session {
    /// Its id.
    pub id: String,
    /// A fresh identity for one step, of no name and in no listing.
    pub fresh: bool,
    /// Its options.
    pub options: SessionOptions,
    gate: Arc<Semaphore>,
    closed: watch::Sender<bool>,
    parting: AtomicBool,
    state: Mutex<State>,
}

/// What changes from step to step.
pub(super) struct State {
    /// The tab, dead or alive; `None` before the first step.
    pub tab: Option<Arc<dyn Tab>>,
    /// The pages that it was in before, the latest last.
    pub openers: Vec<Arc<dyn Tab>>,
    /// The address of a page that closed itself, until that is told.
    pub parted: Option<String>,
    /// The run that mentioned the session last.
    pub run: u64,
    /// When it was first mentioned.
    pub opened: Instant,
    /// Its steps in this run.
    pub steps: u64,
    /// The page's address, as far as the last step knew it.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// The identity as last known, for the day its browser dies.
    pub known: Known,
    learning: Learning,
    /// The navigation that the cache answered, so that the tab has yet to do it.
    pub owed: Option<Navigation>,
    /// After which step of the journal the tab stands.
    pub stands: Stand,
    /// Something was sent since its last navigation of its own: to go there again would not bring it here.
    pub has_sent: bool,
    /// Databases by origin: those that it was given, and those that were saved since.
    pub databases: BTreeMap<String, Vec<Value>>,
    /// What has to hold on its page after every step.
    pub ensured: Vec<Arc<Ensured>>,
    /// The way to where its page stands; kept while there is something to hold.
    pub trail: Trail,
}

/// What is known of an identity beside its options.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Its cookies; `None` before the first page.
    pub cookies: Option<Vec<Cookie>>,
    /// Its local storage.
    pub storage: Vec<OriginStorage>,
    /// The headers that an act set in place of its options'.
    pub headers: Option<Vec<(String, String)>>,
}

/// Whether somebody is learning the identity just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Learning {
    No,
    Yes,
    /// There was news meanwhile.
    Again,
}

/// How soon after one another an identity is learned: steps come faster than cookies change.
const LEARNING_PAUSE: Duration = Duration::from_millis(100);

/// How long learning may take.
const LEARNING_LIMIT: Duration = Duration::from_secs(2);

/// The right to the session's tab, held for one step; `None` for a nested step, whose turn holds it already.
pub(super) struct Permit(#[expect(dead_code, reason = "held, never read")] Option<OwnedSemaphorePermit>);

impl Session {
    /// A session of that run, without a tab.
    pub fn new(id: &str, fresh: bool, options: SessionOptions, run: u64) -> Self {
        let state = State {
            tab: None,
            openers: Vec::new(),
            parted: None,
            run,
            opened: Instant::now(),
            steps: 0,
            url: String::new(),
            title: String::new(),
            known: Known::default(),
            learning: Learning::No,
            owed: None,
            stands: Stand::Untouched,
            has_sent: false,
            databases: databases_of(&options.identity.storage),
            ensured: Vec::new(),
            trail: Trail::default(),
        };
        Self {
            id: id.to_owned(),
            fresh,
            options,
            gate: Arc::new(Semaphore::new(1)),
            closed: watch::Sender::new(false),
            parting: AtomicBool::new(false),
            state: Mutex::new(state),
        }
    }

    /// What changes. Never held across an await.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The tab, dead or alive. Where its page was closed, the one before it is the session's again.
    pub fn tab(&self) -> Option<Arc<dyn Tab>> {
        let mut state = self.state();
        while let Some(closed) = state.tab.clone().filter(|tab| tab.page_was_closed())
            && let Some(opener) = state.openers.pop()
        {
            state.tab = Some(opener);
            state.parted = Some(closed.address());
        }
        state.tab.clone()
    }

    /// Goes back to the page before `closed`, which the script closed.
    pub fn leave(&self, closed: &Arc<dyn Tab>) {
        let mut state = self.state();
        if state.tab.as_ref().is_some_and(|tab| Arc::ptr_eq(tab, closed)) {
            state.tab = state.openers.pop();
        }
        state.parted = None;
    }

    /// The address of a page that closed itself, and left the session in the one before it; told once.
    pub fn take_parted(&self) -> Option<String> {
        self.tab();
        self.state().parted.take()
    }

    /// The storage with the databases that are known beside it.
    pub fn with_databases(&self, mut storage: Vec<OriginStorage>) -> Vec<OriginStorage> {
        for (origin, databases) in self.state().databases.iter().filter(|(_, databases)| !databases.is_empty()) {
            match storage.iter_mut().find(|known| known.origin == *origin) {
                Some(known) => known.indexed_db.clone_from(databases),
                None => storage.push(OriginStorage {
                    origin: origin.clone(),
                    indexed_db: databases.clone(),
                    ..OriginStorage::default()
                }),
            }
        }
        storage
    }

    /// Whether the session's page is one that `switch_to` went to.
    pub fn has_openers(&self) -> bool {
        !self.state().openers.is_empty()
    }

    /// A tab on a page that the session was in before.
    pub fn opener(&self, page: &str) -> Option<Arc<dyn Tab>> {
        self.state().openers.iter().find(|tab| tab.page_id() == page && tab.alive()).cloned()
    }

    /// Makes another page the session's; the one that it was in stays open behind it.
    pub fn go_to(&self, next: Arc<dyn Tab>) {
        let mut state = self.state();
        state.openers.retain(|tab| tab.page_id() != next.page_id());
        let before = state.tab.replace(next);
        state.openers.extend(before);
    }

    /// The address that references are resolved against; `None` without a page.
    pub fn page_url(&self) -> Option<String> {
        let state = self.state();
        if let Some(owed) = &state.owed {
            return Some(owed.url.clone());
        }
        let landing = state.tab.as_ref().filter(|tab| tab.alive()).and_then(|tab| tab.landing());
        landing.map(|landing| landing.url).filter(|url| !url.is_empty())
    }

    /// Waits for the turn, first come, first served; a nested step has it already.
    pub async fn enter(&self, branch: &Branch) -> Result<Permit, CrawlError> {
        if branch.holds(&self.id) {
            let closed = *self.closed.borrow() && !self.is_parting();
            return if closed { Err(self.closed_error()) } else { Ok(Permit(None)) };
        }
        tokio::select! {
            biased;
            () = self.closed() => Err(self.closed_error()),
            permit = Arc::clone(&self.gate).acquire_owned() => {
                Ok(Permit(Some(permit.expect("the gate is never closed"))))
            }
        }
    }

    /// Waits for the turn although the session is closed, to close its tab after the step under way has ended.
    pub async fn enter_to_close(&self, branch: &Branch) -> Permit {
        if branch.holds(&self.id) {
            return Permit(None);
        }
        Permit(Some(Arc::clone(&self.gate).acquire_owned().await.expect("the gate is never closed")))
    }

    /// While the hooks of its close run, they have its page.
    pub fn set_parting(&self, parting: bool) {
        self.parting.store(parting, Ordering::SeqCst);
    }

    fn is_parting(&self) -> bool {
        self.parting.load(Ordering::SeqCst)
    }

    /// Returns when a step has to end because the session is closed; those of hooks of the close itself have not.
    pub async fn ends(&self, nested: bool) {
        if nested && self.is_parting() {
            std::future::pending::<()>().await;
        }
        self.closed().await;
    }

    /// Ends the step under way and everybody who waits for a turn.
    pub fn mark_closed(&self) {
        self.closed.send_replace(true);
    }

    /// Returns when the session is closed.
    pub async fn closed(&self) {
        let mut closed = self.closed.subscribe();
        // The sender lives as long as `self`.
        let _ = closed.wait_for(|closed| *closed).await;
    }

    /// The error of a step whose session was closed.
    pub fn closed_error(&self) -> CrawlError {
        let mut error =
            CrawlError::new("crawl::session::closed", format!("session `{}` was closed while the step ran", self.id))
                .help("close a session after its last step, or begin it anew with its next `session(…)`");
        error.trouble = Trouble::Lost;
        error
    }

    /// Notes the page for listings.
    pub fn note_page(&self, url: &str, title: &str) {
        let mut state = self.state();
        url.clone_into(&mut state.url);
        title.clone_into(&mut state.title);
    }

    /// Learns the identity without keeping the step waiting.
    pub fn learn(self: &Arc<Self>, tab: &Arc<dyn Tab>) {
        // A fresh identity ends with its step.
        if self.fresh {
            return;
        }
        {
            let mut state = self.state();
            let already = state.learning != Learning::No;
            state.learning = if already { Learning::Again } else { Learning::Yes };
            if already {
                return;
            }
        }
        let (session, mut tab) = (Arc::clone(self), Arc::clone(tab));
        tokio::spawn(async move {
            loop {
                session.learn_now(tab.as_ref()).await;
                drop(tab);
                tokio::time::sleep(LEARNING_PAUSE).await;
                let mut state = session.state();
                let news = state.learning == Learning::Again;
                match state.tab.clone().filter(|_| news) {
                    Some(current) => {
                        state.learning = Learning::Yes;
                        tab = current;
                    }
                    None => {
                        state.learning = Learning::No;
                        return;
                    }
                }
            }
        });
    }

    async fn learn_now(&self, tab: &dyn Tab) {
        let deadline = Deadline::after(LEARNING_LIMIT);
        if let Ok(cookies) = tab.cookies(deadline).await {
            self.state().known.cookies = Some(cookies);
        }
        if let Ok(storage) = tab.storage(deadline).await {
            self.state().known.storage = storage;
        }
    }
}

/// The databases of a storage, by origin.
pub(super) fn databases_of(storage: &[OriginStorage]) -> BTreeMap<String, Vec<Value>> {
    storage.iter().map(|origin| (origin.origin.clone(), origin.indexed_db.clone())).collect()
}
