//! Script results as WebDriver BiDi writes them (`script.RemoteValue`, `script.EvaluateResult`).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::browser::error::BrowserError;

use super::event::StackTrace;

/// `script.EvaluateResult`.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Evaluated {
    Success {
        result: RemoteValue,
    },
    Exception {
        #[serde(rename = "exceptionDetails")]
        details: ExceptionDetails,
    },
}

/// `script.RemoteValue`.
#[derive(Debug, Deserialize)]
pub(super) struct RemoteValue {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) value: Option<Value>,
    pub(super) handle: Option<String>,
}

impl RemoteValue {
    /// The value as plain JSON; what has none is null.
    pub(super) fn plain(&self) -> Value {
        plain(&self.kind, self.value.as_ref())
    }
}

fn plain(kind: &str, value: Option<&Value>) -> Value {
    match (kind, value) {
        ("string" | "boolean", Some(value)) => value.clone(),
        // JSON has neither NaN nor the infinities; `JSON.stringify` writes null for them, and so do we.
        ("number", Some(Value::String(special))) => {
            if special == "-0" {
                Value::from(0)
            } else {
                Value::Null
            }
        }
        ("number", Some(value)) => value.clone(),
        ("array", Some(Value::Array(items))) => items.iter().map(of).collect(),
        ("object", Some(Value::Array(entries))) => {
            let pairs =
                entries.iter().filter_map(|entry| Some((entry.get(0)?.as_str()?.to_owned(), of(entry.get(1)?))));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        _ => Value::Null,
    }
}

fn of(remote: &Value) -> Value {
    plain(remote["type"].as_str().unwrap_or_default(), remote.get("value"))
}

/// `script.ExceptionDetails`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExceptionDetails {
    pub(super) text: String,
    pub(super) exception: RemoteValue,
    pub(super) stack_trace: StackTrace,
}

/// The reply to what gives a file, in base64.
#[derive(Deserialize)]
pub(super) struct Encoded {
    pub(super) data: String,
}

pub(super) fn decoded(command: &str, data: &str) -> Result<Vec<u8>, BrowserError> {
    BASE64_STANDARD
        .decode(data)
        .map_err(|error| BrowserError::Protocol { command: command.to_owned(), message: error.to_string() })
}
