//! The journal beyond the process: steps and sights as plain data, for a later run to follow.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::replay::Cut;
use super::{Entry, encode};

/// A step that ended, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArchivedStep {
    /// Its number within its run.
    pub seq: u64,
    /// Session, call and outcome in short, for whoever looks through a file.
    pub title: String,
    /// All of it but what is large; that stands in it as `{"$blob": n}`.
    pub head: Value,
    /// Documents, pictures and the like, by number.
    #[serde(skip)]
    pub blobs: Vec<Vec<u8>>,
}

/// A step that ended and is still to be written down, by any thread and at any time: nothing of it changes any more.
pub struct EndedStep {
    pub(super) entry: Arc<Entry>,
    pub(super) acts: bool,
    pub(super) cut: Option<Cut>,
}

impl EndedStep {
    /// Its number within its run.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.entry.seq
    }

    /// Whether it did something beside reading: it sent data, saved files, ran hooks, or was no `crawl`.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.acts
    }

    /// About how many bytes it holds on to: those of its page.
    #[must_use]
    pub fn size(&self) -> usize {
        self.entry.base.as_ref().map_or(0, |page| {
            let files = [page.screenshot.as_deref(), page.pdf.as_deref(), page.mhtml.as_deref().map(str::as_bytes)];
            page.size() + files.into_iter().flatten().map(<[u8]>::len).sum::<usize>()
        })
    }

    /// The step as plain data; `None` for one that cannot be kept, such as one with a path that is no text: a later run
    /// does it anew.
    #[must_use]
    pub fn written(&self) -> Option<ArchivedStep> {
        encode::step(&self.entry, self.cut.as_ref()).ok()
    }
}

/// Something that a script saw beside pages: the time, a random value, the built-in site's address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArchivedSight {
    /// Branch, kind, name.
    pub of: Value,
    /// What was seen.
    pub value: Value,
}

/// Where a journal is kept.
pub trait Archive: Send + Sync {
    /// A step ended.
    fn step(&self, step: EndedStep);

    /// Something was seen.
    fn sight(&self, sight: ArchivedSight);
}
