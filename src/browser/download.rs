//! Downloads as the browser tells of them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A download of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Download {
    /// The protocol's id of it.
    pub id: String,
    /// Where it comes from.
    pub url: String,
    /// The name that the server or the page gave it, as the browser tells it: not to be trusted.
    pub suggested: String,
    /// What the server said it is, where that is known.
    pub mime: Option<String>,
    /// How it stands.
    pub state: DownloadState,
    /// Bytes that came so far.
    pub received: u64,
}

/// How a download stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownloadState {
    /// It goes on.
    Going,
    /// It is whole, and lies there.
    Done(PathBuf),
    /// It was called off, or broke.
    Failed,
    /// It is larger than so many bytes, and was called off.
    TooLarge(u64),
}

impl DownloadState {
    /// The state of a download that came whole: a file that is too large is not kept.
    pub(super) fn whole(path: PathBuf, limit: u64) -> Self {
        if std::fs::metadata(&path).is_ok_and(|file| file.len() > limit) {
            let _ = std::fs::remove_file(&path);
            return Self::TooLarge(limit);
        }
        Self::Done(path)
    }
}

/// Downloads that pages begin one upon the other. Chromium begins so many of a page's own links (`<a download>`) within a
/// second, and drops the others without a word.
#[derive(Debug, Default)]
pub(super) struct Burst {
    begun: Option<Instant>,
    count: usize,
    /// Whether it became full within its time, until that is asked.
    filled: bool,
}

impl Burst {
    const MOST: usize = 10;
    const OVER: Duration = Duration::from_secs(1);

    /// One more began.
    pub(super) fn add(&mut self) {
        if self.count == 0 || (self.is_full() && self.left().is_none()) {
            *self = Self { begun: Some(Instant::now()), count: 0, filled: false };
        }
        self.count += 1;
        self.filled |= self.count == Self::MOST && self.left().is_some();
    }

    /// Whether so many began within a second, since this was last asked, that any more were dropped.
    pub(super) fn take_filled(&mut self) -> bool {
        std::mem::take(&mut self.filled)
    }

    /// Whether the next one would be dropped, unless it is over.
    fn is_full(&self) -> bool {
        self.count >= Self::MOST
    }

    /// How long no other begins; `None` where one would.
    pub(super) fn left(&self) -> Option<Duration> {
        let begun = self.begun.filter(|_| self.is_full())?;
        Self::OVER.checked_sub(begun.elapsed())
    }
}
