//! Tells when files change: bursts are one change, editors that replace files are seen, and a file that was written
//! without getting another content did not change. Names `notify`.

mod content;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use content::Content;

/// How long files must be quiet before a burst of saves counts as over.
const QUIET: Duration = Duration::from_millis(25);

/// The same once the writer closed the file, or put it in place: there is no more to come of this save.
const COMPLETE: Duration = Duration::from_millis(2);

/// How long a file may be missing or empty: some editors remove it, or cut it off, before they write it.
const ABSENT: Duration = Duration::from_millis(200);

/// Watches a set of files by their folders, so that a file that is replaced, deleted or made later is seen.
pub struct Watcher {
    notifier: Mutex<RecommendedWatcher>,
    files: Arc<Mutex<Files>>,
    wakes: Mutex<Receiver<Wake>>,
    waker: Waker,
}

/// The files, each with what was in it when it was looked at last.
#[derive(Default)]
struct Files {
    known: HashMap<PathBuf, Content>,
    /// Some change was told, and not yet that it is complete.
    open: bool,
}

/// Why a wait ends, or goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wake {
    /// A file has another content; whether it has one at all.
    Changed(bool),
    /// The save is complete.
    Complete,
    /// A folder on the way to a file went or came: what is below has to be watched and looked at anew.
    Moved,
    /// Somebody asked for it.
    Asked,
}

/// Ends the wait of a watcher from elsewhere.
#[derive(Clone)]
pub struct Waker(Sender<Wake>);

impl Waker {
    /// Ends the current wait, or the next one.
    pub fn wake(&self) {
        self.send(Wake::Asked);
    }

    fn send(&self, wake: Wake) {
        // Without a watcher nobody waits.
        let _ = self.0.send(wake);
    }
}

impl Watcher {
    /// A watcher of no file. `changed` is called at once on another thread at every change.
    pub fn new(changed: impl Fn() + Send + 'static) -> Result<Self, String> {
        let files: Arc<Mutex<Files>> = Arc::default();
        let (sender, wakes) = channel();
        let waker = Waker(sender);
        let (watched, woken) = (Arc::clone(&files), waker.clone());
        let on_event = move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            let mut files = lock(&watched);
            if let Some(there) = files.take_in(&event) {
                files.open = true;
                changed();
                woken.send(Wake::Changed(there));
            }
            if structural(&event.kind) && files.lie_below(&event) {
                woken.send(Wake::Moved);
            }
            if files.open && completes(&event.kind) {
                files.open = false;
                woken.send(Wake::Complete);
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

    /// Watches this file too, whether it is there or not, from what is in it now.
    pub fn add(&self, path: &Path) -> Result<(), String> {
        let places = places(path);
        // The folders first: a change in between is told, or seen here.
        let watched = places.iter().try_for_each(|place| self.folders(place));
        let mut files = lock(&self.files);
        for place in places {
            files.known.entry(place).or_insert_with_key(|place| Content::of(place));
        }
        watched
    }

    /// Watches this file no more: what is written to it is the program's own doing.
    pub fn forget(&self, path: &Path) {
        let places = places(path);
        lock(&self.files).known.retain(|known, _| !places.contains(known));
    }

    /// Watches these files and no others. Folders that went and came back are watched again.
    pub fn set<'p>(&self, paths: impl IntoIterator<Item = &'p Path>) -> Result<(), String> {
        let wanted: Vec<PathBuf> = paths.into_iter().flat_map(places).collect();
        let watched = wanted.iter().try_for_each(|place| self.folders(place));
        let mut files = lock(&self.files);
        let mut known = std::mem::take(&mut files.known);
        for place in wanted {
            let before = known.remove(&place);
            files.known.entry(place).or_insert_with_key(|place| before.unwrap_or_else(|| Content::of(place)));
        }
        watched
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

    /// Watches the folders anew and looks at all files again, as [`Files::look_at`].
    fn look_again(&self) -> Option<bool> {
        let files: Vec<PathBuf> = lock(&self.files).known.keys().cloned().collect();
        // What cannot be watched now is tried again, and told, with the next set.
        files.iter().for_each(|file| drop(self.folders(file)));
        lock(&self.files).look_at(|_| true)
    }

    /// Waits for the next change and the end of its burst, or for the waker; whether a file changed.
    pub fn wait(&self) -> bool {
        let wakes = lock(&self.wakes);
        let (mut changed, mut quiet) = (false, None);
        loop {
            let next = match quiet {
                None => wakes.recv().ok(),
                Some(quiet) => wakes.recv_timeout(quiet).ok(),
            };
            match next {
                Some(Wake::Changed(there)) => {
                    changed = true;
                    quiet = Some(if there { QUIET } else { ABSENT });
                }
                Some(Wake::Moved) => {
                    if let Some(there) = self.look_again() {
                        changed = true;
                        quiet = Some(if there { QUIET } else { ABSENT });
                    }
                }
                // Of a burst that was over before: no reason to end this wait.
                Some(Wake::Complete) if !changed => {}
                Some(Wake::Complete) => quiet = quiet.map(|quiet| if quiet == ABSENT { ABSENT } else { COMPLETE }),
                Some(Wake::Asked) => quiet = quiet.or(Some(Duration::ZERO)),
                None => return changed,
            }
        }
    }
}

impl Files {
    /// Whether an event is about a folder on the way to one of the files.
    fn lie_below(&self, event: &Event) -> bool {
        let above = |path: &PathBuf| self.known.keys().any(|file| file != path && file.starts_with(path));
        event.paths.iter().any(above)
    }

    /// Looks at some of the files again: `None` when none has another content, else whether the last one that has is
    /// there at all.
    fn look_at(&mut self, concerned: impl Fn(&Path) -> bool) -> Option<bool> {
        let mut changed = None;
        for (file, content) in self.known.iter_mut().filter(|(file, _)| concerned(file)) {
            let now = Content::of(file);
            if now != *content {
                changed = Some(now.is_any());
                *content = now;
            }
        }
        changed
    }

    /// Takes the files of an event in anew, as [`Files::look_at`].
    fn take_in(&mut self, event: &Event) -> Option<bool> {
        if matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write)) {
            return None;
        }
        let structural = structural(&event.kind);
        self.look_at(|file| {
            event.need_rescan() || event.paths.iter().any(|path| file == path || structural && file.starts_with(path))
        })
    }
}

/// Whether something was made, removed or renamed.
fn structural(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)))
}

/// Whether an event ends a save: the writer closed the file, or another one took its place.
fn completes(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both | RenameMode::Any))
    )
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
