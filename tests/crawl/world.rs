//! What the trials share: one pool of browsers, one playground, and a host whose hooks are written in Rust.

use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use crawl::browser::{Browsers, Deadline, Launch};
use crawl::crawl::{
    Branch, ClosureRef, CrawlError, CrawlRequest, Crawler, CrawlerConfig, Event, HookPoint, Host, LivePage, Mode, Page,
    ReadJob,
};
use crawl::page::ComputeId;
use crawl::playground::Playground;
use crawl::syntax::JsProgram;
use futures_util::future::BoxFuture;
use tokio::runtime::{Builder, Runtime};

/// Shared by all trials; a browser starts with the first that needs it, and ends with the process.
pub struct World {
    runtime: Runtime,
    browsers: Arc<Browsers>,
    site: Playground,
}

/// The one world.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let site = runtime.block_on(Playground::start(None)).unwrap();
        World { runtime, browsers: Arc::new(Browsers::new()), site }
    })
}

impl World {
    /// Runs a trial's future to its end.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The absolute address of a path of the playground.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.site.url())
    }

    /// A crawler of its own, in the shared browser.
    pub fn crawler(&self, mode: Mode) -> Crawler {
        self.crawler_with(mode, None)
    }

    /// A crawler with a cache.
    pub fn crawler_with(&self, mode: Mode, cache: Option<Arc<dyn crawl::crawl::PageCache>>) -> Crawler {
        self.crawler_of(mode, cache, None)
    }

    /// A crawler whose journal is archived.
    pub fn archiving(&self, archive: Arc<dyn crawl::crawl::journal::Archive>) -> Crawler {
        self.crawler_of(Mode::Plain, None, Some(archive))
    }

    fn crawler_of(
        &self,
        mode: Mode,
        cache: Option<Arc<dyn crawl::crawl::PageCache>>,
        archive: Option<Arc<dyn crawl::crawl::journal::Archive>>,
    ) -> Crawler {
        let tabs = Arc::clone(&self.browsers) as Arc<dyn crawl::crawl::TabSource>;
        let (launch, timeout) = (Launch::default(), Duration::from_secs(20));
        let access = crawl::crawl::Access::default();
        Crawler::new(CrawlerConfig {
            tabs,
            cache,
            mode,
            launch,
            timeout,
            access,
            listener: None,
            network: None,
            archive,
        })
    }
}

type Hook = Arc<dyn Fn(LivePage) -> BoxFuture<'static, Result<Option<String>, CrawlError>> + Send + Sync>;
type Poll = Arc<dyn Fn(LivePage) -> bool + Send + Sync>;

/// The caller's side of a step.
#[derive(Default)]
pub struct Script {
    hooks: Vec<(HookPoint, Hook)>,
    poll: Option<Poll>,
    sends_again: bool,
    /// What hooks and events had to say.
    pub log: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// A host without hooks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets sessions be rebuilt although that sends data again.
    pub fn sending_again(self) -> Self {
        Self { sends_again: true, ..self }
    }

    /// Adds a hook.
    pub fn on<F>(mut self, point: HookPoint, hook: impl Fn(LivePage) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Option<String>, CrawlError>> + Send + 'static,
    {
        self.hooks.push((point, Arc::new(move |page| Box::pin(hook(page)))));
        self
    }

    /// Answers every closure condition.
    pub fn polled(mut self, poll: impl Fn(LivePage) -> bool + Send + Sync + 'static) -> Self {
        self.poll = Some(Arc::new(poll));
        self
    }

    /// What was logged.
    pub fn logged(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

#[async_trait]
impl Host for Script {
    fn has_hook(&self, point: HookPoint, _session: &str) -> bool {
        self.hooks.iter().any(|(at, _)| *at == point)
    }

    fn hooks_fingerprint(&self, _session: &str) -> Option<String> {
        Some(format!("{:?}", self.hooks.iter().map(|(point, _)| point).collect::<Vec<_>>()))
    }

    async fn hook(&self, point: HookPoint, page: LivePage) -> Result<Option<String>, CrawlError> {
        let mut last = None;
        for (_, hook) in self.hooks.iter().filter(|(at, _)| *at == point) {
            last = hook(page.clone()).await?.or(last);
        }
        Ok(last)
    }

    async fn poll(&self, _closure: &ClosureRef, page: LivePage) -> Result<bool, CrawlError> {
        Ok(self.poll.as_ref().is_some_and(|poll| poll(page)))
    }

    fn compute_fingerprint(&self, _compute: ComputeId) -> Option<String> {
        None
    }

    async fn read(&self, job: ReadJob, _: Deadline) {
        job(&mut |_, _| Ok(serde_json::Value::Null));
    }

    async fn pause(&self, _message: &str) -> bool {
        false
    }

    async fn may_send_again(&self, _session: &str, sent: &[String]) -> bool {
        self.log.lock().unwrap().extend(sent.iter().map(|request| format!("again: {request}")));
        self.sends_again
    }

    fn event(&self, event: Event) {
        if let Event::Warning { message, .. } = event {
            self.log.lock().unwrap().push(message);
        }
    }
}

/// A request for an address of the playground.
pub fn to(path: &str) -> CrawlRequest {
    let url = if path.starts_with('/') { world().url(path) } else { path.to_owned() };
    CrawlRequest { url: Some(url), ..stay() }
}

/// A request that stays on the page.
pub fn stay() -> CrawlRequest {
    CrawlRequest { timeout: Duration::from_secs(20), ..CrawlRequest::default() }
}

/// Parsed js.
pub fn js(source: &str) -> JsProgram {
    JsProgram::parse(source).unwrap()
}

/// One step in a session of the root branch.
pub async fn step(crawler: &Crawler, session: &str, request: CrawlRequest) -> Result<Arc<Page>, CrawlError> {
    crawler.crawl(&Branch::root(), Some(session), request, &Script::new()).await
}

/// The texts of a selector's matches.
pub fn texts(page: &Page, css: &str) -> Vec<String> {
    let (document, selector) = (page.document(), crawl::page::Selector::parse(css).unwrap());
    document.select(&selector).into_iter().map(|id| document.text(id)).collect()
}

/// The text of the first match.
pub fn text(page: &Page, css: &str) -> String {
    texts(page, css).into_iter().next().unwrap_or_default()
}
