//! The page that a step returns.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::browser::{ConsoleLine, Cookie, Landing, Response, Snapshot};
use crate::page::Document;

/// What a step captured. Parts that cost are computed when first asked for, then kept.
#[derive(Debug, Default)]
pub struct Page {
    /// The document and its frames.
    pub snapshot: Snapshot,
    /// Its navigation.
    pub landing: Landing,
    /// The session's id.
    pub session: String,
    /// The step's number within the run, from 1.
    pub step: u64,
    /// The value of the last js.
    pub js: Value,
    /// `css`: the matches' outer HTML, in order.
    pub selected: Option<Vec<String>>,
    /// `extract`: the rows.
    pub items: Option<Vec<Map<String, Value>>>,
    /// Worth a word, but no error.
    pub warnings: Vec<String>,
    /// Addresses of pop-ups.
    pub popups: Vec<String>,
    /// The response that a `response(…)` condition waited for.
    pub response: Option<Response>,
    /// Asked for by `cookies: true`.
    pub cookies: Option<Vec<Cookie>>,
    /// Asked for by `console: true`.
    pub console: Option<Vec<ConsoleLine>>,
    /// Asked for by `screenshot: true`: a PNG.
    pub screenshot: Option<Vec<u8>>,
    /// The body of a JSON response.
    pub json: Option<Value>,
    /// Answered by the cache.
    pub from_cache: bool,
    /// How long the whole step took.
    pub elapsed: Duration,
    pub(super) document: OnceLock<Arc<Document>>,
}
