//! The state under its lock, and those who wait for it to change.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::browser::error::BrowserError;

use super::mending::Mending;
use super::state::State;

/// The state of a tab, written by its events and read by its calls. `L` is what only one lane knows.
pub(in crate::browser) struct Tracker<L> {
    state: Mutex<State<L>>,
    changed: watch::Sender<u64>,
    /// Turns true when the tab cannot be used any more.
    gone: watch::Sender<bool>,
    pub(super) mending: Mending,
}

impl<L: Default> Tracker<L> {
    /// A tab of which nothing is known but its main frame.
    pub(in crate::browser) fn new(main_frame: &str) -> Self {
        let state = State { main_frame: main_frame.to_owned(), ..State::default() };
        Self {
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            gone: watch::Sender::new(false),
            mending: Mending::default(),
        }
    }
}

impl<L> Tracker<L> {
    /// The state, locked; never held across an await.
    pub(in crate::browser) fn state(&self) -> MutexGuard<'_, State<L>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes those who wait for it.
    pub(in crate::browser) fn change<R>(&self, act: impl FnOnce(&mut State<L>) -> R) -> R {
        let (result, gone) = {
            let mut state = self.state();
            (act(&mut state), state.usable().is_err())
        };
        self.changed.send_modify(|version| *version += 1);
        if gone {
            self.gone.send_replace(true);
        }
        result
    }

    /// Hears of changes from here on.
    pub(in crate::browser) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Whether somebody waits for an answer of the page, or for a change.
    pub(in crate::browser) fn is_waited_for(&self) -> bool {
        self.changed.receiver_count() + self.gone.receiver_count() > 0
    }

    /// The tab cannot be used any more; the first cause counts.
    pub(in crate::browser) fn lose(&self, cause: &str) {
        self.change(|state| {
            state.lost.get_or_insert_with(|| cause.to_owned());
        });
    }

    /// Waits until `look` finds what it looks for in the state.
    pub(in crate::browser) async fn wait_for<T>(&self, mut look: impl FnMut(&mut State<L>) -> Option<T>) -> T {
        let mut changes = self.watch();
        loop {
            changes.borrow_and_update();
            if let Some(found) = look(&mut self.state()) {
                return found;
            }
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Runs `work` unless the tab is lost or closed meanwhile.
    pub(in crate::browser) async fn until_lost<T>(&self, work: impl Future<Output = T>) -> Result<T, BrowserError> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            error = self.lost() => Err(error),
        }
    }

    /// Waits until the tab cannot be used any more. Apart from the other changes: every call under way waits for this,
    /// and need not wake at each event of the page.
    pub(in crate::browser) async fn lost(&self) -> BrowserError {
        let mut gone = self.gone.subscribe();
        // The sender lives as long as `self`.
        let _ = gone.wait_for(|gone| *gone).await;
        self.state().usable().err().unwrap_or(BrowserError::Closed)
    }

    /// Remembers where an act begins; the count of navigations asked for so far.
    pub(in crate::browser) fn begin_act(&self) -> Result<u64, BrowserError> {
        let mut state = self.state();
        state.usable()?;
        state.before_act = state.document.loader.clone();
        Ok(state.asked)
    }

    /// Whether a navigation was asked for since [`Self::begin_act`] gave `asked`.
    pub(in crate::browser) fn navigated_since(&self, asked: u64) -> bool {
        self.state().asked > asked
    }
}
