//! The frame around every page, and the few pieces that pages are written with.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::state::State;

const LAYOUT: &str = include_str!("pages/layout.html");

/// `?delay=MS`: how long what follows on a page is held.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Delay {
    /// Milliseconds.
    #[serde(default)]
    pub(super) delay: u64,
}

impl Delay {
    /// Holds the answer.
    pub(super) async fn pause(self, site: &State) {
        site.pause(self.delay).await;
    }

    /// `path` with the delay carried on.
    pub(super) fn carry(self, path: &str) -> String {
        address(path, &[("delay", self.delay)])
    }
}

/// `path` with the numbers of `query` that are not 0, not yet escaped for HTML.
pub(super) fn address(path: &str, query: &[(&str, u64)]) -> String {
    let mut address = path.to_owned();
    let mut mark = if path.contains('?') { '&' } else { '?' };
    for (name, value) in query.iter().filter(|(_, value)| *value != 0) {
        address.push_str(&format!("{mark}{name}={value}"));
        mark = '&';
    }
    address
}

/// Text made safe between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `template` with each `{{name}}` replaced by its value as it is.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    text
}

/// A whole document around `body`, as text.
pub(super) fn document(title: &str, body: &str) -> String {
    fill(LAYOUT, &[("title", &escape(title)), ("body", body)])
}

/// A whole document around `body`.
pub(super) fn page(title: &str, body: &str) -> Html<String> {
    Html(document(title, body))
}

/// A whole document with a status other than 200.
pub(super) fn page_with(status: StatusCode, title: &str, body: &str) -> Response {
    (status, page(title, body)).into_response()
}

/// A JSON answer.
pub(super) fn json(value: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// The value of the request's cookie `name`.
pub(super) fn cookie(headers: &axum::http::HeaderMap, name: &str) -> Option<String> {
    cookies(headers).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// The request's cookies in the order sent.
pub(super) fn cookies(headers: &axum::http::HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}
