//! The journal beyond the process: steps and sights as plain data, for a later run to follow.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A step that ended, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArchivedStep {
    /// Its number within its run.
    pub seq: u64,
    /// Session, call and outcome in short, for whoever looks through a file.
    pub title: String,
    /// It did something beside reading: it sent data, saved files, ran hooks, or was no `crawl`.
    #[serde(skip)]
    pub acts: bool,
    /// All of it but what is large; that stands in it as `{"$blob": n}`.
    pub head: Value,
    /// Documents, pictures and the like, by number.
    #[serde(skip)]
    pub blobs: Vec<Vec<u8>>,
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
    /// A step ended; when this returns, a later run can follow it even if this one is killed.
    fn step(&self, step: ArchivedStep);

    /// Something was seen.
    fn sight(&self, sight: ArchivedSight);
}
