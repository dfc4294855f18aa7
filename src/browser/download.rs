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
}
