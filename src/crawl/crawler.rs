//! The crawler: sessions, steps and the journal behind one handle.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::content::Shelf;
use super::ensure::Gates;
use super::journal::{
    Again, Archive, ArchivedSight, ArchivedStep, Beyond, Journal, Omitted, Outcome, Place, SessionKey,
};
use super::named_files::NamedFiles;
use super::session::Session;
use super::sight::AsSeen;
use super::table::SessionTable;
use super::task::Task;
use super::turn::{self, Caller};
use super::{
    Access, ActRequest, ActValue, Branch, BranchPath, CrawlError, CrawlRequest, Host, Mode, Network, Observation, Page,
    PageCache, RunStatus, SessionOptions, StepListener, StepSummary, TabSource, closing,
};
use crate::browser::{Deadline, Launch, Tab};
use crate::text::Secrets;

/// How long the picture of a failed step may take: it must not make a failure slow.
const LOOK: Duration = Duration::from_secs(2);

/// What a crawler is made with.
pub struct CrawlerConfig {
    /// Where tabs come from.
    pub tabs: Arc<dyn TabSource>,
    /// What sessions' requests go over; `None`: the network.
    pub network: Option<Arc<dyn Network>>,
    /// Where pages are cached; `None`: nowhere.
    pub cache: Option<Arc<dyn PageCache>>,
    /// How much the journal keeps.
    pub mode: Mode,
    /// The browser of fresh identities and of sessions that do not name one.
    pub launch: Launch,
    /// The deadline of what has none of its own; that of closing hooks in sessions without a `timeout`.
    pub timeout: Duration,
    /// What the program may reach.
    pub access: Access,
    /// Where the journal is kept beyond the process; `None`: nowhere.
    pub archive: Option<Arc<dyn Archive>>,
    /// Who is told of every step with all that it came to; `None`: nobody.
    pub listener: Option<Arc<dyn StepListener>>,
}

/// One line of `sessions()`.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionInfo {
    /// Its id.
    pub id: String,
    /// The page's address; empty before the first page.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// Its steps in this run.
    pub steps: u64,
    /// The time since it was first mentioned.
    pub age: Duration,
}

/// Runs steps in sessions. Cheap to make and to clone; no browser starts before the first step that needs one.
#[derive(Clone)]
pub struct Crawler {
    pub(super) core: Arc<Core>,
}

/// What all clones of a crawler share.
pub(super) struct Core {
    pub config: CrawlerConfig,
    pub table: SessionTable,
    pub journal: Journal,
    pub named_files: NamedFiles,
    pub shelf: Arc<Shelf>,
    /// What sessions bring about together.
    pub gates: Gates,
    /// What the last fresh identity whose step failed looked like before it was closed.
    pub failed_look: Mutex<Option<Vec<u8>>>,
    /// What must be hidden before it is cut.
    pub secrets: Mutex<Secrets>,
    /// Times and random values that are seen as another run saw them.
    pub as_seen: AsSeen,
}

impl Crawler {
    /// A crawler without sessions.
    #[must_use]
    pub fn new(config: CrawlerConfig) -> Self {
        let table = SessionTable::new(config.launch.clone());
        let journal = Journal::new(config.mode, config.archive.clone());
        Self {
            core: Arc::new(Core {
                config,
                table,
                journal,
                named_files: NamedFiles::default(),
                shelf: Arc::default(),
                gates: Gates::default(),
                failed_look: Mutex::default(),
                secrets: Mutex::default(),
                as_seen: AsSeen::default(),
            }),
        }
    }

    /// What the program may reach.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.core.config.access
    }

    /// One call of `crawl`: in `session`, or (`None`) as a fresh identity that is closed right after.
    ///
    /// The step's time begins when its turn comes: the steps before it in the queue have deadlines of their own.
    pub async fn crawl(
        &self,
        branch: &Branch,
        session: Option<&str>,
        request: CrawlRequest,
        host: &dyn Host,
    ) -> Result<Arc<Page>, CrawlError> {
        match session {
            Some(id) => {
                let row = self.core.table.use_session(branch, id)?;
                let place = Place { branch: branch.path().clone(), session: SessionKey::Named(id.to_owned()) };
                turn::take(&self.core, &row, Caller { branch, place, host }, Task::Crawl(request)).await?.into_page()
            }
            None => {
                let place =
                    Place { branch: branch.path().clone(), session: self.core.journal.fresh_key(branch.path()) };
                let guard = Fresh { core: Arc::clone(&self.core), row: Some(self.core.table.fresh(branch.path())) };
                let row = Arc::clone(guard.row.as_ref().expect("taken by `close` alone"));
                let result = turn::take(&self.core, &row, Caller { branch, place, host }, Task::Crawl(request)).await;
                if result.is_err() {
                    let look = look(&row).await;
                    *self.core.failed_look.lock().unwrap_or_else(PoisonError::into_inner) = look;
                }
                guard.close(branch, host).await;
                result?.into_page()
            }
        }
    }

    /// One act in `session`, a step like any other.
    pub async fn act(
        &self,
        branch: &Branch,
        session: &str,
        request: ActRequest,
        host: &dyn Host,
    ) -> Result<ActValue, CrawlError> {
        let row = self.core.table.use_session(branch, session)?;
        let place = Place { branch: branch.path().clone(), session: SessionKey::Named(session.to_owned()) };
        turn::take(&self.core, &row, Caller { branch, place, host }, Task::Act(request)).await?.into_value()
    }

    /// Mentions a session. The first mention in a run fixes its options; naming other values later is an error.
    pub fn declare_session(&self, id: &str, options: SessionOptions) -> Result<(), CrawlError> {
        self.core.table.declare(id, options).map(|_| ())
    }

    /// The options of a session without any, for those that do not name a browser.
    #[must_use]
    pub fn default_options(&self) -> SessionOptions {
        self.core.table.default_options()
    }

    /// The options of a session that was mentioned in this run.
    #[must_use]
    pub fn session_options(&self, id: &str) -> Option<SessionOptions> {
        self.core.table.find(id).map(|row| row.options.clone())
    }

    /// A PNG of what a session shows now; of a fresh identity, what the last one showed whose step failed. `None` where
    /// there is no page, or it cannot be had soon.
    pub async fn look(&self, session: Option<&str>) -> Option<Vec<u8>> {
        match session.and_then(|id| self.core.table.find(id)) {
            Some(row) => look(&row).await,
            None => self.core.failed_look.lock().unwrap_or_else(PoisonError::into_inner).take(),
        }
    }

    /// Closes a session: a step under way ends as `crawl::session::closed`, `on_close` hooks run, the identity is gone.
    pub async fn close(&self, branch: &Branch, id: &str, host: &dyn Host) -> Result<(), CrawlError> {
        closing::close(&self.core, branch, id, host).await
    }

    /// Closes all sessions, hooks included. Errors of hooks are told as warnings.
    pub async fn close_all(&self, host: &dyn Host) {
        closing::close_all(&self.core, host).await;
    }

    /// Lets go of the tabs of all sessions at the end of a run, so that whoever hears of their requests heard of all.
    pub async fn hang_up(&self) {
        closing::hang_up(&self.core).await;
    }

    /// Closes the tabs of sessions that got other options in a later run.
    pub async fn close_retired(&self) {
        closing::close_retired(&self.core).await;
    }

    /// The sessions of this run, in order of first mention.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionInfo> {
        self.core.table.list()
    }

    /// Drops steps of this run from the journal: those of a dialogue's pieces that failed.
    pub fn omit_steps(&self, omitted: &[Omitted]) {
        self.core.journal.omit(omitted);
    }

    /// Drops what stayed of a piece whose steps were omitted.
    pub fn forget_asides(&self, piece: u64) {
        self.core.journal.forget_asides(piece);
    }

    /// From now on the last run answers for all it came to, failures too, and no step runs live; one that it did not take
    /// comes to what `beyond` says.
    pub fn answer_alone(&self, beyond: Beyond) {
        self.core.journal.answer_alone(beyond);
    }

    /// Whether no step runs live.
    #[must_use]
    pub fn answers_alone(&self) -> bool {
        self.core.journal.answers_alone()
    }

    /// Makes what runs of other processes archived the last run, which this one follows. Steps and sights in the order in
    /// which they were archived.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    pub fn recall(
        &self,
        steps: impl IntoIterator<Item = ArchivedStep>,
        sights: impl IntoIterator<Item = ArchivedSight>,
    ) -> Result<(), String> {
        self.core.journal.recall(steps, sights, |entry| {
            let outcome = match &entry.outcome {
                Outcome::Page(page) => Some(page),
                Outcome::Failed(error) => error.page.as_ref(),
                Outcome::Value(_) => None,
            };
            entry.base.as_ref().into_iter().chain(outcome).for_each(|page| self.core.shelf.keep_now(&page.content));
        })
    }

    /// The address of the built-in site in the run that this one follows.
    #[must_use]
    pub fn recalled_site(&self) -> Option<String> {
        let root = BranchPath::default();
        let seen = self.core.journal.seen(&root, Observation::Site, "");
        let site = seen.or_else(|| self.recorded_sight(&root, Observation::Site, ""))?;
        site.as_str().map(str::to_owned)
    }

    /// Notes the address of the built-in site, which is another one than before.
    pub fn note_site(&self, url: &str) {
        self.core.journal.saw(&BranchPath::default(), Observation::Site, "", url.into());
    }

    /// Steps run live again. Where a session's last step failed, the next one begins where its page stands, or (not
    /// `as_is`) where the last one that went well left it.
    pub fn go_on(&self, as_is: bool) {
        self.core.journal.go_on(as_is);
    }

    /// How many steps began in this run.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.core.journal.begun()
    }

    /// Begins another run of the same program: steps that equal the last run's are answered by the journal.
    pub fn begin_run(&self) {
        self.core.table.begin_run();
        self.core.journal.begin_run();
    }

    /// Notes that the script came to its end: sessions that it no longer has are closed by [`Crawler::close_retired`].
    pub fn end_run(&self) {
        self.core.journal.end_run();
        self.core.table.retire_unmentioned();
    }

    /// Makes the run that just began do again what is known.
    pub fn again(&self, how: Again) {
        self.core.journal.again(how);
    }

    /// What this run owed to the last one so far.
    #[must_use]
    pub fn status(&self) -> RunStatus {
        self.core.journal.status()
    }

    /// The steps of this run so far, in order (in plain mode the last few).
    #[must_use]
    pub fn steps(&self) -> Vec<StepSummary> {
        self.core.journal.steps()
    }

    /// Whether later runs may reuse this one's steps.
    #[must_use]
    pub fn keeps_steps(&self) -> bool {
        self.core.journal.keeps()
    }

    /// Whether nothing of this run reaches a site.
    #[must_use]
    pub fn reaches_no_site(&self) -> bool {
        self.answers_alone() || self.core.config.network.as_ref().is_some_and(|network| network.stands_for_sites())
    }
}

async fn look(row: &Session) -> Option<Vec<u8>> {
    let tab = row.tab().filter(|tab| tab.alive() && !tab.is_stuck() && tab.landing().is_some())?;
    tab.screenshot(false, Deadline::after(LOOK)).await.ok()
}

/// What a tab shows, small: for a report. `None` where it cannot be had soon.
pub(super) async fn picture(tab: &dyn Tab) -> Option<Vec<u8>> {
    tab.picture(Deadline::after(LOOK)).await.ok()
}

/// A fresh identity, closed on every way out: also when the step's future is dropped by an interruption.
struct Fresh {
    core: Arc<Core>,
    row: Option<Arc<Session>>,
}

impl Fresh {
    async fn close(mut self, branch: &Branch, host: &dyn Host) {
        if let Some(row) = &self.row {
            closing::close_fresh(&self.core, branch, row, host).await;
        }
        self.row = None;
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let Some(row) = self.row.take() else { return };
        self.core.table.forget(&row);
        row.mark_closed();
        let Some(tab) = row.state().tab.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { tab.close().await });
        }
    }
}
