//! What every trial stands on: one runtime, one site, one pool of browsers, and a tab of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crawl::browser::{
    BrowserError, BrowserKind, Browsers, Deadline, Identity, JsOutcome, Landing, Launch, Navigation, Snapshot, Tab,
    WaitUntil,
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
];

impl Lane {
    pub fn launch(&self) -> Launch {
        Launch { browser: self.browser, fast_lane: self.fast, ..Launch::default() }
    }
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
        Trial::test(format!("browser::{}::{}", lane.name, self.name), move || {
            let site = SITE.clone();
            RUNTIME.block_on(async {
                let stage = Stage { lane, site, browsers: &BROWSERS };
                let limit = Duration::from_secs(60);
                tokio::time::timeout(limit, body(stage)).await.map_err(|_| "it hangs".into())
            })
        })
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
    pub async fn tab(&self) -> Actor {
        self.tab_as(&Identity::default()).await
    }

    pub async fn tab_as(&self, identity: &Identity) -> Actor {
        let opened = self.browsers.open_tab(&self.lane.launch(), identity, soon()).await.unwrap();
        Actor { tab: opened.tab }
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
