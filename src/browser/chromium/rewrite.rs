//! A rewritten request as the `Fetch` domain wants it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::browser::rewrite::{Rewrite, merged};

/// The command that lets the paused request `id` go on.
pub(super) fn command(rewrite: Rewrite, id: &str, headers: &Map<String, Value>) -> (&'static str, Value) {
    let as_method = rewrite.method().map(str::to_owned);
    match rewrite {
        Rewrite::Answer { content } => {
            let body = BASE64_STANDARD.encode(content);
            let kind = json!([{ "name": "content-type", "value": "text/html; charset=utf-8" }]);
            let answer = json!({ "requestId": id, "responseCode": 200, "responseHeaders": kind, "body": body });
            ("Fetch.fulfillRequest", answer)
        }
        Rewrite::Send { headers: own, body, .. } => {
            let sent =
                headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
            let pairs: Vec<Value> =
                merged(sent, own).into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
            let mut go_on = json!({ "requestId": id, "headers": pairs });
            if let Some(method) = as_method {
                go_on["method"] = json!(method);
            }
            if let Some(body) = body {
                go_on["postData"] = json!(BASE64_STANDARD.encode(body));
            }
            ("Fetch.continueRequest", go_on)
        }
    }
}
