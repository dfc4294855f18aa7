//! What a person points at in a page's window: the calls into the page, and the shapes of its replies.

use std::time::Duration;

use serde::Deserialize;

use super::condition::LastSeen;
use super::error::BrowserError;
use super::inpage::Captured;
use super::snapshot::Snapshot;
use crate::page::ElementMark;

/// An element that was clicked, in the page as it was then.
#[derive(Debug)]
pub struct Pointed {
    /// Which element it is, in the innermost of the frames.
    pub element: ElementMark,
    /// The frames that it lies in, from the outermost in, each by its number among the frames of its document.
    pub frames: Vec<usize>,
    /// Whether it is a frame of another origin, into which no click can be followed.
    pub sealed: bool,
    /// The page; frames of other origins are left empty.
    pub snapshot: Snapshot,
}

/// A call that waits for a click.
pub(super) fn point_call(timeout: Duration) -> String {
    format!("crawlInPage.point({})", timeout.as_millis())
}

/// A call after which the page sees no click, until that wait begins.
pub(super) const ARM: &str = "crawlInPage.arm()";

/// A call that ends that wait.
pub(super) const UNPOINT: &str = "crawlInPage.unpoint()";

/// The reply to [`point_call`]; empty when Escape was pressed.
#[derive(Debug, Deserialize)]
pub(super) struct Pointing {
    element: Option<ElementMark>,
    snapshot: Option<Captured>,
    #[serde(default)]
    frames: Vec<usize>,
    #[serde(default)]
    sealed: bool,
    #[serde(default)]
    late: bool,
}

impl Pointing {
    /// What was clicked; `None` when nothing was meant to be.
    pub(super) fn into_result(self) -> Result<Option<Pointed>, BrowserError> {
        if self.late {
            let last = LastSeen { words: "nothing was clicked".to_owned(), most: 0, exception: None };
            return Err(BrowserError::WaitTimeout { last });
        }
        let both = self.element.zip(self.snapshot);
        Ok(both.map(|(element, page)| Pointed {
            element,
            frames: self.frames,
            sealed: self.sealed,
            snapshot: page.into_snapshot(&mut std::iter::empty()),
        }))
    }
}
