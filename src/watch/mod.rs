//! Tells when files change: bursts are one change, and editors that replace files are seen. Names `notify`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How long files must be quiet before a burst of saves counts as over.
const QUIET: Duration = Duration::from_millis(25);

/// Watches a set of files by their folders, so that a file that is replaced or comes back is seen.
pub struct Watcher {
    notifier: RecommendedWatcher,
    folders: HashSet<PathBuf>,
    files: Arc<Mutex<HashSet<PathBuf>>>,
    changes: Receiver<()>,
}

impl Watcher {
    /// A watcher of no file. `changed` is called at once on another thread at every change.
    pub fn new(changed: impl Fn() + Send + 'static) -> Result<Self, String> {
        let files: Arc<Mutex<HashSet<PathBuf>>> = Arc::default();
        let (sender, changes) = channel();
        let watched = Arc::clone(&files);
        let on_event = move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            let watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
            if event.paths.iter().any(|path| watched.contains(path)) {
                changed();
                let _ = sender.send(());
            }
        };
        let notifier = notify::recommended_watcher(on_event).map_err(|error| error.to_string())?;
        Ok(Self { notifier, folders: HashSet::new(), files, changes })
    }

    /// Watches these files from now on.
    pub fn watch<'p>(&mut self, paths: impl IntoIterator<Item = &'p Path>) -> Result<(), String> {
        let mut wanted = HashSet::new();
        for path in paths {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let Ok(folder) = parent.canonicalize() else { continue };
            let Some(name) = path.file_name() else { continue };
            wanted.insert(folder.join(name));
            if let Ok(target) = path.canonicalize() {
                self.folder(target.parent().unwrap_or(&folder).to_owned())?;
                wanted.insert(target);
            }
            self.folder(folder)?;
        }
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = wanted;
        Ok(())
    }

    fn folder(&mut self, folder: PathBuf) -> Result<(), String> {
        if self.folders.contains(&folder) {
            return Ok(());
        }
        self.notifier.watch(&folder, RecursiveMode::NonRecursive).map_err(|error| error.to_string())?;
        self.folders.insert(folder);
        Ok(())
    }

    /// Waits for the next change and the end of its burst, at most `limit`; whether there was one.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> bool {
        if self.changes.recv_timeout(limit).is_err() {
            return false;
        }
        while !matches!(
            self.changes.recv_timeout(QUIET),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)
        ) {}
        true
    }
}
