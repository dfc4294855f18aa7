//! What all pages of one identity share: the armed answer to dialogs, and downloads.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::deadline::Deadline;
use super::download::{Burst, Download, DownloadState};
use super::tab::DownloadWait;

/// How the next dialogs are answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogAnswer {
    /// OK, or Cancel.
    pub accept: bool,
    /// What a `prompt` is given.
    pub text: Option<String>,
}

/// Downloads that a page asks for at once begin so soon after one another.
const TOGETHER: Duration = Duration::from_millis(100);

/// The shared state of an identity's pages.
pub(super) struct Family {
    dialog: Mutex<Option<DialogAnswer>>,
    folder: Mutex<Option<PathBuf>>,
    limit: AtomicU64,
    downloads: Mutex<Vec<Download>>,
    burst: Mutex<Burst>,
    changed: watch::Sender<u64>,
}

impl Default for Family {
    fn default() -> Self {
        Self {
            dialog: Mutex::default(),
            folder: Mutex::default(),
            limit: AtomicU64::new(u64::MAX),
            downloads: Mutex::default(),
            burst: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }
}

impl Family {
    /// Answers dialogs so from here on; `None`: as a person in a hurry would.
    pub(super) fn answer_dialogs(&self, answer: Option<DialogAnswer>) {
        *self.dialog.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// The answer to a dialog of that kind, and the line that tells of it where nobody had asked for the answer.
    pub(super) fn answer(&self, kind: &str, message: &str) -> (DialogAnswer, Option<String>) {
        // Leaving a page is what the step asked for; every other dialog is answered as a person in a hurry would.
        if kind == "beforeunload" {
            return (DialogAnswer { accept: true, text: None }, None);
        }
        let armed = self.dialog.lock().unwrap_or_else(PoisonError::into_inner).clone();
        armed.map_or_else(
            || (DialogAnswer { accept: false, text: None }, Some(format!("{kind} dismissed: `{message}`"))),
            |answer| (answer, None),
        )
    }

    /// Where the browser puts downloads, once they are wanted.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.folder.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The browser puts downloads there from here on.
    pub(super) fn set_folder(&self, folder: PathBuf) {
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = Some(folder);
    }

    /// The most bytes that a download may have.
    pub(super) fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    /// Downloads may have so many bytes from here on.
    pub(super) fn set_limit(&self, limit: Option<u64>) {
        self.limit.store(limit.unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The downloads, in the order in which they began; locked, never held across an await.
    pub(super) fn downloads(&self) -> MutexGuard<'_, Vec<Download>> {
        self.downloads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How closely downloads follow one another; locked, never held across an await.
    pub(super) fn burst(&self) -> MutexGuard<'_, Burst> {
        self.burst.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the downloads and wakes those who wait for them.
    pub(super) fn change_downloads<R>(&self, act: impl FnOnce(&mut Vec<Download>) -> R) -> R {
        let result = act(&mut self.downloads());
        self.changed.send_modify(|version| *version += 1);
        result
    }

    /// Takes the downloads, once those that `wait` names have ended; at the deadline as they are.
    pub(super) async fn ended_downloads(&self, wait: DownloadWait, deadline: Deadline) -> Vec<Download> {
        let begun = self.wait_downloads(|all| (!all.is_empty()).then_some(()));
        match wait {
            DownloadWait::Begun => {}
            DownloadWait::Within(time) => drop(tokio::time::timeout(time.min(deadline.left()), begun).await),
            DownloadWait::One => drop(tokio::time::timeout(deadline.left(), begun).await),
        }
        let ended =
            |all: &mut Vec<Download>| all.iter().all(|one| one.state != DownloadState::Going).then_some(all.len());
        while let Ok(known) = tokio::time::timeout(deadline.left(), self.wait_downloads(ended)).await {
            let more = self.wait_downloads(|all| (all.len() > known).then_some(()));
            let alone = known == 0 || wait == DownloadWait::One;
            if alone || tokio::time::timeout(TOGETHER.min(deadline.left()), more).await.is_err() {
                break;
            }
        }
        std::mem::take(&mut *self.downloads())
    }

    /// Waits until `look` finds what it looks for in the downloads.
    async fn wait_downloads<T>(&self, mut look: impl FnMut(&mut Vec<Download>) -> Option<T>) -> T {
        let mut changes = self.changed.subscribe();
        loop {
            changes.borrow_and_update();
            if let Some(found) = look(&mut self.downloads()) {
                return found;
            }
            // The sender lives as long as `self`.
            let _ = changes.changed().await;
        }
    }
}
