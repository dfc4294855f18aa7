//! What a page is made of: its snapshot and the document parsed from it, in memory or on disk.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use url::Url;

use crate::browser::{FormPatch, Snapshot};
use crate::page::{ControlState, Document};
use crate::store::{Spool, Spooled};

/// So much HTML of the latest pages stays in memory with the documents parsed from it, in bytes.
const RECENT_BYTES: usize = 4 * 1024 * 1024;

/// Pages whose frames nest deeper stay in memory: JSON is read to a certain depth alone.
const DEEPEST: usize = 50;

/// And so many pages.
const RECENT_PAGES: usize = 32;

/// A snapshot with its document. Cloning is cheap, and all clones share what was parsed.
#[derive(Debug, Clone, Default)]
pub struct Content(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    url: String,
    title: String,
    place: Mutex<Place>,
}

/// Where the snapshot is.
#[derive(Debug)]
enum Place {
    Memory(Arc<Snapshot>, Option<Arc<Document>>),
    Disk(Spooled, Arc<Shelf>, Weak<Recent>),
}

impl Default for Place {
    fn default() -> Self {
        Self::Memory(Arc::default(), None)
    }
}

/// Where a program that keeps all its pages keeps them: on disk, the latest ones in memory too.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    spool: OnceLock<Option<Arc<Spool>>>,
    recent: Mutex<VecDeque<Arc<Recent>>>,
}

/// A page that was used lately.
#[derive(Debug)]
struct Recent {
    snapshot: Arc<Snapshot>,
    document: OnceLock<Arc<Document>>,
}

impl Content {
    /// The content of a snapshot.
    #[must_use]
    pub fn new(snapshot: Snapshot) -> Self {
        let (url, title) = (snapshot.url.clone(), snapshot.title.clone());
        Self(Arc::new(Inner { url, title, place: Mutex::new(Place::Memory(Arc::new(snapshot), None)) }))
    }

    /// The document's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The document's title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        match &mut *self.place() {
            Place::Memory(snapshot, _) => Arc::clone(snapshot),
            Place::Disk(spooled, shelf, recent) => Arc::clone(&recall(spooled, shelf, recent).snapshot),
        }
    }

    /// Whether both are one.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The document, parsed at the first call.
    #[must_use]
    pub fn document(&self) -> Arc<Document> {
        match &mut *self.place() {
            Place::Memory(snapshot, document) => Arc::clone(document.get_or_insert_with(|| Arc::new(parse(snapshot)))),
            Place::Disk(spooled, shelf, recent) => recall(spooled, shelf, recent).document(),
        }
    }

    /// Moves the snapshot to disk; what cannot be written stays in memory.
    fn shelve(&self, shelf: &Arc<Shelf>) {
        let Some(spool) = shelf.spool() else { return };
        let mut place = self.place();
        let Place::Memory(snapshot, document) = &mut *place else { return };
        if depth(snapshot) > DEEPEST {
            return;
        }
        let written = serde_json::to_vec(snapshot.as_ref()).ok().and_then(|bytes| spool.put(&bytes).ok());
        let Some(spooled) = written else { return };
        let recent = Recent { snapshot: Arc::clone(snapshot), document: OnceLock::new() };
        if let Some(document) = document.take() {
            let _ = recent.document.set(document);
        }
        let recent = shelf.remember(recent);
        *place = Place::Disk(spooled, Arc::clone(shelf), Arc::downgrade(&recent));
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was put on disk, read again unless it was used lately.
fn recall(spooled: &Spooled, shelf: &Shelf, known: &mut Weak<Recent>) -> Arc<Recent> {
    if let Some(recent) = known.upgrade() {
        return recent;
    }
    let bytes = spooled.read().expect("the program's own file can be read");
    let snapshot: Snapshot = serde_json::from_slice(&bytes).expect("what was written can be read");
    let recent = shelf.remember(Recent { snapshot: Arc::new(snapshot), document: OnceLock::new() });
    *known = Arc::downgrade(&recent);
    recent
}

impl Recent {
    fn document(&self) -> Arc<Document> {
        Arc::clone(self.document.get_or_init(|| Arc::new(parse(&self.snapshot))))
    }
}

impl Shelf {
    /// Moves a page's snapshot to disk without keeping its step waiting.
    pub fn keep(self: &Arc<Self>, content: &Content) {
        let (shelf, content) = (Arc::clone(self), content.clone());
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || content.shelve(&shelf))),
            Err(_) => content.shelve(&shelf),
        }
    }

    /// Moves a page's snapshot to disk.
    pub fn keep_now(self: &Arc<Self>, content: &Content) {
        content.shelve(self);
    }

    fn spool(&self) -> Option<&Arc<Spool>> {
        self.spool.get_or_init(|| Spool::new().ok()).as_ref()
    }

    /// Keeps a page in memory until enough others were used.
    fn remember(&self, recent: Recent) -> Arc<Recent> {
        let recent = Arc::new(recent);
        let mut all = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        // A page that a later run's took the place of is nobody's any more; its document is many times its text.
        all.retain(|recent| Arc::weak_count(recent) > 0 || Arc::strong_count(recent) > 1);
        all.push_back(Arc::clone(&recent));
        while all.len() > 1 && (all.len() > RECENT_PAGES || all.iter().map(bytes).sum::<usize>() > RECENT_BYTES) {
            all.pop_front();
        }
        recent
    }
}

fn bytes(recent: &Arc<Recent>) -> usize {
    weight(&recent.snapshot)
}

fn weight(snapshot: &Snapshot) -> usize {
    snapshot.html.len() + snapshot.frames.iter().map(weight).sum::<usize>()
}

/// How deep its frames nest.
fn depth(snapshot: &Snapshot) -> usize {
    1 + snapshot.frames.iter().map(depth).max().unwrap_or(0)
}

/// A snapshot's document.
pub(super) fn parse(snapshot: &Snapshot) -> Document {
    let blank = || Url::parse("about:blank").expect("`about:blank` is an address");
    let url = Url::parse(&snapshot.url).unwrap_or_else(|_| blank());
    let controls: Vec<ControlState> = snapshot.forms.iter().map(control).collect();
    Document::captured(&snapshot.html, &url, &controls)
}

fn control(patch: &FormPatch) -> ControlState {
    ControlState { index: patch.index, value: patch.value.clone(), checked: patch.checked, selected: patch.selected }
}
