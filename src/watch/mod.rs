//! Tells when files change: bursts are one change, and editors that replace files are seen. Names `notify`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How long files must be quiet before a burst of saves counts as over.
const QUIET: Duration = Duration::from_millis(25);

/// Watches a set of files by their folders, so that a file that is replaced, deleted or made later is seen.
pub struct Watcher {
    notifier: Mutex<RecommendedWatcher>,
    files: Arc<Mutex<HashSet<PathBuf>>>,
    wakes: Mutex<Receiver<()>>,
    waker: Waker,
}

/// Ends the wait of a watcher from elsewhere.
#[derive(Clone)]
pub struct Waker(Sender<()>);

impl Waker {
    /// Ends the current wait, or the next one.
    pub fn wake(&self) {
        // Without a watcher nobody waits.
        let _ = self.0.send(());
    }
}

impl Watcher {
    /// A watcher of no file. `changed` is called at once on another thread at every change.
    pub fn new(changed: impl Fn() + Send + 'static) -> Result<Self, String> {
        let files: Arc<Mutex<HashSet<PathBuf>>> = Arc::default();
        let (sender, wakes) = channel();
        let waker = Waker(sender);
        let (watched, woken) = (Arc::clone(&files), waker.clone());
        let on_event = move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| concerns(&event, &lock(&watched))) {
                changed();
                woken.wake();
            }
        };
        let notifier = notify::recommended_watcher(on_event).map_err(|error| error.to_string())?;
        Ok(Self { notifier: Mutex::new(notifier), files, wakes: Mutex::new(wakes), waker })
    }

    /// What ends a wait although no file changed.
    #[must_use]
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Watches this file too, whether it is there or not.
    pub fn add(&self, path: &Path) -> Result<(), String> {
        let places = places(path);
        lock(&self.files).extend(places.iter().cloned());
        places.iter().try_for_each(|place| self.folders(place))
    }

    /// Watches these files and no others. Folders that went and came back are watched again.
    pub fn set<'p>(&self, paths: impl IntoIterator<Item = &'p Path>) -> Result<(), String> {
        let wanted: HashSet<PathBuf> = paths.into_iter().flat_map(places).collect();
        lock(&self.files).clone_from(&wanted);
        wanted.iter().try_for_each(|place| self.folders(place))
    }

    /// Watches the folder of a file, and the one above, where the folder itself may be replaced; of what is missing,
    /// the nearest folder that is there.
    fn folders(&self, file: &Path) -> Result<(), String> {
        let there = file.ancestors().skip(1).filter(|folder| folder.is_dir());
        for (folder, near) in there.take(2).zip([true, false]) {
            let watched = lock(&self.notifier).watch(folder, RecursiveMode::NonRecursive);
            match watched {
                // It went just now, which its parent tells; or it is a parent that may not be read.
                Err(error) if !near || !folder.is_dir() => drop(error),
                Err(error) => return Err(error.to_string()),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Waits for the next change and the end of its burst, or for the waker.
    pub fn wait(&self) {
        let wakes = lock(&self.wakes);
        if wakes.recv().is_ok() {
            while wakes.recv_timeout(QUIET).is_ok() {}
        }
    }
}

/// Whether an event tells of one of these files, or of a folder on the way to one.
fn concerns(event: &Event, files: &HashSet<PathBuf>) -> bool {
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    let structural = matches!(
        event.kind,
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(notify::event::ModifyKind::Name(_))
    );
    event.need_rescan()
        || event.paths.iter().any(|path| {
            files.contains(path) || structural && files.iter().any(|file| file != path && file.starts_with(path))
        })
}

/// Where a file is: under the name that was given, and where links lead.
fn places(path: &Path) -> Vec<PathBuf> {
    let Ok(given) = std::path::absolute(path) else { return Vec::new() };
    let mut places = Vec::new();
    if let (Some(folder), Some(name)) = (given.parent(), given.file_name()) {
        places.extend(folder.canonicalize().ok().map(|folder| folder.join(name)));
    }
    places.extend(given.canonicalize().ok());
    places.push(given);
    places.sort();
    places.dedup();
    places
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
