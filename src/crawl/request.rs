//! A typed, checked request for one step, and the options of a session.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Condition;
use super::journal::digest;
use super::words::duration;
use crate::browser::{Identity, Launch, WaitUntil};
use crate::page::{Schema, Selector};
use crate::syntax::JsProgram;

/// How a step uses the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CacheMode {
    /// Neither read nor written.
    #[default]
    Disabled,
    /// Read, and written when absent.
    Enabled,
    /// Read alone.
    ReadOnly,
    /// Written alone.
    WriteOnly,
    /// Not read, but written.
    Bypass,
}

/// One call of `crawl`, complete: the session's defaults are filled in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrawlRequest {
    /// As written: absolute, `file:`, `raw:`, or a reference resolved against the session's page. `None`: stay.
    pub url: Option<String>,
    /// The base address of a `raw:` page.
    pub base_url: Option<String>,
    /// Run in order after the navigation.
    pub js: Vec<JsProgram>,
    /// Do not navigate though `url` is given.
    pub js_only: bool,
    /// All must hold.
    pub wait_for: Vec<Condition>,
    /// What is read from the snapshot.
    pub reading: Reading,
    /// How far a navigation must come.
    pub wait_until: WaitUntil,
    /// One deadline for the whole step.
    pub timeout: Duration,
    /// The cache's part.
    pub cache: CacheMode,
    /// Further tries after a failed one.
    pub retries: u32,
    /// Never answered by the journal.
    pub fresh: bool,
    /// A pause before the snapshot.
    pub delay: Duration,
    /// Take a PNG of the page.
    pub screenshot: bool,
    /// Keep the console's lines.
    pub console: bool,
    /// Keep the page's requests.
    pub network: bool,
    /// Keep who the site proved to be.
    pub certificate: bool,
    /// Keep the identity's cookies.
    pub cookies: bool,
    /// Wait for downloads and save them.
    pub downloads: bool,
    /// Print the page.
    pub pdf: bool,
    /// Keep the page with all it shows.
    pub mhtml: bool,
    /// Headers of this navigation.
    pub headers: Vec<(String, String)>,
    /// Method of this navigation.
    pub method: Option<String>,
    /// Body of this navigation.
    pub body: Option<String>,
    /// The call as the script wrote it, for listings; no part of any key.
    pub text: Option<String>,
}

/// The reading part of a step: pure over the snapshot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// `css`: the cut.
    pub css: Option<Selector>,
    /// `extract`: the schema.
    pub extract: Option<Arc<Schema>>,
    /// An empty cut is no error.
    pub optional: bool,
}

/// A session's options, fixed at first use. `Option`s that are `None` were not given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SessionOptions {
    /// Which browser.
    pub launch: Launch,
    /// Who the site sees.
    pub identity: Identity,
    /// Where the downloads of its steps go.
    pub downloads: Option<PathBuf>,
    /// The most bytes that one of them may have.
    pub max_download: Option<u64>,
    /// The default deadline of the session's steps.
    pub timeout: Option<Duration>,
    /// The names of the options that were given, to compare on reuse.
    pub given: Vec<String>,
}

impl SessionOptions {
    /// The value of the option of that name, to compare and to show; `null` when it was not given.
    #[must_use]
    pub fn value(&self, name: &str) -> Value {
        if !self.given.iter().any(|given| given == name) {
            return Value::Null;
        }
        let identity = &self.identity;
        match name {
            "browser" => json!(self.launch.browser),
            "headless" => json!(self.launch.headless),
            "webdriver" => json!(self.launch.webdriver),
            "viewport" => json!(identity.viewport),
            "user_agent" => json!(identity.user_agent),
            "locale" => json!(identity.locale),
            "timezone" => json!(identity.timezone),
            "headers" => json!(identity.headers),
            "cookies" => json!(identity.cookies),
            "ignore_tls_errors" => json!(identity.ignore_tls_errors),
            "init_js" => json!(identity.init_js),
            "profile" => json!(self.launch.profile),
            "geolocation" => json!(identity.geolocation),
            "permissions" => json!(identity.permissions),
            "color_scheme" => json!(identity.color_scheme),
            "touch" => json!(identity.touch),
            "state" => json!([identity.cookies, identity.storage]),
            "auth" => json!(identity.auth.as_ref().map(|auth| (&auth.user, digest(&json!(auth))[..8].to_owned()))),
            "proxy" => json!(identity.proxy.as_ref().map(|proxy| {
                let login = proxy.credentials.as_ref().map(|login| digest(&json!(login))[..8].to_owned());
                (proxy.server(), login, &proxy.bypass)
            })),
            "block" => json!(identity.block),
            "javascript" => json!(!identity.no_javascript),
            "offline" => json!(identity.offline),
            "downloads" => json!(self.downloads),
            "max_download" => json!(self.max_download),
            "timeout" => json!(self.timeout.map(duration)),
            _ => Value::Null,
        }
    }
}
