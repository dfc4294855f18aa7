//! The in-page script of the isolated world: its text, the calls into it and the shapes of its replies.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::condition::{Baseline, DomCondition, LastSeen};
use super::error::BrowserError;
use super::identity::WaitUntil;
use super::known::{Known, Sent};
use super::snapshot::{FormPatch, Snapshot};
use crate::syntax::JsProgram;

/// The script; installing it twice is harmless.
pub(super) const SCRIPT: &str =
    concat!(include_str!("inpage.js"), include_str!("known.js"), include_str!("pointing.js"));

/// The isolated world's name.
pub(super) const WORLD: &str = "crawl";

/// The elements of frames of other origins, in the order of the `null`s in a snapshot.
pub(super) const OWNERS: &str = "crawlInPage.owners()";

/// All items of local storage.
pub(super) const STORED: &str = "crawlInPage.stored()";

/// The document's address.
pub(super) const ADDRESS: &str = "location.href";

/// The text that Chromium's own viewer shows of a document that is no HTML: the response as it came, decoded.
pub(super) const PLAIN: &str = "document.querySelector('body > pre')?.textContent ?? ''";

/// A call that measures selectors.
pub(super) fn baseline_call(css: &[String]) -> String {
    format!("crawlInPage.baseline({})", json(css))
}

/// What a settling call is asked for.
#[derive(Serialize)]
struct Wish<'a> {
    condition: Option<&'a DomCondition>,
    timeout: u64,
    capture: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    early: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    still: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<WaitUntil>,
    /// The number of the text that is known of the page; `None`: all is wanted, and nobody keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
}

impl<'a> Wish<'a> {
    fn of(condition: Option<&'a DomCondition>, timeout: Duration, capture: bool) -> Self {
        Self {
            condition,
            timeout: milliseconds(timeout),
            capture,
            early: false,
            still: false,
            until: None,
            since: None,
        }
    }

    fn call(&self) -> String {
        format!("crawlInPage.settle({})", json(self))
    }
}

/// A call that waits and, with `capture`, takes the snapshot.
pub(super) fn settle_call(condition: Option<&DomCondition>, timeout: Duration, capture: bool) -> String {
    Wish::of(condition, timeout, capture).call()
}

/// The same with the snapshot, of whose text `known` is known.
pub(super) fn settle_since_call(condition: Option<&DomCondition>, timeout: Duration, known: &Known) -> String {
    Wish { since: Some(known.number()), ..Wish::of(condition, timeout, true) }.call()
}

/// The same, sent before the baselines came back: the page puts its own last ones in.
pub(super) fn early_settle_call(condition: Option<&DomCondition>, timeout: Duration, known: &Known) -> String {
    Wish { early: true, since: Some(known.number()), ..Wish::of(condition, timeout, true) }.call()
}

/// The same with the snapshot, sent to a document that loads: its time comes once it has reached `until`.
pub(super) fn ahead_settle_call(condition: Option<&DomCondition>, until: WaitUntil, timeout: Duration) -> String {
    Wish { until: Some(until), ..Wish::of(condition, timeout, true) }.call()
}

/// The same without the wait, for documents that have no timers: how things stand now.
pub(super) fn still_settle_call(condition: Option<&DomCondition>, capture: bool) -> String {
    Wish { still: true, ..Wish::of(condition, Duration::ZERO, capture) }.call()
}

/// Whether JavaScript takes a value for true.
pub(super) fn truthy(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => false,
        serde_json::Value::Bool(flag) => *flag,
        serde_json::Value::Number(number) => number.as_f64() != Some(0.0),
        serde_json::Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// A call that ends the wait under way.
pub(super) const FORGET: &str = "crawlInPage.forget()";

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).min(i32::MAX as u64)
}

/// A call that writes local storage.
pub(super) fn store_call(items: &[(String, String)]) -> String {
    format!("crawlInPage.store({})", json(items))
}

/// One expression that tries a js condition in the main world until it is truthy or `timeout` has passed.
///
/// The user's text is embedded as code, never as a string: a page's CSP forbids `eval`.
/// Where the `guard` of an identity does not allow the document, nothing of it runs, and the wait ends.
pub(super) fn js_wait(program: &JsProgram, timeout: Duration, guard: Option<&str>) -> String {
    let timeout = timeout.as_millis();
    let guard = guard.unwrap_or("true");
    format!(
        "(() => {{ const crawlMay = () => {guard}; const crawlTest = () => (\n{}\n); \
         return ({JS_WAIT})(crawlMay, crawlTest, {timeout}); }})()",
        program.evaluable()
    )
}

// Runs beside the page's own scripts. A try that never ends is overtaken by the timeout.
const JS_WAIT: &str = r"async (may, test, timeout) => {
    if (!may()) return { ok: false, words: 'the page may not be read', exception: null };
    const end = performance.now() + timeout;
    const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
    const show = (value) => {
        if (typeof value === 'string') return JSON.stringify(value);
        return Object.is(value, -0) ? '0' : String(value);
    };
    let value, exception = null, tries = 0, changed;
    const watch = new MutationObserver(() => changed());
    watch.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    try {
        for (;;) {
            const change = new Promise((wake) => { changed = wake; });
            const from = performance.now();
            const left = Math.max(0, end - from);
            try {
                const late = {};
                const got = await Promise.race([test(), sleep(left).then(() => late)]);
                if (got === late) {
                    return { ok: false, words: tries ? `the last value was ${show(value)}` : 'the condition did not return', exception };
                }
                value = got;
                exception = null;
                if (value) return { ok: true, words: '' };
            } catch (error) {
                exception = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
            }
            tries += 1;
            if (performance.now() >= end) {
                return { ok: false, words: exception ? `it threw ${exception}` : `the last value was ${show(value)}`, exception };
            }
            const spent = performance.now() - from;
            await Promise.race([change, sleep(Math.min(50, Math.max(0, end - performance.now())))]);
            if (spent > 5) await sleep(Math.min(3 * spent, 200, Math.max(0, end - performance.now())));
        }
    } finally {
        watch.disconnect();
    }
}";

/// The reply to [`js_wait`].
#[derive(Debug, Deserialize)]
pub(super) struct JsVerdict {
    ok: bool,
    words: String,
    exception: Option<String>,
}

impl JsVerdict {
    pub(super) fn into_result(self) -> Result<(), BrowserError> {
        if self.ok {
            return Ok(());
        }
        let last = LastSeen { words: self.words, most: 0, exception: self.exception };
        Err(BrowserError::WaitTimeout { last })
    }
}

/// JSON is a JavaScript expression (ECMA-262, since 2019 without exceptions).
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("strings, numbers and lists always serialise")
}

/// A selector that the page's engine refused.
#[derive(Debug, Deserialize)]
pub(super) struct Refused {
    css: String,
    message: String,
}

impl From<Refused> for BrowserError {
    fn from(refused: Refused) -> Self {
        Self::Selector { css: refused.css, message: refused.message }
    }
}

/// The reply to [`baseline_call`].
#[derive(Debug, Deserialize)]
pub(super) struct Baselines {
    #[serde(default)]
    baselines: Vec<Baseline>,
    refused: Option<Refused>,
}

impl Baselines {
    pub(super) fn into_result(self) -> Result<Vec<Baseline>, BrowserError> {
        self.refused.map_or(Ok(self.baselines), |refused| Err(refused.into()))
    }
}

/// The reply to [`settle_call`].
#[derive(Debug, Deserialize)]
pub(super) struct Settled {
    #[serde(default)]
    ok: bool,
    /// Milliseconds.
    #[serde(default)]
    waited: f64,
    #[serde(default)]
    last: LastSeen,
    snapshot: Option<Captured>,
    refused: Option<Refused>,
}

impl Settled {
    /// Whether it is of no use to ask again.
    pub(super) fn decided(&self) -> bool {
        self.ok || self.refused.is_some()
    }

    /// How long the condition was waited for.
    pub(super) fn waited(&self) -> Duration {
        Duration::try_from_secs_f64(self.waited / 1000.0).unwrap_or_default()
    }

    /// The snapshot, or an empty one where none was asked for.
    pub(super) fn into_result(self) -> Result<Captured, BrowserError> {
        if let Some(refused) = self.refused {
            return Err(refused.into());
        }
        if !self.ok {
            return Err(BrowserError::WaitTimeout { last: self.last });
        }
        Ok(self.snapshot.unwrap_or_default())
    }
}

/// A snapshot as one world sees it: frames of other origins are `None`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Captured {
    pub(super) url: String,
    pub(super) title: String,
    pub(super) html: String,
    pub(super) forms: Vec<FormPatch>,
    pub(super) frames: Vec<Option<Captured>>,
    pub(super) content_type: String,
    /// Where `html` is only what changed: around what.
    pub(super) sent: Option<Sent>,
}

impl Captured {
    /// Whether some frame must be read in its own world.
    pub(super) fn has_gaps(&self) -> bool {
        self.frames.iter().any(|frame| frame.as_ref().is_none_or(Self::has_gaps))
    }

    /// The whole snapshot; `gaps` fill the frames of other origins, in order.
    pub(super) fn into_snapshot(self, gaps: &mut impl Iterator<Item = Snapshot>) -> Snapshot {
        let frames = self
            .frames
            .into_iter()
            .map(|frame| match frame {
                Some(frame) => frame.into_snapshot(gaps),
                None => gaps.next().unwrap_or_default(),
            })
            .collect();
        Snapshot {
            url: self.url,
            title: self.title,
            html: self.html,
            forms: self.forms,
            frames,
            content_type: self.content_type,
        }
    }
}
