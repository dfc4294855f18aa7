//! What every command that crawls needs: runtime, browsers, crawler, interpreter.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::arguments::BrowserOptions;
use super::console::Terminal;
use super::progress::{Level, Progress};
use crate::browser::{
    BrowserError, Browsers, Deadline, Identity, Landing, Launch, OpenedTab, ProtocolLog, Snapshot, Wire,
};
use crate::crawl::journal::Archive;
use crate::crawl::{Access, Crawler, CrawlerConfig, Mode, Network, PageCache, SessionOptions, StepListener, TabSource};
use crate::diag::Diagnostic;
use crate::script::{Cancel, Console, Interpreter, Run, Settings};
use crate::store::{Cache, default_cache_path};

/// The default deadline of a step.
const STEP_TIMEOUT: Duration = Duration::from_secs(30);

/// A runtime on as many threads as there are cores.
pub fn runtime() -> Result<Runtime, Box<Diagnostic>> {
    built(&mut tokio::runtime::Builder::new_multi_thread())
}

/// A runtime whose sockets are served by one thread: steps run on the threads of their scripts until they need a closure,
/// and what is left is mostly short, or done apart. Two threads wake each other for each message, which costs a short step
/// a twentieth of its time.
pub fn lean_runtime() -> Result<Runtime, Box<Diagnostic>> {
    built(tokio::runtime::Builder::new_multi_thread().worker_threads(1))
}

fn built(builder: &mut tokio::runtime::Builder) -> Result<Runtime, Box<Diagnostic>> {
    builder
        .enable_all()
        .thread_name("crawl-io")
        .build()
        .map_err(|error| Box::new(Diagnostic::error("crawl::internal", format!("cannot start the runtime: {error}"))))
}

/// A runtime with browsers behind it; dropping it ends them.
pub struct Machine {
    /// The runtime.
    pub runtime: Runtime,
    /// The browsers of this process.
    pub browsers: Arc<Browsers>,
    /// Set once they are ending.
    ending: OnceLock<JoinHandle<()>>,
}

impl Machine {
    /// A machine on which nothing runs yet.
    pub fn new() -> Result<Self, Box<Diagnostic>> {
        Self::of(Browsers::new())
    }

    /// A machine for these options: with a protocol log where they ask for one.
    pub fn with(options: &BrowserOptions) -> Result<Self, Box<Diagnostic>> {
        let browsers = Browsers::new().within_memory(options.browser_memory.saturating_mul(1024 * 1024));
        let Some(path) = &options.protocol_log else {
            return Self::of(browsers);
        };
        let log = ProtocolLog::create(path).map_err(|error| {
            let message = format!("cannot write `{}`: {error}", path.display());
            Box::new(Diagnostic::error("crawl::output::write", message).help("give `--protocol-log` another file"))
        })?;
        Self::of(browsers.logged(log))
    }

    fn of(browsers: Browsers) -> Result<Self, Box<Diagnostic>> {
        Ok(Self { runtime: lean_runtime()?, browsers: Arc::new(browsers), ending: OnceLock::new() })
    }

    /// An interpreter with a crawler of its own.
    pub fn interpreter(&self, plan: Plan) -> Interpreter {
        self.interpreter_with(plan, Seams::default())
    }

    /// An interpreter with a crawler of its own that goes over these.
    pub fn interpreter_with(&self, plan: Plan, seams: Seams) -> Interpreter {
        let defaults = SessionOptions {
            launch: plan.browser.launch(),
            timeout: plan.browser.timeout,
            ..SessionOptions::default()
        };
        let crawler = Crawler::new(CrawlerConfig {
            tabs: Arc::new(Tabs { browsers: Arc::clone(&self.browsers), console: Arc::clone(&plan.console) }),
            // What the cache answers is in no recording.
            cache: seams.network.is_none().then(|| Arc::new(LazyCache::default()) as _),
            network: seams.network,
            archive: seams.archive,
            mode: plan.mode,
            launch: defaults.launch.clone(),
            timeout: plan.browser.timeout.unwrap_or(STEP_TIMEOUT),
            access: plan.access,
            listener: seams.listener,
        });
        let settings = Settings { params: plan.params, defaults, console: plan.console, cancel: plan.cancel };
        Interpreter::new(Arc::new(Run::new(self.runtime.handle().clone(), Arc::new(crawler), settings)))
    }

    /// An interpreter that reads scripts and runs none.
    pub fn reader(&self, params: BTreeMap<String, serde_json::Value>) -> Result<Interpreter, Box<Diagnostic>> {
        Ok(self.interpreter(Plan {
            params,
            browser: BrowserOptions::default(),
            access: Access::default(),
            mode: Mode::Plain,
            console: Arc::new(Terminal::new(None, Progress::new(Level::Quiet))?),
            cancel: Cancel::default(),
        }))
    }

    /// Has all browsers end while there is something else to do; nobody needs them any more.
    pub fn end_browsers(&self) {
        let browsers = Arc::clone(&self.browsers);
        self.ending.get_or_init(|| self.runtime.spawn(async move { browsers.shutdown().await }));
    }

    /// Ends all browsers and waits until they are gone.
    pub fn shutdown(mut self) {
        self.end_browsers();
        if let Some(ending) = self.ending.take() {
            // It does not panic, and nobody calls it off.
            let _ = self.runtime.block_on(ending);
        }
        self.runtime.shutdown_timeout(Duration::from_millis(500));
    }
}

/// What a crawler goes over and whom it tells, where that is not the plain network and nobody.
#[derive(Default)]
pub struct Seams {
    /// What sessions' requests go over.
    pub network: Option<Arc<dyn Network>>,
    /// Where the journal is kept.
    pub archive: Option<Arc<dyn Archive>>,
    /// Who is told of every step.
    pub listener: Option<Arc<dyn StepListener>>,
}

/// What an interpreter is made for.
pub struct Plan {
    /// `--set`.
    pub params: BTreeMap<String, serde_json::Value>,
    /// The browser's options.
    pub browser: BrowserOptions,
    /// What the script may reach.
    pub access: Access,
    /// How much the journal keeps.
    pub mode: Mode,
    /// Where text, records and events go.
    pub console: Arc<dyn Console>,
    /// Ends the run.
    pub cancel: Cancel,
}

/// Tabs from the machine's browsers; what browsers have to say is told as warnings.
struct Tabs {
    browsers: Arc<Browsers>,
    console: Arc<dyn Console>,
}

#[async_trait]
impl TabSource for Tabs {
    async fn open(
        &self,
        wire: &Wire,
        launch: &Launch,
        identity: &Identity,
        deadline: Deadline,
    ) -> Result<OpenedTab, BrowserError> {
        let opened = self.browsers.open_tab_over(wire, launch, identity, deadline).await?;
        for message in self.browsers.warnings() {
            self.console.event(&crate::crawl::Event::Warning { step: None, session: None, message });
        }
        Ok(opened)
    }

    fn hide(&self, secret: &str) {
        self.browsers.hide(secret);
    }
}

/// The cache file, opened at the first step that asks for it.
#[derive(Default)]
struct LazyCache {
    opened: OnceLock<Result<Cache, String>>,
}

impl LazyCache {
    fn open(&self) -> Result<&Cache, String> {
        let open = || {
            let named = std::env::var_os("CRAWL_CACHE").map(std::path::PathBuf::from);
            let path = named.or_else(default_cache_path).ok_or("there is no cache folder: set `CRAWL_CACHE`")?;
            Cache::open(&path).map_err(|error| error.to_string())
        };
        self.opened.get_or_init(open).as_ref().map_err(Clone::clone)
    }
}

impl PageCache for LazyCache {
    fn get(&self, key: &str) -> Result<Option<(Snapshot, Landing)>, String> {
        let found = self.open()?.get::<(Snapshot, Landing)>(key).map_err(|error| error.to_string())?;
        Ok(found.map(|cached| cached.value))
    }

    fn put(&self, key: &str, snapshot: &Snapshot, landing: &Landing) -> Result<(), String> {
        self.open()?.put(key, &(snapshot, landing)).map_err(|error| error.to_string())
    }
}
