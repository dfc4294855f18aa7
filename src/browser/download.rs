//! Downloads as the browser tells of them.

use std::path::PathBuf;

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
