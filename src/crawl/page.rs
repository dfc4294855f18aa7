//! The page that a step returns.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SavedDownload;
use super::content::{Content, parse};
use crate::browser::{Certificate, ConsoleLine, Cookie, Exchange, Landing, Response, Snapshot};
use crate::page::Document;

/// What a step captured. Parts that cost are computed when first asked for, then kept.
///
/// What is large or as deep as a page likes is no part of its plain form: the journal keeps that beside it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Page {
    /// The document and its frames.
    #[serde(skip)]
    pub content: Content,
    /// Its navigation.
    pub landing: Landing,
    /// The session's id.
    pub session: String,
    /// The step's number within the run, from 1.
    pub step: u64,
    /// The value of the last js.
    #[serde(skip)]
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
    /// What the page wrote to its console up to the snapshot, asked for or not.
    pub overheard: Vec<ConsoleLine>,
    /// Asked for by `network: true`.
    pub requests: Option<Vec<Exchange>>,
    /// Asked for by `certificate: true`; nothing in it for a page without one.
    #[serde(with = "asked_for")]
    pub certificate: Option<Option<Certificate>>,
    /// Asked for by `screenshot: true`: a PNG.
    #[serde(skip)]
    pub screenshot: Option<Vec<u8>>,
    /// Asked for by `downloads: true`, or by the session's `downloads`.
    pub downloads: Option<Vec<SavedDownload>>,
    /// Asked for by `pdf: true`.
    #[serde(skip)]
    pub pdf: Option<Vec<u8>>,
    /// Asked for by `mhtml: true`.
    #[serde(skip)]
    pub mhtml: Option<String>,
    /// The body of a JSON response.
    #[serde(skip)]
    pub json: Option<Value>,
    /// Answered by the cache.
    pub from_cache: bool,
    /// How long the whole step took.
    pub elapsed: Duration,
}

/// The times of a step in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// From the request to the first byte of the response.
    pub response_ms: Option<f64>,
    /// From the request until `wait_until` was reached.
    pub load_ms: Option<f64>,
    /// The whole step.
    pub total_ms: f64,
}

impl Page {
    /// The document's address.
    #[must_use]
    pub fn url(&self) -> &str {
        self.content.url()
    }

    /// The address that was asked for.
    #[must_use]
    pub fn requested_url(&self) -> &str {
        if self.landing.requested_url.is_empty() { self.url() } else { &self.landing.requested_url }
    }

    /// The document's title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.content.title()
    }

    /// The HTTP status of its navigation.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.landing.status
    }

    /// Whether the status is no error; pages without one (`file:`, `raw:`) are fine.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.status().is_none_or(|status| (200..400).contains(&status))
    }

    /// The times of the step.
    #[must_use]
    pub fn timing(&self) -> Timing {
        let millis = |time: Duration| (time.as_secs_f64() * 100_000.0).round() / 100.0;
        Timing {
            response_ms: self.landing.response_time.map(millis),
            load_ms: self.landing.load_time.map(millis),
            total_ms: millis(self.elapsed),
        }
    }

    /// The whole document as a person would see it, live form values included.
    #[must_use]
    pub fn html(&self) -> String {
        let snapshot = self.content.snapshot();
        if snapshot.forms.is_empty() { snapshot.html.clone() } else { self.document().source().to_owned() }
    }

    /// How many bytes of HTML the page itself has, its frames apart.
    pub(super) fn size(&self) -> usize {
        self.content.snapshot().html.len()
    }

    /// The document, parsed at the first call.
    #[must_use]
    pub fn document(&self) -> Arc<Document> {
        self.content.document()
    }

    /// The documents of all frames, those of frames within frames included, in document order.
    #[must_use]
    pub fn frame_documents(&self) -> Vec<Document> {
        let mut documents = Vec::new();
        collect(&self.content.snapshot().frames, &mut documents);
        documents
    }

    /// The pages of its frames, as values of their own.
    #[must_use]
    pub fn frames(&self) -> Vec<Arc<Self>> {
        let page = |frame: &Snapshot| Self {
            content: Content::new(frame.clone()),
            session: self.session.clone(),
            step: self.step,
            ..Self::default()
        };
        self.content.snapshot().frames.iter().map(|frame| Arc::new(page(frame))).collect()
    }

    /// This page with other HTML, as a hook wished; its cut and rows stay.
    pub(super) fn with_html(&self, html: String) -> Self {
        let snapshot = Snapshot { html, forms: Vec::new(), ..Snapshot::clone(&self.content.snapshot()) };
        Self { content: Content::new(snapshot), ..self.clone() }
    }
}

/// What was asked for and not found is more than what was not asked for.
mod asked_for {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<Option<T>>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(|found| [found]).serialize(to)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
        Option::<[Option<T>; 1]>::deserialize(from).map(|value| value.map(|[found]| found))
    }
}

fn collect(frames: &[Snapshot], into: &mut Vec<Document>) {
    for frame in frames.iter().filter(|frame| !frame.html.is_empty()) {
        into.push(parse(frame));
        collect(&frame.frames, into);
    }
}
