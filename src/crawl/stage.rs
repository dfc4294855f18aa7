//! What one step works with: its session, its turn, the script's side, and what it leaves behind for the journal.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::crawler::Core;
use super::journal::{Before, Stand};
use super::session::Session;
use super::{CrawlError, Event, HookPoint, Host, LivePage, Page, StepCost, Trouble, Turn, failure, standing};
use crate::browser::{Deadline, Identity, Navigation, Snapshot, Tab, Taken};

/// How long a lost tab's browser may take to give its identity another one.
const REOPEN_LIMIT: Duration = Duration::from_secs(3);

/// A step under way.
pub(super) struct Stage<'a> {
    pub core: &'a Core,
    pub session: &'a Arc<Session>,
    pub host: &'a dyn Host,
    pub turn: Turn,
    /// Inside a hook or closure of the session's own turn: fires no hooks.
    pub nested: bool,
    /// The step's number within the run.
    pub seq: u64,
    trace: Mutex<Trace>,
    /// Warnings that are told once it is clear that the step is not repeated.
    held: Mutex<Option<Vec<String>>>,
}

/// What a step leaves behind, whether it succeeds or not.
#[derive(Default)]
pub(super) struct Trace {
    /// The page before its reading.
    pub base: Option<Arc<Page>>,
    /// The identity before its navigation.
    pub before: Option<Before>,
    /// Where its time went.
    pub cost: StepCost,
}

impl<'a> Stage<'a> {
    /// A stage on which nothing has happened.
    pub fn new(core: &'a Core, session: &'a Arc<Session>, host: &'a dyn Host, turn: Turn) -> Self {
        Self { core, session, host, turn, nested: false, seq: 0, trace: Mutex::default(), held: Mutex::default() }
    }

    /// The step's deadline.
    pub fn deadline(&self) -> Deadline {
        self.turn.deadline()
    }

    /// Whether the step went to an address of its own so far.
    pub fn has_navigated(&self) -> bool {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).before.is_some()
    }

    /// What the step left behind so far.
    pub fn take_trace(&self) -> Trace {
        std::mem::take(&mut *self.trace.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the page before its reading.
    pub fn keep_base(&self, page: &Arc<Page>) {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).base = Some(Arc::clone(page));
    }

    /// Does a part of the step and notes how long it took.
    pub async fn timed<T>(&self, part: &'static str, work: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let done = work.await;
        self.note(part, begun.elapsed());
        done
    }

    /// Notes how long a part of the step took; what happens more than once counts together.
    pub fn note(&self, part: &'static str, took: Duration) {
        let parts = &mut self.trace.lock().unwrap_or_else(PoisonError::into_inner).cost.parts;
        match parts.iter_mut().find(|(known, _)| *known == part) {
            Some((_, so_far)) => *so_far += took,
            None => parts.push((part, took)),
        }
    }

    /// Notes how many answers of the browser were waited for.
    pub fn note_round_trips(&self, round_trips: u64) {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).cost.round_trips = round_trips;
    }

    /// Takes a snapshot in a call of the page's that begins with a wait.
    pub async fn taken<E>(&self, taking: impl Future<Output = Result<Taken, E>>) -> Result<Snapshot, E> {
        let begun = Instant::now();
        taking.await.map(|taken| self.noted(taken, begun.elapsed()))
    }

    /// Notes how long a snapshot and the wait before it took, both within `whole`.
    pub fn noted(&self, taken: Taken, whole: Duration) -> Snapshot {
        let waited = taken.waited.min(whole);
        if waited >= Duration::from_millis(1) {
            self.note("wait", waited);
        }
        self.note("snapshot", whole - waited);
        taken.snapshot
    }

    /// The step waited for others: that is not its own time.
    fn queued(&self, waited: Duration) {
        self.turn.postpone(waited);
        self.note_queue(waited);
    }

    /// Notes a wait for others that is worth a word.
    pub fn note_queue(&self, waited: Duration) {
        if waited >= Duration::from_millis(1) {
            self.note("queue", waited);
        }
    }

    /// Tells whoever watches that something is worth a word.
    pub fn warn(&self, message: String) {
        if let Some(held) = self.held.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            return held.push(message);
        }
        let (step, session) = (Some(self.seq), Some(self.session.id.clone()));
        self.host.event(Event::Warning { step, session, message });
    }

    /// Holds warnings back until [`Self::release_warnings`].
    pub fn hold_warnings(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// Tells the warnings that were held back, or drops them with a step that is repeated.
    pub fn release_warnings(&self, tell: bool) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        held.into_iter().flatten().filter(|_| tell).for_each(|message| self.warn(message));
    }

    /// The live page as hooks and closures get it.
    pub fn live_page(&self, error: Option<CrawlError>) -> LivePage {
        LivePage { session: self.session.id.clone(), tab: self.session.tab(), turn: self.turn.clone(), error }
    }

    /// Whether hooks of that point run in this step.
    pub fn has_hook(&self, point: HookPoint) -> bool {
        !self.nested && self.host.has_hook(point, &self.session.id)
    }

    /// Runs the hooks of a point, if there are any; they end by the step's deadline.
    pub async fn hook(&self, point: HookPoint) -> Result<Option<String>, CrawlError> {
        if !self.has_hook(point) {
            return Ok(None);
        }
        if matches!(point, HookPoint::ExecutionStarted | HookPoint::ExecutionEnded | HookPoint::BeforeRetrieveHtml) {
            standing::check_page(self).await?;
        }
        let run = self.host.hook(point, self.live_page(None));
        match tokio::time::timeout_at(self.deadline().instant().into(), run).await {
            Ok(result) => result,
            Err(_) => Err(hook_timeout(point, self.deadline().total())),
        }
    }

    /// The page is about to be changed: until the step succeeds nobody knows where the tab stands.
    pub fn touch(&self) {
        if !self.nested {
            self.session.state().stands = Stand::Unknown;
        }
    }

    /// The tab with the session's page on it.
    pub async fn page_tab(&self) -> Result<Arc<dyn Tab>, CrawlError> {
        let owed = self.session.state().owed.clone();
        if let Some(navigation) = owed {
            let tab = self.identity_tab().await?;
            self.touch();
            if let Err(error) = self.navigate(&tab, &navigation).await {
                self.session.state().owed = Some(navigation);
                return Err(error);
            }
            standing::check(self, &tab).await?;
            return Ok(tab);
        }
        match self.recovered().await {
            Some(tab) if !tab.alive() => {
                Err(failure::lost(&tab.loss().unwrap_or_else(|| "its tab crashed, or its browser ended".to_owned())))
            }
            Some(tab) if tab.landing().is_some() => {
                // It may have gone elsewhere by itself.
                standing::check(self, &tab).await?;
                Ok(tab)
            }
            _ => Err(no_page(&self.session.id, self.session.fresh)),
        }
    }

    /// The session's tab, once it is known whether a page that kept an earlier step waiting answers again.
    async fn recovered(&self) -> Option<Arc<dyn Tab>> {
        let tab = self.session.tab()?;
        if tab.is_stuck() {
            let begun = Instant::now();
            tab.recovered().await;
            self.queued(begun.elapsed());
        }
        Some(tab)
    }

    /// A living tab of the session's identity, opened if need be, perhaps without a page yet.
    pub async fn identity_tab(&self) -> Result<Arc<dyn Tab>, CrawlError> {
        for tab in self.core.table.take_retired() {
            // A tab that cannot be closed is gone already.
            let _ = tab.close().await;
        }
        match self.recovered().await {
            Some(tab) if tab.alive() => Ok(tab),
            Some(dead) => self.reopen(dead).await,
            None => self.open(&self.session.options.identity).await,
        }
    }

    /// Gives the session another tab in place of a dead one: of the same identity where the browser still has it, else
    /// with what is known of it.
    async fn reopen(&self, dead: Arc<dyn Tab>) -> Result<Arc<dyn Tab>, CrawlError> {
        let grace = Deadline::after(self.deadline().left().min(REOPEN_LIMIT));
        let known = self.session.state().known.clone();
        if let Ok(tab) = dead.renewed(grace).await {
            self.session.state().tab = Some(Arc::clone(&tab));
            if let Some(headers) = &known.headers {
                tab.set_headers(headers, self.deadline()).await.map_err(failure::of_browser)?;
            }
            self.hook(HookPoint::PageContextCreated).await?;
            return Ok(tab);
        }
        let mut identity = self.session.options.identity.clone();
        if let Some(cookies) = known.cookies {
            identity.cookies = cookies;
        }
        if let Some(headers) = known.headers {
            identity.headers = headers;
        }
        // What the lane heard is at hand although the browser is gone.
        identity.storage = self.session.with_databases(dead.storage(grace).await.unwrap_or(known.storage));
        let _ = tokio::time::timeout(REOPEN_LIMIT, dead.close()).await;
        {
            let mut state = self.session.state();
            state.tab = None;
            state.known.storage.clone_from(&identity.storage);
        }
        let opened = self.open(&identity).await;
        if opened.is_err() {
            // The next step tries again, with what is known and not with what the session began with.
            self.session.state().tab.get_or_insert(dead);
        }
        let tab = opened?;
        self.warn(format!(
            "the browser of session `{}` was gone: it goes on in another one, with its cookies and local storage as last \
             known",
            self.session.id
        ));
        Ok(tab)
    }

    /// Opens a tab for an identity and makes it the session's.
    pub async fn open(&self, identity: &Identity) -> Result<Arc<dyn Tab>, CrawlError> {
        let launch = &self.session.options.launch;
        let mut identity = identity.clone();
        identity.guard = self.core.config.access.guard();
        let network = self.core.config.network.as_ref();
        let wire = network.map(|network| network.wire(&self.session.id, &mut identity)).unwrap_or_default();
        let opening = self.core.config.tabs.open(&wire, launch, &identity, self.deadline());
        let opened = self.timed("open", opening).await.map_err(failure::of_browser)?;
        self.turn.postpone(opened.start_took);
        {
            let mut state = self.session.state();
            state.tab = Some(Arc::clone(&opened.tab));
            state.openers.clear();
        }
        if opened.browser_started {
            self.hook(HookPoint::BrowserCreated).await?;
        }
        self.hook(HookPoint::PageContextCreated).await?;
        Ok(opened.tab)
    }

    /// Keeps the identity as it is before a navigation, so that the session can be rebuilt from there.
    pub async fn remember_before(&self, tab: &dyn Tab) {
        // A pop-up cannot be rebuilt from its own navigation: its opener belongs to it.
        if !self.core.journal.keeps() || self.nested || self.session.has_openers() {
            return;
        }
        let before = self.identity_now(tab).await;
        let mut trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
        if trace.before.is_none() {
            trace.before = before;
        }
    }

    /// The identity as it is.
    pub async fn identity_now(&self, tab: &dyn Tab) -> Option<Before> {
        let (cookies, storage) = tokio::join!(tab.cookies(self.deadline()), tab.storage(self.deadline()));
        Some(Before { cookies: cookies.ok()?, storage: storage.unwrap_or_default() })
    }

    /// Loads a document.
    pub async fn navigate(&self, tab: &Arc<dyn Tab>, to: &Navigation) -> Result<(), CrawlError> {
        self.session.state().owed = None;
        // What others take is not the step's own time.
        let asked = Instant::now();
        let _turn = tab.navigation_turn().await;
        self.queued(asked.elapsed());
        match self.timed("navigate", tab.navigate(to, self.deadline())).await {
            Ok(_) => {
                self.session.learn(tab);
                Ok(())
            }
            Err(error) => Err(failure::of_browser(error)),
        }
    }
}

fn hook_timeout(point: HookPoint, timeout: Duration) -> CrawlError {
    let message = format!(
        "the hook `{}` had not returned when the step's {} were over",
        point.name(),
        super::words::duration(timeout)
    );
    CrawlError::new("crawl::hook::timeout", message)
        .help("give the step more time with `timeout:`, or let the hook do less")
}

fn no_page(session: &str, fresh: bool) -> CrawlError {
    let message = match fresh {
        true => "there is no page: a step outside any session begins with an address".to_owned(),
        false => format!("session `{session}` has no page yet"),
    };
    let mut error = CrawlError::new("crawl::session::no_page", message)
        .help("crawl an address first, such as `crawl(\"https://example.com/\")`");
    error.trouble = Trouble::Step;
    error
}
