//! Inlay hints from the pages of scripts that are being watched, and word to the editor when there are other pages.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use lsp_types::{InlayHint, InlayHintLabel, InlayHintTooltip, Range};

use super::document::{Document, Documents, path_of};
use crate::ide::{Pages, inlay_hints};
use crate::store::{make_seen_folder, seen_at, seen_file, seen_steps};
use crate::watch::Watcher;

/// The pages of open scripts, as last read.
#[derive(Default)]
pub struct Seen {
    read: Mutex<HashMap<PathBuf, (SystemTime, Arc<Pages>)>>,
    watcher: Option<Watcher>,
}

impl Seen {
    /// `changed` is called when a run of a watched script left other pages. Where files cannot be watched, editors ask
    /// by themselves as people type.
    #[must_use]
    pub fn new(changed: impl Fn() + Send + 'static) -> Self {
        Self { read: Mutex::default(), watcher: Watcher::new(changed).ok() }
    }

    /// Looks at the pages of these texts from now on.
    pub fn look_at(&self, documents: &Documents) {
        let files: Vec<PathBuf> = documents.all().filter_map(|document| seen_file(&path_of(&document.uri)?)).collect();
        for file in &files {
            // A folder that is missing is watched by the one above, but pages would not be seen coming.
            let _ = make_seen_folder(file);
        }
        if let Some(watcher) = &self.watcher {
            let _ = watcher.set(files.iter().map(PathBuf::as_path));
        }
    }

    /// The hints in a range of a text; none when nobody watches the script.
    #[must_use]
    pub fn hints(&self, document: &Document, range: Range) -> Vec<InlayHint> {
        let Some(pages) = self.pages_of(document) else { return Vec::new() };
        let hints = inlay_hints(document.analysis(), &pages, document.span(range)).into_iter();
        let hint = |hint: crate::ide::Hint| InlayHint {
            position: document.position(hint.offset),
            label: InlayHintLabel::String(hint.text),
            kind: None,
            text_edits: None,
            tooltip: Some(InlayHintTooltip::String(hint.more)),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        };
        hints.map(hint).collect()
    }

    /// The pages of a text; none when nobody watches the script.
    #[must_use]
    pub fn pages_of(&self, document: &Document) -> Option<Arc<Pages>> {
        path_of(&document.uri).and_then(|path| self.pages(path))
    }

    fn pages(&self, path: PathBuf) -> Option<Arc<Pages>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(written) = seen_at(&path) else {
            read.remove(&path);
            return None;
        };
        if let Some((_, pages)) = read.get(&path).filter(|(known, _)| *known == written) {
            return Some(Arc::clone(pages));
        }
        let pages = Arc::new(Pages::new(seen_steps(&path).ok()??));
        read.insert(path, (written, Arc::clone(&pages)));
        Some(pages)
    }
}
