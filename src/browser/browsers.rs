//! The pool: a browser per distinct launch, and one for the first session alone where it can give frames by hand; more
//! where a grid has room; started at first use, none left behind.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard, OnceCell};

use super::cdp::ProtocolLog;
use super::deadline::Deadline;
use super::error::BrowserError;
use super::grid;
use super::identity::{BrowserKind, Identity, Launch, OriginStorage};
use super::process::BrowserProcess;
use super::running::Running;
use super::seed::seeded;
use super::tab::Tab;
use super::wanted::{gives_frames, runs_as_root};
use super::wire::Wire;
use crate::process::Ground;

/// A tab and whether its browser had to be started for it.
pub struct OpenedTab {
    /// The tab, blank.
    pub tab: Arc<dyn Tab>,
    /// This call started the browser process.
    pub browser_started: bool,
    /// How long browser and tab took to start, and how long others were waited for. It is not the step's own time.
    pub start_took: Duration,
}

/// How long a browser may take to start. It is its own time: a step that asks for half a second means the page.
const START: Duration = Duration::from_secs(30);

/// How long a grid may keep a session waiting for a slot; its own limit is the same.
const GRID_QUEUE: Duration = Duration::from_secs(300);

/// Ends of browsers that nobody asked for count for this long.
const MEMORY_OF_ENDS: Duration = Duration::from_secs(60);

/// How often browsers that take no more tabs are looked after.
const SWEEP_EVERY: Duration = Duration::from_secs(2);

/// A browser that ended so often within [`MEMORY_OF_ENDS`] is not started again.
const MOST_ENDS: usize = 5;

/// The pause before a browser is started again, doubled with each end.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How often a browser that ended as it started is started again for the tab that it was started for.
const RESTARTS: u32 = 2;

/// A browser that takes more gets no new tabs, unless told otherwise.
const MEMORY_LIMIT: u64 = 2 * 1024 * 1024 * 1024;

/// All browsers of a run. [`Browsers::shutdown`] or dropping it ends them and removes the run's folder.
pub struct Browsers {
    running: AsyncMutex<HashMap<Launch, Arc<AsyncMutex<Shelf>>>>,
    /// Made at the first browser, for a script may need none.
    ground: OnceCell<Ground>,
    warnings: Mutex<Vec<String>>,
    log: Option<Arc<ProtocolLog>>,
    memory_limit: u64,
}

/// The browsers of one launch. Locked while one starts; those of other launches are not.
#[derive(Default)]
struct Shelf {
    /// Somebody looks after browsers that take no more tabs.
    swept: bool,
    running: Vec<Arc<Running>>,
    /// When browsers ended that nobody had asked to.
    ends: Vec<Instant>,
}

impl Default for Browsers {
    fn default() -> Self {
        Self::new()
    }
}

impl Browsers {
    /// A pool in which nothing runs yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            running: AsyncMutex::default(),
            ground: OnceCell::new(),
            warnings: Mutex::default(),
            log: None,
            memory_limit: MEMORY_LIMIT,
        }
    }

    /// The pool, with messages to and from its browsers logged.
    #[must_use]
    pub fn logged(self, log: ProtocolLog) -> Self {
        Self { log: Some(Arc::new(log)), ..self }
    }

    /// The pool, with new tabs going to another browser once one takes more than so many bytes.
    #[must_use]
    pub fn within_memory(self, limit: u64) -> Self {
        Self { memory_limit: limit, ..self }
    }

    /// Leaves a text out of the protocol log from now on.
    pub fn hide(&self, secret: &str) {
        if let Some(log) = &self.log {
            log.hide(secret);
        }
    }

    /// Opens a tab with an identity of its own, in a browser of `launch`, which is started when none runs. The
    /// deadline is that of the step which wants the tab; what the opening took is added to it.
    ///
    /// # Errors
    /// [`BrowserError::Unavailable`] when there is no browser or driver, it does not start, or it ends again and again.
    pub async fn open_tab(
        &self,
        launch: &Launch,
        identity: &Identity,
        deadline: Deadline,
    ) -> Result<OpenedTab, BrowserError> {
        self.open_tab_over(&Wire::Open, launch, identity, deadline).await
    }

    /// The same, with its requests going over `wire`.
    ///
    /// # Errors
    /// As [`Self::open_tab`].
    pub async fn open_tab_over(
        &self,
        wire: &Wire,
        launch: &Launch,
        identity: &Identity,
        deadline: Deadline,
    ) -> Result<OpenedTab, BrowserError> {
        let shelf = Arc::clone(self.running.lock().await.entry(launch.clone()).or_default());
        let asked = Instant::now();
        let mut tried = 0;
        let (browser_started, started, (tab, took)) = loop {
            let (running, lease, browser_started) = self.browser(shelf.lock().await, launch).await?;
            let started = asked.elapsed();
            match running.open(wire, identity, lease).await {
                // A browser may crash while it starts, or its driver want another one.
                Err(BrowserError::Unavailable { .. }) if browser_started && tried < RESTARTS => tried += 1,
                // One that makes no more pages is left for another.
                Err(BrowserError::NoAnswer { .. }) if !browser_started && !running.takes_tabs() && tried == 0 => {
                    tried += 1;
                }
                opened => break (browser_started, started, opened?),
            }
        };
        let start_took = started + took;
        sweep(&shelf);
        let tab = match identity.storage.iter().all(OriginStorage::is_empty) {
            true => tab,
            false => seeded(tab, &identity.storage, deadline.postponed(start_took)).await?,
        };
        Ok(OpenedTab { tab, browser_started, start_took })
    }

    /// What the user should know about how browsers run here; each warning is told once.
    pub fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends all browsers and removes the run's folder. Tabs that are still held are lost.
    pub async fn shutdown(&self) {
        let shelves: Vec<_> = self.running.lock().await.drain().map(|(_, shelf)| shelf).collect();
        let ends = shelves.iter().map(|shelf| async {
            let running = std::mem::take(&mut shelf.lock().await.running);
            join_all(running.into_iter().map(end)).await;
        });
        let Some(ground) = self.ground.get() else { return };
        // Sessions on someone else's server are deleted, processes of our own killed; the reaper takes away the rest.
        join_all(ends).await;
        let reaper = Arc::clone(&ground.reaper);
        let _ = tokio::task::spawn_blocking(move || reaper.finish()).await;
    }

    /// A browser that takes another tab, the place in it, and whether it was started for that.
    async fn browser(
        &self,
        mut shelf: MutexGuard<'_, Shelf>,
        launch: &Launch,
    ) -> Result<(Arc<Running>, Arc<()>, bool), BrowserError> {
        shelf.clear_away().await;
        if let Some(profile) = &launch.profile
            && shelf.running.iter().any(|running| running.tabs() > 0)
        {
            return Err(BrowserError::Unavailable {
                message: format!("the profile `{}` is in use by another session", profile.display()),
                help: "a profile is one identity: close the other session first, or give this one a folder of its own"
                    .to_owned(),
            });
        }
        if let Some(running) = shelf.choose(launch, self.memory_limit).await {
            let lease = running.lease();
            return Ok((running, lease, false));
        }
        if let Err(given_up) = shelf.pause().await {
            let least = shelf.least();
            return least.map(|running| (Arc::clone(&running), running.lease(), false)).ok_or(given_up);
        }
        let ground = self
            .ground
            .get_or_try_init(|| async { Ground::lay().map_err(|error| BrowserError::no_ground(&error)) })
            .await?;
        let deadline = Deadline::after(if launch.webdriver.is_some() { GRID_QUEUE } else { START });
        // The first: with more sessions it is not the only one.
        let by_hand = gives_frames(launch) && !shelf.running.iter().any(|running| running.is_for_one());
        let process =
            BrowserProcess::start((launch, by_hand), &ground.folder, &ground.reaper, self.log.clone(), deadline)
                .await?;
        if launch.webdriver.is_none() && launch.browser != BrowserKind::Firefox && runs_as_root() {
            self.warn("running as root: the browser runs without its sandbox");
        }
        let running = Arc::new(Running::new(process, by_hand, deadline).await?);
        shelf.running.push(Arc::clone(&running));
        let lease = running.lease();
        Ok((running, lease, true))
    }

    fn warn(&self, words: &str) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.iter().any(|known| known == words) {
            warnings.push(words.to_owned());
        }
    }
}

impl Shelf {
    /// Takes out what has ended, and ends what is not needed any more.
    async fn clear_away(&mut self) {
        let (alive, dead): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.running).into_iter().partition(|running| running.process.alive());
        self.ends.retain(|at| at.elapsed() < MEMORY_OF_ENDS);
        // Those that ended together had one cause: a node that went off, the system's lack of memory.
        self.ends.extend(dead.first().map(|_| Instant::now()));
        let (done, kept) = alive.into_iter().partition(|running| !running.takes_tabs() && running.tabs() == 0);
        self.running = kept;
        join_all(Vec::into_iter(done).chain(dead).map(end)).await;
    }

    /// The browser for one more tab; `None` where one has to be started.
    async fn choose(&self, launch: &Launch, memory_limit: u64) -> Option<Arc<Running>> {
        join_all(self.running.iter().map(|running| running.weigh(memory_limit))).await;
        let least = self.least()?;
        // A grid's slots are there to be used; when all are taken, tabs share the browsers that we have.
        if let Some(url) = launch.webdriver.as_deref().filter(|_| least.tabs() > 0)
            && grid::free_slots(url, grid_name(launch)).await.is_some_and(|free| free > 0)
        {
            return None;
        }
        Some(least)
    }

    /// The browser with the fewest tabs of those that take more.
    fn least(&self) -> Option<Arc<Running>> {
        let open = self.running.iter().filter(|running| running.takes_tabs() && !running.is_taken());
        open.min_by_key(|running| running.tabs()).cloned()
    }

    /// Waits a while after browsers have ended; one that ends again and again is given up.
    async fn pause(&self) -> Result<(), BrowserError> {
        let ends = self.ends.len();
        if ends >= MOST_ENDS {
            return Err(BrowserError::GivenUp { ends, within: MEMORY_OF_ENDS });
        }
        if let Some(doublings) = ends.checked_sub(1) {
            tokio::time::sleep(FIRST_PAUSE * 2u32.pow(u32::try_from(doublings).unwrap_or(0))).await;
        }
        Ok(())
    }
}

/// What a grid calls the browser of a launch.
fn grid_name(launch: &Launch) -> &'static str {
    if launch.browser == BrowserKind::Firefox { grid::FIREFOX } else { grid::BROWSER }
}

/// Ends browsers that take no more tabs as soon as their last one is closed, also when no other opens by then.
fn sweep(shelf: &Arc<AsyncMutex<Shelf>>) {
    {
        // Held while a browser starts, which may take minutes on a grid: the next opening comes to it.
        let Ok(mut shelf) = shelf.try_lock() else { return };
        if shelf.swept || shelf.running.iter().all(|running| running.takes_tabs()) {
            return;
        }
        shelf.swept = true;
    }
    let shelf = Arc::downgrade(shelf);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            let Some(shelf) = shelf.upgrade() else { return };
            let mut shelf = shelf.lock().await;
            shelf.clear_away().await;
            if shelf.running.iter().all(|running| running.takes_tabs()) {
                shelf.swept = false;
                return;
            }
        }
    });
}

/// Ends a browser that no tab opens in any more; where one still does, with that tab's hold on it.
async fn end(running: Arc<Running>) {
    if let Some(running) = Arc::into_inner(running) {
        running.process.end().await;
    }
}
