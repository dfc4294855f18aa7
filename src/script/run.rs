//! What one run of a script shares between its builtins, hooks and branches.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::ThreadId;

use rhai::Dynamic;
use serde_json::Value;
use tokio::runtime::Handle;

use super::cancel::Cancel;
use super::closure::Closure;
use super::effects::{Calls, Echo};
use super::held::Held;
use super::hooks::HookTable;
use super::output::Console;
use super::schema_value::KeyOrder;
use super::sources::Sources;
use super::test_block::{TestTable, Tester};
use crate::crawl::{Branch, BranchPath, Crawler, Event, Page, SessionOptions};
use crate::playground::Playground;
use crate::text::Secrets;

/// Called at once for every file that a run comes to depend on.
type OnFile = Box<dyn Fn(&Path) + Send>;

/// What a run is started with.
#[derive(Clone)]
pub struct Settings {
    /// `--set NAME=VALUE`.
    pub params: BTreeMap<String, Value>,
    /// What sessions start from: `--browser`, `--headed`, `--webdriver`, `--timeout`.
    pub defaults: SessionOptions,
    /// Where text, records and events go.
    pub console: Arc<dyn Console>,
    /// Ends the run.
    pub cancel: Cancel,
}

/// The state behind all builtins of one interpreter.
pub struct Run {
    /// The runtime that steps run on.
    pub runtime: Handle,
    /// Sessions, steps, journal.
    pub crawler: Arc<Crawler>,
    /// What the run was started with.
    pub settings: Settings,
    /// The texts.
    pub sources: Sources,
    /// Names seen everywhere: `--set`, `const`, schemas.
    pub globals: Mutex<HashMap<String, Dynamic>>,
    /// In which order records are written.
    pub order: KeyOrder,
    /// Hooks by point and session.
    pub hooks: HookTable,
    /// Its test blocks.
    pub tests: TestTable,
    tester: OnceLock<Arc<dyn Tester>>,
    /// Files that the script or its modules read: watch looks at them.
    pub files: Mutex<Vec<PathBuf>>,
    written: Mutex<Vec<PathBuf>>,
    /// Closures that are called just now.
    pub calls: Calls,
    /// State files that a replay saved: what is in them is for itself alone.
    pub saved: Mutex<HashMap<PathBuf, String>>,
    on_file: Mutex<Option<OnFile>>,
    on_written: Mutex<Option<OnFile>>,
    closures: Mutex<HashMap<u64, Closure>>,
    numbers: AtomicU64,
    branches: Mutex<HashMap<ThreadId, Place>>,
    parallels: Mutex<HashMap<BranchPath, u32>>,
    last: Mutex<Option<Arc<Page>>>,
    /// Pages whose place another took: taken apart while the next step waits for its browser.
    outgoing: Mutex<Vec<Arc<Page>>>,
    /// Secrets that the script asked for: their names and values.
    pub secrets: Mutex<Vec<(String, String)>>,
    /// The values of these, to leave them out.
    pub hidden: Mutex<Secrets>,
    quiet_end: AtomicBool,
    playground: tokio::sync::Mutex<Option<Playground>>,
}

/// Where a thread of the script stands.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The branch of `parallel`.
    pub branch: Branch,
    /// Session blocks around the current call, innermost last.
    pub sessions: Vec<String>,
    /// Frames around the current call, in the page of the innermost session, outermost first.
    pub frames: Vec<crate::browser::Place>,
    /// Who listens to what is said here: the steps whose closures run.
    pub echoes: Vec<Arc<Echo>>,
    /// Where what is said is held until it is the branch's turn.
    pub held: Option<Arc<Held>>,
}

impl Place {
    /// The place within a block of a session.
    #[must_use]
    pub fn in_session(mut self, id: String) -> Self {
        self.sessions.push(id);
        self.frames.clear();
        self
    }
}

impl Run {
    /// A run that has not begun.
    #[must_use]
    pub fn new(runtime: Handle, crawler: Arc<Crawler>, settings: Settings) -> Self {
        Self {
            runtime,
            crawler,
            settings,
            sources: Sources::default(),
            globals: Mutex::default(),
            order: KeyOrder::default(),
            hooks: HookTable::default(),
            tests: TestTable::default(),
            tester: OnceLock::new(),
            files: Mutex::default(),
            written: Mutex::default(),
            calls: Calls::default(),
            saved: Mutex::default(),
            on_file: Mutex::default(),
            on_written: Mutex::default(),
            closures: Mutex::default(),
            numbers: AtomicU64::new(1),
            branches: Mutex::default(),
            parallels: Mutex::default(),
            last: Mutex::default(),
            outgoing: Mutex::default(),
            secrets: Mutex::default(),
            hidden: Mutex::default(),
            quiet_end: AtomicBool::new(false),
            playground: tokio::sync::Mutex::default(),
        }
    }

    /// Runs the script's test blocks for `tester` as well, after the script.
    pub fn set_tester(&self, tester: Arc<dyn Tester>) {
        let _ = self.tester.set(tester);
    }

    /// For whom test blocks are run; `None` in a plain run, which has none.
    #[must_use]
    pub fn tester(&self) -> Option<&Arc<dyn Tester>> {
        self.tester.get()
    }

    /// Where the calling thread stands.
    #[must_use]
    pub fn place(&self) -> Place {
        lock(&self.branches).get(&std::thread::current().id()).cloned().unwrap_or_default()
    }

    /// Something of those who listen to the calling thread.
    pub fn echoes<T>(&self, tell: impl FnOnce(&[Arc<Echo>]) -> T) -> T {
        tell(lock(&self.branches).get(&std::thread::current().id()).map_or(&[], |place| &place.echoes))
    }

    /// Where what the calling thread says is held.
    pub fn held(&self) -> Option<Arc<Held>> {
        lock(&self.branches).get(&std::thread::current().id()).and_then(|place| place.held.clone())
    }

    /// Sets where the calling thread stands and returns where it stood.
    pub fn set_place(&self, place: Place) -> Place {
        lock(&self.branches).insert(std::thread::current().id(), place).unwrap_or_default()
    }

    /// Forgets where the calling thread stood; it ends.
    pub fn forget_place(&self) {
        lock(&self.branches).remove(&std::thread::current().id());
    }

    /// The number of the branch's next `parallel` call.
    #[must_use]
    pub fn next_parallel(&self, branch: &BranchPath) -> u32 {
        let mut parallels = lock(&self.parallels);
        let next = parallels.entry(branch.clone()).or_default();
        *next += 1;
        *next - 1
    }

    /// Keeps the page of the last step, for `explain` and for the report of a failure.
    pub fn keep_last(&self, page: &Arc<Page>) {
        let before = lock(&self.last).replace(Arc::clone(page));
        lock(&self.outgoing).extend(before);
    }

    /// Takes apart what earlier steps left behind.
    pub fn clear_outgoing(&self) {
        let pages = std::mem::take(&mut *lock(&self.outgoing));
        drop(pages);
    }

    /// The page of the last step.
    #[must_use]
    pub fn last_page(&self) -> Option<Arc<Page>> {
        lock(&self.last).clone()
    }

    /// Ends the run as if it had come to its end: nobody reads what it prints.
    pub fn end_quietly(&self) {
        self.quiet_end.store(true, Ordering::SeqCst);
        self.settings.cancel.cancel();
    }

    /// Whether the run was ended so.
    #[must_use]
    pub fn ended_quietly(&self) -> bool {
        self.quiet_end.load(Ordering::SeqCst)
    }

    /// Tells a warning.
    pub fn warn(&self, message: &str) {
        let warning = Event::Warning { step: None, session: self.session(), message: message.to_owned() };
        self.settings.console.event(&warning);
    }

    /// Makes the run ready to begin again (watch): sessions and the built-in site stay, what the script defined goes.
    pub fn begin_again(&self) {
        self.sources.clear();
        lock(&self.globals).clear();
        lock(&self.closures).clear();
        lock(&self.branches).clear();
        lock(&self.files).clear();
        lock(&self.written).clear();
        self.hooks.clear();
        lock(&self.parallels).clear();
        self.settings.cancel.reset();
        self.crawler.begin_run();
    }

    /// The innermost session block around the current call.
    #[must_use]
    pub fn session(&self) -> Option<String> {
        self.place().sessions.pop()
    }

    /// Keeps a closure for a step and returns its number.
    pub fn keep_closure(&self, closure: Closure) -> u64 {
        let id = self.numbers.fetch_add(1, Ordering::Relaxed);
        lock(&self.closures).insert(id, closure);
        id
    }

    /// The closure of that number.
    #[must_use]
    pub fn closure(&self, id: u64) -> Option<Closure> {
        lock(&self.closures).get(&id).cloned()
    }

    /// A name that is seen everywhere.
    #[must_use]
    pub fn global(&self, name: &str) -> Option<Dynamic> {
        lock(&self.globals).get(name).cloned()
    }

    /// Makes a name seen everywhere.
    pub fn set_global(&self, name: &str, value: Dynamic) {
        lock(&self.globals).insert(name.to_owned(), value);
    }

    /// Notes that the script depends on a file, or on there being none. To be called before the file is read, so that
    /// no change of it is missed.
    pub fn note_file(&self, path: &Path) {
        let mut files = lock(&self.files);
        if files.iter().any(|known| known == path) || lock(&self.written).iter().any(|own| own == path) {
            return;
        }
        files.push(path.to_owned());
        drop(files);
        if let Some(tell) = lock(&self.on_file).as_ref() {
            tell(path);
        }
    }

    /// Notes that the script is about to write a file: no change of it is a reason to run again.
    pub fn note_written(&self, path: &Path) {
        lock(&self.written).push(path.to_owned());
        lock(&self.files).retain(|known| known != path);
        if let Some(tell) = lock(&self.on_written).as_ref() {
            tell(path);
        }
    }

    /// Tells `listener` of every file that the script is about to write (watch).
    pub fn on_written(&self, listener: impl Fn(&Path) + Send + 'static) {
        *lock(&self.on_written) = Some(Box::new(listener));
    }

    /// Tells `listener` of every file that the script comes to depend on, as soon as it does (watch).
    pub fn on_file(&self, listener: impl Fn(&Path) + Send + 'static) {
        *lock(&self.on_file) = Some(Box::new(listener));
    }

    /// The address of the built-in site, started at its first use.
    pub async fn playground(self: &Arc<Self>) -> Result<String, String> {
        let mut slot = self.playground.lock().await;
        if let Some(playground) = slot.as_ref() {
            return Ok(playground.url());
        }
        let before = self.crawler.recalled_site();
        if let Some(url) = before.as_ref().filter(|_| self.crawler.reaches_no_site()) {
            return Ok(url.clone());
        }
        let port = before.as_ref().and_then(|url| url.rsplit(':').next()?.parse().ok());
        let again = match port {
            Some(port) => Playground::start(Some(port)).await.ok(),
            None => None,
        };
        let started = match again {
            Some(again) => again,
            None => Playground::start(None).await.map_err(|error| error.to_string())?,
        };
        let url = started.url();
        *slot = Some(started);
        if before.as_ref() != Some(&url) {
            if let Some(before) = before {
                self.warn(&format!("the built-in site is at {url}, for {before} is taken: its steps run anew"));
            }
            self.crawler.note_site(&url);
        }
        Ok(url)
    }
}

/// Locks, whatever a panicking thread left behind.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
