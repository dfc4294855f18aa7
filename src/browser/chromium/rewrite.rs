//! A document's request that is not a plain GET, or a document that is not fetched at all.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::browser::tab::Navigation;

/// What to do with the next request of the main document (`Fetch` domain).
#[derive(Debug, Clone)]
pub(super) enum Rewrite {
    /// Send it otherwise.
    Send { method: Option<String>, headers: Vec<(String, String)>, body: Option<String> },
    /// Answer it with this document.
    Answer { content: String },
}

impl Rewrite {
    /// What `to` needs, if anything.
    pub(super) fn of(to: &Navigation) -> Option<Self> {
        if let Some(content) = &to.content {
            return Some(Self::Answer { content: content.clone() });
        }
        if to.method.is_none() && to.body.is_none() && to.headers.is_empty() {
            return None;
        }
        Some(Self::Send { method: to.method.clone(), headers: to.headers.clone(), body: to.body.clone() })
    }

    /// The command that lets the paused request `id` go on.
    pub(super) fn command(self, id: &str, headers: &Map<String, Value>) -> (&'static str, Value) {
        match self {
            Self::Answer { content } => {
                let body = BASE64_STANDARD.encode(content);
                let kind = json!([{ "name": "content-type", "value": "text/html; charset=utf-8" }]);
                let answer = json!({ "requestId": id, "responseCode": 200, "responseHeaders": kind, "body": body });
                ("Fetch.fulfillRequest", answer)
            }
            Self::Send { method, headers: own, body } => {
                let mut all: Vec<(String, String)> = headers
                    .iter()
                    .filter(|(name, _)| !own.iter().any(|(mine, _)| mine.eq_ignore_ascii_case(name)))
                    .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                    .collect();
                all.extend(own);
                let pairs: Vec<Value> =
                    all.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
                let mut go_on = json!({ "requestId": id, "headers": pairs });
                if let Some(body) = body {
                    go_on["postData"] = json!(BASE64_STANDARD.encode(body));
                    go_on["method"] = json!(method.as_deref().unwrap_or("POST"));
                } else if let Some(method) = method {
                    go_on["method"] = json!(method);
                }
                ("Fetch.continueRequest", go_on)
            }
        }
    }
}
