//! What a session is to a web site, and which browser it runs in.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::emulation::{ColorScheme, Credentials, Geolocation, Proxy};
use super::error::BrowserError;

/// Which browser program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrowserKind {
    /// Chromium's small windowless build, the default when headless.
    #[default]
    HeadlessShell,
    /// Full Chromium, headless (its "new" mode) or headed.
    Chromium,
    /// Firefox, headless or headed.
    Firefox,
}

/// Where a session's browser comes from. Sessions with equal launches share one browser process, but for the first where
/// frames are given by hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Launch {
    /// Which program.
    pub browser: BrowserKind,
    /// Without a window.
    pub headless: bool,
    /// A WebDriver server that already runs, instead of a chromedriver of our own.
    pub webdriver: Option<String>,
    /// Use the CDP socket where there is one. Off: WebDriver alone (the conformance suite's second lane).
    pub fast_lane: bool,
    /// A folder that keeps the browser's profile from run to run: its session has a browser of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<PathBuf>,
}

impl Default for Launch {
    fn default() -> Self {
        Self { browser: BrowserKind::default(), headless: true, webdriver: None, fast_lane: true, profile: None }
    }
}

/// A session's identity: what the site and the page can see of it. Fixed at first use.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Identity {
    /// Width and height in CSS pixels; 1280 × 720 when not given.
    pub viewport: Option<(u32, u32)>,
    /// The `User-Agent` header and `navigator.userAgent`.
    pub user_agent: Option<String>,
    /// A BCP 47 tag: `navigator.language`, `Accept-Language`, `Intl`.
    pub locale: Option<String>,
    /// An IANA zone name.
    pub timezone: Option<String>,
    /// Headers sent with every request.
    pub headers: Vec<(String, String)>,
    /// Cookies set before the first request.
    pub cookies: Vec<Cookie>,
    /// Local storage written before the first request.
    #[serde(default)]
    pub storage: Vec<OriginStorage>,
    /// Accept bad certificates.
    pub ignore_tls_errors: bool,
    /// Scripts run in every new document before the page's own.
    pub init_js: Vec<String>,
    /// Asked of a document before any script of the user's own runs in it unseen, in `init_js` and waits: a js expression.
    #[serde(skip)]
    pub guard: Option<String>,
    /// Where it says it is.
    #[serde(default)]
    pub geolocation: Option<Geolocation>,
    /// What sites may do without asking, by the names of the Permissions API.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// What `prefers-color-scheme` says.
    #[serde(default)]
    pub color_scheme: Option<ColorScheme>,
    /// It has a touch screen.
    #[serde(default)]
    pub touch: bool,
    /// The answer to sites that ask for HTTP authentication.
    #[serde(default)]
    pub auth: Option<Credentials>,
    /// What its requests go through.
    #[serde(default)]
    pub proxy: Option<Proxy>,
    /// Kinds of resources and patterns of addresses that are not asked for.
    #[serde(default)]
    pub block: Vec<String>,
    /// Pages run no scripts of their own.
    #[serde(default)]
    pub no_javascript: bool,
    /// No request leaves.
    #[serde(default)]
    pub offline: bool,
}

impl Identity {
    /// The scripts as they are put into documents: behind the guard, if there is one.
    pub(super) fn guarded_init_js(&self) -> impl Iterator<Item = String> {
        self.init_js.iter().map(|script| match &self.guard {
            Some(guard) => format!("if ({guard}) {{\n{script}\n}}"),
            None => script.clone(),
        })
    }
}

/// A cookie, in the field names of the WebDriver specification (W3C WebDriver 2, section 14).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The domain, with a leading dot where it covers subdomains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The path, `/` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Alternative to domain and path when setting one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Seconds since 1970; `None` for a cookie of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<f64>,
    /// Hidden from scripts.
    #[serde(default)]
    pub http_only: bool,
    /// Sent over TLS only.
    #[serde(default)]
    pub secure: bool,
    /// `Strict`, `Lax` or `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_site: Option<String>,
}

impl Cookie {
    /// What keeps every browser from taking it, as far as its texts tell (RFC 6265, 4.1.1, as browsers read it).
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let breaks = |text: &str| text.chars().any(|c| c == ';' || (c != '\t' && c.is_ascii_control()));
        if breaks(&self.name) || self.name.contains('=') {
            return Some("its name has a `;`, a `=` or a control character");
        }
        breaks(&self.value).then_some("its value has a `;` or a control character")
    }

    /// Fails where it has a [`Self::fault`].
    pub(super) fn check(&self) -> Result<(), BrowserError> {
        let fault = self.fault().map(str::to_owned);
        fault.map_or(Ok(()), |reason| Err(BrowserError::Cookie { name: self.name.clone(), reason }))
    }
}

/// What one origin has stored, as Playwright's storage state writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OriginStorage {
    /// Such as `https://example.com`.
    pub origin: String,
    /// The items, as pairs of name and value.
    pub local_storage: Vec<(String, String)>,
    /// Its databases, each in the shape of Playwright's storage state.
    #[serde(rename = "indexedDB", default)]
    pub indexed_db: Vec<Value>,
}

impl OriginStorage {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.local_storage.is_empty() && self.indexed_db.is_empty()
    }

    /// The storage of an origin.
    pub fn new<'a>(origin: &str, items: impl IntoIterator<Item = (&'a String, &'a String)>) -> Self {
        let pairs = items.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { origin: origin.to_owned(), local_storage: pairs, indexed_db: Vec::new() }
    }
}

/// How far a navigation must have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitUntil {
    /// The response has begun and the document is there.
    Commit,
    /// `DOMContentLoaded`.
    Dom,
    /// The `load` event.
    #[default]
    Load,
    /// `load`, then no request in flight for [`IDLE_QUIET`].
    Idle,
}

/// The quiet time after which the network counts as idle.
pub const IDLE_QUIET: Duration = Duration::from_millis(500);
