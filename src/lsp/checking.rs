//! Diagnostics as somebody types: on a thread of its own, after a short rest, and given up when a newer text arrives.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lsp_types::Uri;

use crate::diag::Diagnostic;
use crate::ide::diagnostics;
use crate::script::{Interpreter, on_script_thread};
use crate::text::Source;

/// How long a text rests before it is checked.
const REST: Duration = Duration::from_millis(120);

/// Makes an interpreter for one check.
pub type MakeInterpreter = Box<dyn Fn() -> Interpreter + Send + Sync>;

/// A text to check.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its address.
    pub uri: Uri,
    /// Its version.
    pub version: i32,
    /// The text.
    pub source: Source,
}

/// What came of a check.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The text that was checked.
    pub job: Job,
    /// What is wrong with it.
    pub reports: Vec<Diagnostic>,
}

/// Called with each result that still counts.
pub type Publish = Box<dyn Fn(&Checked) + Send>;

/// The thread that checks.
pub struct Checking {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: HashMap<String, Waiting>,
    /// Switches of the latest job of each text: set once nobody wants its result.
    latest: HashMap<String, Arc<AtomicBool>>,
    results: HashMap<String, Checked>,
    ended: bool,
}

struct Waiting {
    due: Instant,
    job: Job,
    stale: Arc<AtomicBool>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checking {
    /// Begins to wait for texts. `known` are names that scripts get from elsewhere.
    pub fn start(make: MakeInterpreter, known: Vec<String>, publish: Publish) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        let work = move || {
            while let Some((job, stale)) = next(&own) {
                // Whatever is wrong with one text, the next one is checked.
                let found = catch_unwind(AssertUnwindSafe(|| {
                    let interpreter = make();
                    let stale = || stale.load(Ordering::SeqCst);
                    on_script_thread(|| diagnostics(&interpreter, &job.source, &known, &stale))
                }));
                let Some(reports) = found.ok().flatten() else { continue };
                let checked = Checked { job, reports };
                if !stale.load(Ordering::SeqCst) {
                    own.lock().results.insert(checked.job.uri.as_str().to_owned(), checked.clone());
                    publish(&checked);
                }
            }
        };
        let thread = std::thread::Builder::new().name("crawl-check".to_owned()).spawn(work)?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Has a text checked soon; an earlier version of it is not checked any more.
    pub fn submit(&self, job: Job, at_once: bool) {
        let key = job.uri.as_str().to_owned();
        let stale = Arc::new(AtomicBool::new(false));
        let due = Instant::now() + if at_once { Duration::ZERO } else { REST };
        let mut state = self.shared.lock();
        if let Some(earlier) = state.latest.insert(key.clone(), Arc::clone(&stale)) {
            earlier.store(true, Ordering::SeqCst);
        }
        state.waiting.insert(key, Waiting { due, job, stale });
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Forgets a text.
    pub fn forget(&self, uri: &Uri) {
        let mut state = self.shared.lock();
        state.waiting.remove(uri.as_str());
        state.results.remove(uri.as_str());
        if let Some(latest) = state.latest.remove(uri.as_str()) {
            latest.store(true, Ordering::SeqCst);
        }
    }

    /// What was found in that version of a text.
    #[must_use]
    pub fn reports(&self, uri: &Uri, version: i32) -> Vec<Diagnostic> {
        let state = self.shared.lock();
        let found = state.results.get(uri.as_str()).filter(|checked| checked.job.version == version);
        found.map(|checked| checked.reports.clone()).unwrap_or_default()
    }
}

impl Drop for Checking {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.ended = true;
        state.latest.values().for_each(|stale| stale.store(true, Ordering::SeqCst));
        drop(state);
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits for a text whose rest is over; nothing when there will be none.
fn next(shared: &Shared) -> Option<(Job, Arc<AtomicBool>)> {
    let mut state = shared.lock();
    loop {
        if state.ended {
            return None;
        }
        let now = Instant::now();
        let first = state.waiting.iter().min_by_key(|(_, waiting)| waiting.due);
        let first = first.map(|(key, waiting)| (key.clone(), waiting.due));
        state = match first {
            Some((key, due)) if due <= now => {
                let waiting = state.waiting.remove(&key)?;
                return Some((waiting.job, waiting.stale));
            }
            Some((_, due)) => {
                let woken = shared.changed.wait_timeout(state, due - now);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
            None => shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
    }
}
