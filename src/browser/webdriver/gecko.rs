//! What Firefox offers beyond the standard, where it is ours: scripts in the browser's own window (`moz:scope`).
//!
//! The standard can end no running script. Firefox reports one that keeps a page busy, and ends it when it is told to.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::browser::cdp::{CdpError, CdpSocket};
use crate::browser::deadline::Deadline;
use crate::browser::engine::Engine;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;
use crate::browser::locate;

use super::page::{SHORT, WebDriverTab};
use super::value::Evaluated;

/// Keeps the reports of scripts that run on. A local file is an origin of its own: what is set for a remote control would
/// let it read all others.
const LISTEN: &str = "{
    Services.prefs.setBoolPref('security.fileuri.strict_origin_policy', true);
    const shared = Cu.getGlobalForObject(Services);
    if (!shared.crawlHangs) {
        const reports = shared.crawlHangs = new Set();
        const of = (subject) => subject.QueryInterface(Ci.nsIHangReport);
        Services.obs.addObserver((subject) => reports.add(of(subject)), 'process-hang-report');
        Services.obs.addObserver((subject) => reports.delete(of(subject)), 'clear-hang-report');
    }
    true
}";

/// Ends the reported scripts of the process of a page; whether there were any.
const END: &str = "{
    const shared = Cu.getGlobalForObject(Services);
    const { NavigableManager } = ChromeUtils.importESModule('chrome://remote/content/shared/NavigableManager.sys.mjs');
    const page = NavigableManager.getBrowsingContextById(CONTEXT);
    const process = page.currentWindowGlobal.domProcess.childID;
    const own = [...shared.crawlHangs].filter((report) => report.childID === process);
    own.forEach((report) => { shared.crawlHangs.delete(report); report.terminateScript(); });
    own.length > 0
}";

/// Firefox may tell of a request so long after it began.
const NOTICE: Duration = Duration::from_millis(60);

/// What a page is told beyond the standard, by the names of the browser's own objects.
const MANNER: &str = "{
    const { NavigableManager } = ChromeUtils.importESModule('chrome://remote/content/shared/NavigableManager.sys.mjs');
    Object.assign(NavigableManager.getBrowsingContextById(CONTEXT), MANNER);
    true
}";

/// What came of ending a script.
pub(super) enum Ending {
    Ended,
    /// None was reported, or none yet.
    None,
    /// The browser's own window does not answer, or has no such page.
    Unreachable,
}

/// The browser's own window, where scripts may do what the standard does not offer.
#[derive(Debug, Clone)]
pub(super) struct Window(String);

impl Window {
    /// Finds it, where the browser lets us, and begins to keep its reports.
    pub(super) async fn find(socket: &CdpSocket, within: Duration) -> Option<Self> {
        #[derive(Deserialize)]
        struct Tree {
            contexts: Vec<Top>,
        }
        #[derive(Deserialize)]
        struct Top {
            context: String,
        }
        let windows = json!({ "moz:scope": "chrome", "maxDepth": 0 });
        let tree: Tree = socket.call(None, "browsingContext.getTree", windows, within).await.ok()?;
        let window = Self(tree.contexts.into_iter().next()?.context);
        window.run(socket, LISTEN, within).await?;
        Some(window)
    }

    /// What a script comes to there; `None` where it fails.
    async fn run(&self, socket: &CdpSocket, script: &str, within: Duration) -> Option<Value> {
        match socket.call(None, "script.evaluate", self.asked(script), within).await {
            Ok(Evaluated::Success { result }) => Some(result.plain()),
            _ => None,
        }
    }

    /// Ends the script of a page that was reported.
    pub(super) async fn end_script(&self, socket: &CdpSocket, context: &str, within: Duration) -> Ending {
        match self.run(socket, &END.replace("CONTEXT", &json!(context).to_string()), within).await {
            Some(Value::Bool(true)) => Ending::Ended,
            Some(_) => Ending::None,
            None => Ending::Unreachable,
        }
    }

    fn asked(&self, script: &str) -> Value {
        json!({ "expression": script, "awaitPromise": true, "target": { "context": self.0 } })
    }

    /// The command that gives a page the ways of an identity; `None` where the standard has all of them.
    pub(super) fn manner(&self, identity: &Identity, context: &str) -> Option<Value> {
        let own = own_manner(identity)?;
        let script = MANNER.replace("CONTEXT", &json!(context).to_string()).replace("MANNER", &own.to_string());
        Some(self.asked(&script))
    }
}

/// The options that only the browser's own window can make true.
fn own_manner(identity: &Identity) -> Option<Value> {
    let mut own = Map::new();
    if let Some(scheme) = identity.color_scheme {
        own.insert("prefersColorSchemeOverride".to_owned(), json!(scheme.word()));
    }
    if identity.no_javascript {
        own.insert("allowJavascript".to_owned(), json!(false));
    }
    (!own.is_empty()).then_some(Value::Object(own))
}

/// The first of those options, for a browser whose window cannot be reached.
pub(super) fn own_option(identity: &Identity) -> Option<&'static str> {
    match identity {
        Identity { color_scheme: Some(_), .. } => Some("color_scheme"),
        Identity { no_javascript: true, .. } => Some("javascript: false"),
        _ => None,
    }
}

impl WebDriverTab {
    /// Has the page do what its script left it to do: Firefox follows a link, and tells of it, after the script's end.
    pub(super) async fn let_it_begin(&self, asked: u64) {
        if self.home.engine != Engine::Firefox || self.events.tracker.navigated_since(asked) {
            return;
        }
        let params = json!({
            "expression": "new Promise((done) => setTimeout(done))",
            "awaitPromise": true,
            "target": { "context": self.context, "sandbox": crate::browser::inpage::WORLD },
        });
        let waiting = self.call::<Value>("script.evaluate", params, SHORT / 10);
        let _: Result<Result<Value, CdpError>, _> = self.events.tracker.until_lost(waiting).await;
    }

    /// Lets the page have a frame, and the browser tell of the requests that were begun by then.
    pub(super) async fn frames(&self, deadline: Deadline) -> Result<bool, BrowserError> {
        let had = self.locate::<bool>(locate::FRAMES, deadline).await?;
        if self.home.engine == Engine::Firefox {
            tokio::time::sleep(NOTICE.min(deadline.left())).await;
        }
        Ok(had)
    }
}
