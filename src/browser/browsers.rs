//! The pool: one browser process per distinct launch, started at first use, none left behind.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::{Mutex as AsyncMutex, OnceCell, Semaphore};

use super::cdp::ProtocolLog;
use super::chromium::{self, Watcher};
use super::deadline::Deadline;
use super::error::BrowserError;
use super::identity::{Identity, Launch};
use super::process::{BrowserProcess, Socket, runs_as_root};
use super::reaper::Reaper;
use super::run_dir::RunDir;
use super::tab::Tab;
use super::webdriver::{self, Hub};

/// A tab and whether its browser had to be started for it.
pub struct OpenedTab {
    /// The tab, blank.
    pub tab: Arc<dyn Tab>,
    /// This call started the browser process.
    pub browser_started: bool,
    /// How long the browser took to start, or to be waited for while another call started it.
    pub start_took: Duration,
}

/// How long a browser may take to start. It is its own time: a step that asks for half a second means the page.
const START: Duration = Duration::from_secs(30);

/// All browsers of a run. [`Browsers::shutdown`] or dropping it ends them and removes the run's folder.
pub struct Browsers {
    running: AsyncMutex<HashMap<Launch, Arc<Slot>>>,
    ground: OnceCell<Ground>,
    warnings: Mutex<Vec<String>>,
    log: Option<Arc<ProtocolLog>>,
}

/// What every process of the run stands on; made at the first browser, for a script may need none.
struct Ground {
    reaper: Arc<Reaper>,
    folder: RunDir,
}

/// The place of one launch's browser. Its lock is held while the browser starts, and not that of the others.
#[derive(Default)]
struct Slot {
    browser: AsyncMutex<Option<Arc<Running>>>,
}

/// Who hears a browser's events for its tabs.
enum Lane {
    Cdp(Arc<Watcher>),
    Bidi(Arc<Hub>),
}

struct Running {
    process: BrowserProcess,
    lane: Lane,
    navigations: Arc<Semaphore>,
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
        Self { running: AsyncMutex::default(), ground: OnceCell::new(), warnings: Mutex::default(), log: None }
    }

    /// A pool whose messages to and from browsers are logged.
    #[must_use]
    pub fn logged(log: ProtocolLog) -> Self {
        Self { log: Some(Arc::new(log)), ..Self::new() }
    }

    /// Leaves a text out of the protocol log from now on.
    pub fn hide(&self, secret: &str) {
        if let Some(log) = &self.log {
            log.hide(secret);
        }
    }

    /// Opens a tab with an identity of its own, in the browser of `launch`, which is started when it does not run. The
    /// deadline is the tab's; what the start took is added to it.
    ///
    /// # Errors
    /// [`BrowserError::Unavailable`] when there is no browser or driver, or it does not start.
    pub async fn open_tab(
        &self,
        launch: &Launch,
        identity: &Identity,
        deadline: Deadline,
    ) -> Result<OpenedTab, BrowserError> {
        let slot = Arc::clone(self.running.lock().await.entry(launch.clone()).or_default());
        let asked = Instant::now();
        let (running, browser_started) = self.browser(&slot, launch, Deadline::after(START)).await?;
        let start_took = asked.elapsed();
        let tab = running.open(identity, deadline.postponed(start_took)).await?;
        Ok(OpenedTab { tab, browser_started, start_took })
    }

    /// What the user should know about how browsers run here; each warning is told once.
    pub fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends all browsers and removes the run's folder. Tabs that are still held are lost.
    pub async fn shutdown(&self) {
        let slots: Vec<_> = self.running.lock().await.drain().map(|(_, slot)| slot).collect();
        let ends = slots.iter().map(|slot| async {
            let running = slot.browser.lock().await.take();
            if let Some(running) = running.and_then(Arc::into_inner) {
                running.process.end().await;
            }
        });
        let Some(ground) = self.ground.get() else { return };
        let reaper = Arc::clone(&ground.reaper);
        // The reaper kills what is ours at once; a session on someone else's server ends beside that.
        let _ = tokio::join!(tokio::task::spawn_blocking(move || reaper.finish()), join_all(ends));
    }

    async fn browser(
        &self,
        slot: &Slot,
        launch: &Launch,
        deadline: Deadline,
    ) -> Result<(Arc<Running>, bool), BrowserError> {
        let mut place = slot.browser.lock().await;
        if let Some(running) = place.as_ref().filter(|running| running.process.alive()) {
            return Ok((Arc::clone(running), false));
        }
        *place = None;
        let ground = self.ground.get_or_try_init(|| async { Ground::lay() }).await?;
        let process = BrowserProcess::start(launch, &ground.folder, &ground.reaper, self.log.clone(), deadline).await?;
        if launch.webdriver.is_none() && runs_as_root() {
            self.warn("running as root: the browser runs without its sandbox");
        }
        let running = Arc::new(Running::new(process, deadline).await?);
        *place = Some(Arc::clone(&running));
        Ok((running, true))
    }

    fn warn(&self, words: &str) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.iter().any(|known| known == words) {
            warnings.push(words.to_owned());
        }
    }
}

impl Ground {
    fn lay() -> Result<Self, BrowserError> {
        let folder = RunDir::create()?;
        let reaper = Arc::new(Reaper::start(folder.path())?);
        Ok(Self { reaper, folder })
    }
}

impl Running {
    async fn new(process: BrowserProcess, deadline: Deadline) -> Result<Self, BrowserError> {
        let lane = match process.socket() {
            Socket::Cdp(socket) => {
                let watcher = Arc::new(Watcher::default());
                let weak = Arc::downgrade(&watcher);
                socket.listen_browser(weak);
                let pages = serde_json::json!({ "discover": true, "filter": [{ "type": "page" }] });
                socket.send(None, "Target.setDiscoverTargets", pages);
                Lane::Cdp(watcher)
            }
            Socket::Bidi(socket) => Lane::Bidi(Hub::join(socket, deadline.left()).await?),
        };
        let cores = available_parallelism().map_or(2, std::num::NonZero::get);
        Ok(Self { process, lane, navigations: Arc::new(Semaphore::new(cores * 2 + 2)) })
    }

    async fn open(&self, identity: &Identity, deadline: Deadline) -> Result<Arc<dyn Tab>, BrowserError> {
        let (Socket::Cdp(socket) | Socket::Bidi(socket)) = self.process.socket();
        let navigations = &self.navigations;
        match &self.lane {
            Lane::Cdp(watcher) => {
                let home = chromium::Home { socket, watcher, navigations, user_agent: self.process.user_agent() };
                Ok(Arc::new(chromium::open(home, identity, deadline).await?))
            }
            Lane::Bidi(hub) => {
                let home = webdriver::Home { socket, hub, navigations };
                Ok(Arc::new(webdriver::open(home, identity, deadline).await?))
            }
        }
    }
}
