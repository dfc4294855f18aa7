//! Documents and pictures of a run, on disk until the report is written; what is the same is kept once.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::crawl::Page;
use crate::store::{Spool, Spooled};

/// Larger documents are left out: no browser would show them twice.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// How deep frames are kept.
const MOST_FRAMES_DEEP: usize = 8;

/// A page's document with those of its frames, in the order of their elements.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// The HTML.
    pub html: String,
    /// The address.
    pub url: String,
    /// The frames.
    pub frames: Vec<Self>,
}

impl Snapshot {
    /// That of a page.
    pub fn of(page: &Page) -> Self {
        Self::within(page, MOST_FRAMES_DEEP)
    }

    fn within(page: &Page, deep: usize) -> Self {
        let frames = if deep == 0 { Vec::new() } else { page.frames() };
        let frames = frames.iter().map(|frame| Self::within(frame, deep - 1)).collect();
        Self { html: page.html(), url: page.url().to_owned(), frames }
    }
}

/// Bytes by content.
#[derive(Default)]
pub struct Shelf {
    spool: Option<Arc<Spool>>,
    known: HashMap<[u8; 32], usize>,
    kept: Vec<Spooled>,
}

impl Shelf {
    /// Keeps bytes and gives their number; `None` where they are too many or cannot be written.
    pub fn keep(&mut self, bytes: &[u8]) -> Option<usize> {
        if bytes.len() > MOST_BYTES {
            return None;
        }
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        if let Some(number) = self.known.get(&digest) {
            return Some(*number);
        }
        if self.spool.is_none() {
            self.spool = Spool::new().ok();
        }
        self.kept.push(self.spool.as_ref()?.put(bytes).ok()?);
        let number = self.kept.len() - 1;
        self.known.insert(digest, number);
        Some(number)
    }

    /// All that was kept, by number.
    pub fn kept(&self) -> &[Spooled] {
        &self.kept
    }
}
