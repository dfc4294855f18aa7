//! Requests of a page, each with what came of it.

use serde::{Deserialize, Serialize};

use super::block::kind_word;

/// A request and its answer. A redirect is an exchange of its own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Exchange {
    /// The address asked for.
    pub url: String,
    /// The method.
    pub method: String,
    /// What it is for: `document`, `script`, `fetch` …, by the names that `block` takes where it has one.
    pub kind: String,
    /// The HTTP status, once an answer came.
    pub status: Option<u16>,
    /// The media type of the answer.
    pub mime: Option<String>,
    /// Headers of the answer, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Bytes of the answer on the wire.
    pub bytes: u64,
    /// The browser's own cache answered.
    pub from_cache: bool,
    /// Milliseconds from the beginning of the step.
    pub begun: f64,
    /// Milliseconds until its end; `None` while it goes on.
    pub took: Option<f64>,
    /// Why it failed, in the browser's words.
    pub failed: Option<String>,
}

impl Exchange {
    /// A request that goes out; `kind` by the protocol's name (CDP's `Network.ResourceType`).
    pub(super) fn new(method: &str, url: &str, kind: &str) -> Self {
        Self { url: url.to_owned(), method: method.to_owned(), kind: kind_word(kind), ..Self::default() }
    }
}

/// Who a site proved to be (CDP's `Network.SecurityDetails`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Certificate {
    /// Whom it was made out to.
    pub subject: String,
    /// Who made it out.
    pub issuer: String,
    /// The names that it is good for.
    pub names: Vec<String>,
    /// From when it is good, in seconds since 1970.
    pub valid_from: i64,
    /// Until when it is good, in seconds since 1970.
    pub valid_to: i64,
    /// The version of TLS: `TLS 1.3`.
    pub protocol: String,
}
