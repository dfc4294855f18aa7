//! What every trial stands on: one runtime, one site, one pool of browsers, and a tab of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crawl::browser::{
    BrowserError, BrowserKind, Browsers, Deadline, Identity, JsOutcome, Landing, Launch, Navigation, Snapshot, Tab,
    WaitUntil, Wire,
};
use crawl::syntax::JsProgram;
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use super::site::Site;

/// One way to a browser.
pub struct Lane {
    pub name: &'static str,
    browser: BrowserKind,
    fast: bool,
}

/// All ways; the suite is the same on each.
pub const LANES: &[Lane] = &[
    Lane { name: "headless-shell", browser: BrowserKind::HeadlessShell, fast: true },
    Lane { name: "chromium", browser: BrowserKind::Chromium, fast: true },
    Lane { name: "webdriver", browser: BrowserKind::HeadlessShell, fast: false },
    Lane { name: "firefox", browser: BrowserKind::Firefox, fast: false },
];

impl Lane {
    pub fn launch(&self) -> Launch {
        Launch { browser: self.browser, fast_lane: self.fast, ..Launch::default() }
    }

    /// Whether what goes over it can be recorded.
    pub fn records(&self) -> bool {
        self.fast || self.browser == BrowserKind::Firefox
    }

    /// Why it cannot be tried here; `None` where it can.
    fn missing(&self) -> Option<&'static str> {
        if self.browser == BrowserKind::Firefox { firefox_missing() } else { None }
    }
}

/// Why there is no Firefox; `None` where there is. The program's own set-up installs it, but for a run that is not about it.
pub fn firefox_missing() -> Option<&'static str> {
    static MISSING: LazyLock<Option<String>> = LazyLock::new(|| {
        let arguments = libtest_mimic::Arguments::from_args();
        let wanted = !arguments.list
            && arguments.filter.is_none_or(|filter| filter.starts_with("browser") || filter.starts_with("golden"));
        match (crawl::browser::find(crawl::browser::Program::Firefox), wanted) {
            (Some(_), _) => None,
            (None, false) => Some("there is no Firefox".to_owned()),
            (None, true) => {
                let mut tell = |line: &str| eprintln!("{line}");
                RUNTIME.block_on(crawl::browser::set_up_firefox(&mut tell)).err().map(|error| error.to_string())
            }
        }
    });
    MISSING.as_deref()
}

pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static SITE: LazyLock<Site> = LazyLock::new(|| RUNTIME.block_on(Site::start()));
static BROWSERS: LazyLock<Browsers> = LazyLock::new(Browsers::new);

type Body = fn(Stage) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// A trial before it is known on which lane.
pub struct Case {
    pub name: &'static str,
    pub body: Body,
}

impl Case {
    pub fn trial(&self, lane: &'static Lane) -> Trial {
        let body = self.body;
        let missing = lane.missing();
        let skipped = missing.map(|why| format!(" (skipped: {why})")).unwrap_or_default();
        let trial = Trial::test(format!("browser::{}::{}{skipped}", lane.name, self.name), move || {
            let site = SITE.clone();
            RUNTIME.block_on(async {
                let stage = Stage { lane, site, browsers: &BROWSERS };
                let limit = Duration::from_secs(60);
                tokio::time::timeout(limit, body(stage)).await.map_err(|_| "it hangs".into())
            })
        });
        trial.with_ignored_flag(missing.is_some())
    }
}

/// Lists async functions as cases, each under its own name.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        pub const CASES: &[&$crate::browser::stage::Case] = &[
            $(&$crate::browser::stage::Case { name: stringify!($name), body: |stage| Box::pin($name(stage)) }),*
        ];
    };
}
pub(super) use cases;

/// What a trial gets.
#[derive(Clone)]
pub struct Stage {
    pub lane: &'static Lane,
    pub site: Site,
    pub browsers: &'static Browsers,
}

impl Stage {
    /// Whether the lane is Firefox's, which does some things otherwise.
    pub fn firefox(&self) -> bool {
        self.lane.browser == BrowserKind::Firefox
    }

    pub async fn tab(&self) -> Actor {
        self.tab_as(&Identity::default()).await
    }

    pub async fn tab_as(&self, identity: &Identity) -> Actor {
        let opened = self.browsers.open_tab(&self.lane.launch(), identity, soon()).await.unwrap();
        Actor { tab: opened.tab }
    }

    /// A tab whose requests go over `wire`.
    pub async fn tab_over(&self, wire: &Wire, identity: &Identity) -> Actor {
        let opened = self.browsers.open_tab_over(wire, &self.lane.launch(), identity, soon()).await.unwrap();
        Actor { tab: opened.tab }
    }

    /// What the browser says that it cannot be.
    pub async fn refusal(&self, identity: &Identity) -> String {
        match self.browsers.open_tab(&self.lane.launch(), identity, soon()).await {
            Err(BrowserError::Unsupported { what }) => what,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was opened"),
        }
    }

    /// A tab that stands on `path`.
    pub async fn at(&self, path: &str) -> Actor {
        let actor = self.tab().await;
        actor.go(&self.site.url(path)).await.unwrap();
        actor
    }
}

/// A tab with the calls that trials make most.
pub struct Actor {
    pub tab: Arc<dyn Tab>,
}

/// Time enough for what must happen.
pub fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

/// Too short for what must not happen.
pub fn short() -> Deadline {
    Deadline::after(Duration::from_millis(400))
}

pub fn program(js: &str) -> JsProgram {
    JsProgram::parse(js).unwrap()
}

pub fn to(url: &str, wait_until: WaitUntil) -> Navigation {
    Navigation { url: url.to_owned(), wait_until, ..Navigation::default() }
}

impl Actor {
    pub async fn go(&self, url: &str) -> Result<Landing, BrowserError> {
        self.tab.navigate(&to(url, WaitUntil::Load), soon()).await
    }

    pub async fn run(&self, js: &str) -> Result<JsOutcome, BrowserError> {
        self.tab.run(&program(js), soon()).await
    }

    pub async fn value(&self, js: &str) -> serde_json::Value {
        self.run(js).await.unwrap().value
    }

    pub async fn snapshot(&self) -> Snapshot {
        self.tab.settle(None, soon()).await.unwrap().snapshot
    }

    pub async fn title(&self) -> String {
        self.snapshot().await.title
    }
}
