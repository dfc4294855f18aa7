//! A browser that runs: who hears its events, how many tabs it has, and whether it still takes new ones.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::chromium::{self, Frames, Watcher};
use super::deadline::Deadline;
use super::engine::Engine;
use super::error::BrowserError;
use super::footprint::group_footprint;
use super::identity::Identity;
use super::process::{BrowserProcess, Socket};
use super::tab::Tab;
use super::webdriver::{self, Hub};
use super::wire::Wire;

/// Memory is looked at no more often: it costs a few milliseconds of some core.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long the opening of a tab may take; ten milliseconds are usual, seconds on a machine under load.
const OPEN: Duration = Duration::from_secs(30);

/// Who hears a browser's events for its tabs.
enum Lane {
    Cdp(Arc<Watcher>),
    Bidi(Arc<Hub>),
}

/// One browser of the pool.
pub(super) struct Running {
    pub(super) process: BrowserProcess,
    lane: Lane,
    /// Loading mostly waits for servers; opening keeps the processors busy.
    navigations: Arc<Semaphore>,
    /// Its pages have their frames by hand.
    frames: Option<Frames>,
    openings: Semaphore,
    /// Its clones are held by the tabs.
    lease: Arc<()>,
    retiring: AtomicBool,
    looked: Mutex<Option<Instant>>,
}

impl Running {
    pub(super) async fn new(process: BrowserProcess, by_hand: bool, deadline: Deadline) -> Result<Self, BrowserError> {
        let lane = match process.socket() {
            Socket::Cdp(socket) => Lane::Cdp(Watcher::join(socket)),
            Socket::Bidi(socket) => Lane::Bidi(Hub::join(socket, process.engine(), deadline.left()).await?),
        };
        let cores = available_parallelism().map_or(2, std::num::NonZero::get);
        Ok(Self {
            process,
            lane,
            navigations: Arc::new(Semaphore::new(cores * 2)),
            frames: by_hand.then(Frames::default),
            openings: Semaphore::new(cores),
            lease: Arc::new(()),
            retiring: AtomicBool::new(false),
            looked: Mutex::default(),
        })
    }

    /// Whether new tabs may be opened in it.
    pub(super) fn takes_tabs(&self) -> bool {
        !self.retiring.load(Ordering::Relaxed)
    }

    /// Whether it is for one session at a time: see `chromium::frames`.
    pub(super) fn is_for_one(&self) -> bool {
        self.frames.is_some()
    }

    /// Whether it has the one session that it is for.
    pub(super) fn is_taken(&self) -> bool {
        self.is_for_one() && self.tabs() > 0
    }

    /// How many tabs it has, those counted that are being opened.
    pub(super) fn tabs(&self) -> usize {
        Arc::strong_count(&self.lease) - 1
    }

    /// Counts as a tab until it is dropped.
    pub(super) fn lease(&self) -> Arc<()> {
        Arc::clone(&self.lease)
    }

    /// Opens a tab once it is its turn: of many that are wanted at once only a few are opened at once. Then tells how
    /// long that took, which is not the time of the step that wants it.
    pub(super) async fn open(
        &self,
        wire: &Wire,
        identity: &Identity,
        lease: Arc<()>,
    ) -> Result<(Arc<dyn Tab>, Duration), BrowserError> {
        let asked = Instant::now();
        let _turn = self.openings.acquire().await;
        if !self.takes_tabs() {
            // Found out while this waited.
            return Err(BrowserError::NoAnswer {
                command: "the opening of a page".to_owned(),
                timeout: asked.elapsed(),
            });
        }
        let tab = self.open_now(wire, identity, lease, Deadline::after(OPEN)).await;
        if matches!(tab, Err(BrowserError::Lost { .. }))
            && let Some(refused) = self.process.refusal().await
        {
            return Err(refused);
        }
        if matches!(tab, Err(BrowserError::NoAnswer { .. })) {
            let (Socket::Cdp(socket) | Socket::Bidi(socket)) = self.process.socket();
            if !socket.lives(self.process.socket().question()).await {
                return Err(BrowserError::Lost { cause: "the browser does not answer".to_owned() });
            }
            // It lives, and can make no pages: what it has is kept, and others open elsewhere.
            self.retiring.store(true, Ordering::Relaxed);
        }
        Ok((tab?, asked.elapsed()))
    }

    async fn open_now(
        &self,
        wire: &Wire,
        identity: &Identity,
        lease: Arc<()>,
        deadline: Deadline,
    ) -> Result<Arc<dyn Tab>, BrowserError> {
        let (Socket::Cdp(socket) | Socket::Bidi(socket)) = self.process.socket();
        let (socket, navigations) = (socket.clone(), Arc::clone(&self.navigations));
        let (profile, downloads) = (self.process.has_profile(), self.process.downloads());
        match &self.lane {
            Lane::Cdp(watcher) => {
                let (watcher, user_agent) = (Arc::clone(watcher), self.process.user_agent().to_owned());
                let frames = self.frames.clone();
                let home =
                    chromium::Home { socket, watcher, navigations, frames, user_agent, profile, downloads, lease };
                Ok(Arc::new(chromium::open(home, wire, identity, deadline).await?))
            }
            // Its driver tells neither the headers of redirects nor what workers ask for.
            Lane::Bidi(_) if self.process.engine() == Engine::Chromium && !matches!(wire, Wire::Open) => {
                Err(BrowserError::Unsupported { what: "a recording of Chromium over WebDriver BiDi".to_owned() })
            }
            Lane::Bidi(hub) => {
                let home = webdriver::Home {
                    socket,
                    hub: Arc::clone(hub),
                    engine: self.process.engine(),
                    navigations,
                    profile,
                    downloads,
                    lease,
                };
                Ok(Arc::new(webdriver::open(home, wire, identity, deadline).await?))
            }
        }
    }

    /// Has no more tabs opened in it once it takes more than `limit` bytes: the next ones get a browser of their own,
    /// and this one ends with its last tab.
    pub(super) async fn weigh(&self, limit: u64) {
        let Some(group) = self.process.group() else { return };
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if looked.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
                return;
            }
            *looked = Some(Instant::now());
        }
        let size = tokio::task::spawn_blocking(move || group_footprint(group)).await.ok().flatten();
        if size.is_some_and(|size| size.bytes > limit) {
            self.retiring.store(true, Ordering::Relaxed);
        }
    }
}
