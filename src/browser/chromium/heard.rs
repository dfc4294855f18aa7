//! The parameters of the Network events that a recording reads, as far as it does.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};

/// `Network.requestWillBeSent`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    pub(super) request_id: String,
    pub(super) request: Request,
    /// Seconds by a clock of the browser's own.
    pub(super) timestamp: f64,
    /// Seconds since 1970.
    pub(super) wall_time: f64,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    pub(super) redirect_response: Option<Response>,
    #[serde(default)]
    pub(super) redirect_has_extra_info: bool,
}

/// `Network.Request`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) url: String,
    pub(super) method: String,
    #[serde(default)]
    pub(super) headers: Map<String, Value>,
    #[serde(default)]
    has_post_data: bool,
    #[serde(default)]
    post_data_entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    bytes: Option<String>,
}

impl Request {
    /// Its body, and whether there is one that is not told here.
    pub(super) fn posted(&self) -> (Option<Vec<u8>>, bool) {
        let all = |entry: &Entry| BASE64_STANDARD.decode(entry.bytes.as_deref()?).ok();
        let pieces: Option<Vec<Vec<u8>>> = self.post_data_entries.iter().map(all).collect();
        match pieces {
            _ if !self.has_post_data => (None, false),
            Some(pieces) if !pieces.is_empty() => (Some(pieces.concat()), false),
            _ => (None, true),
        }
    }

    /// Whether a part of the body is told without what is in it, as a file is.
    pub(super) fn has_files(&self) -> bool {
        self.post_data_entries.iter().any(|entry| entry.bytes.is_none())
    }
}

/// `Network.responseReceived`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Received {
    pub(super) request_id: String,
    pub(super) timestamp: f64,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    pub(super) response: Response,
    #[serde(default)]
    pub(super) has_extra_info: bool,
}

/// `Network.Response`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response {
    pub(super) status: u16,
    #[serde(default)]
    pub(super) status_text: String,
    #[serde(default)]
    pub(super) headers: Map<String, Value>,
    #[serde(default)]
    pub(super) from_disk_cache: bool,
    #[serde(default)]
    pub(super) from_prefetch_cache: bool,
}

/// `Network.requestWillBeSentExtraInfo` and `Network.responseReceivedExtraInfo`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extra {
    pub(super) request_id: String,
    pub(super) headers: Map<String, Value>,
    #[serde(default)]
    pub(super) status_code: u16,
}

/// `Network.loadingFinished`, `Network.loadingFailed` and `Network.requestServedFromCache`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ended {
    pub(super) request_id: String,
    #[serde(default)]
    pub(super) timestamp: f64,
    pub(super) error_text: Option<String>,
}

/// `Network.dataReceived` of a response that is streamed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    pub(super) request_id: String,
    #[serde(default)]
    pub(super) data_length: u64,
    pub(super) data: Option<String>,
}

/// `Network.eventSourceMessageReceived`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StreamEvent {
    pub(super) request_id: String,
    #[serde(default)]
    event_name: String,
    #[serde(default)]
    event_id: String,
    #[serde(default)]
    data: String,
}

impl StreamEvent {
    /// As a server writes it (HTML, "event stream interpretation").
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if !self.event_id.is_empty() {
            text += &format!("id: {}\n", self.event_id);
        }
        if !self.event_name.is_empty() && self.event_name != "message" {
            text += &format!("event: {}\n", self.event_name);
        }
        self.data.split('\n').for_each(|line| text += &format!("data: {line}\n"));
        text + "\n"
    }
}

/// The reply to `Network.getResponseBody`.
#[derive(Deserialize)]
pub(super) struct Body {
    body: String,
    #[serde(rename = "base64Encoded", default)]
    encoded: bool,
}

/// The reply to `Network.getRequestPostData`.
#[derive(Deserialize)]
pub(super) struct Posted {
    #[serde(rename = "postData")]
    data: String,
    #[serde(rename = "base64Encoded", default)]
    encoded: bool,
}

fn bytes(text: String, encoded: bool) -> Vec<u8> {
    if encoded { BASE64_STANDARD.decode(text).unwrap_or_default() } else { text.into_bytes() }
}

impl Body {
    pub(super) fn bytes(self) -> Vec<u8> {
        bytes(self.body, self.encoded)
    }
}

impl Posted {
    pub(super) fn bytes(self) -> Vec<u8> {
        bytes(self.data, self.encoded)
    }
}
