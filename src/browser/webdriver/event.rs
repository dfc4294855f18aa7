//! The parameters of the BiDi events that a tab hears, as far as it reads them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// `browsingContext.contextCreated` and `contextDestroyed`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContextInfo {
    pub(super) context: String,
    pub(super) url: String,
    pub(super) parent: Option<String>,
    pub(super) original_opener: Option<String>,
}

/// `browsingContext.NavigationInfo`: of most events of that module.
#[derive(Deserialize)]
pub(super) struct NavigationInfo {
    pub(super) context: String,
    #[serde(default)]
    pub(super) navigation: Option<String>,
    pub(super) url: String,
}

/// `browsingContext.userPromptOpened`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromptOpened {
    pub(super) context: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) message: String,
    #[serde(default)]
    pub(super) default_value: Option<String>,
}

/// Every event of the network module.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NetworkEvent {
    pub(super) context: Option<String>,
    pub(super) navigation: Option<String>,
    pub(super) is_blocked: bool,
    pub(super) redirect_count: u32,
    pub(super) request: RequestData,
    /// Milliseconds since 1970.
    pub(super) timestamp: f64,
    pub(super) response: Option<ResponseData>,
    pub(super) error_text: Option<String>,
}

/// `network.authRequired`, whose response has no status yet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthRequired {
    pub(super) is_blocked: bool,
    pub(super) request: AuthRequest,
}

#[derive(Deserialize)]
pub(super) struct AuthRequest {
    pub(super) request: String,
    pub(super) url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestData {
    pub(super) request: String,
    pub(super) url: String,
    pub(super) method: String,
    #[serde(default)]
    pub(super) headers: Vec<Header>,
    #[serde(default, rename = "goog:resourceType")]
    pub(super) kind: Option<String>,
    /// As in Fetch, "request destination": the kind where the driver does not name it.
    #[serde(default)]
    destination: String,
    /// As in Resource Timing, "initiator type": what a script asks for.
    #[serde(default)]
    initiator_type: Option<String>,
}

impl ResponseData {
    /// The media type without its parameters, which one browser tells and another does not.
    pub(super) fn media_type(&self) -> &str {
        self.mime_type.split(';').next().unwrap_or_default().trim()
    }
}

impl NetworkEvent {
    /// The request and which of its redirects the event is about.
    pub(super) fn exchange(&self) -> String {
        format!("{} {}", self.redirect_count, self.request.request)
    }
}

impl RequestData {
    fn accepts(&self, kind: &str) -> bool {
        self.headers.iter().any(|header| header.name.eq_ignore_ascii_case("accept") && header.value.text() == kind)
    }

    /// What it is for, by CDP's names.
    pub(super) fn resource(&self) -> &str {
        if let Some(kind) = &self.kind {
            return kind;
        }
        match self.destination.as_str() {
            "document" | "iframe" | "frame" => "Document",
            "style" => "Stylesheet",
            "image" => "Image",
            "audio" | "video" => "Media",
            "font" => "Font",
            "script" | "worker" | "sharedworker" | "serviceworker" => "Script",
            "track" => "TextTrack",
            "manifest" => "Manifest",
            "" if self.accepts("text/event-stream") => "EventSource",
            "" if self.initiator_type.as_deref() == Some("xmlhttprequest") => "XHR",
            "" if self.initiator_type.as_deref() == Some("beacon") => "Ping",
            "" => "Fetch",
            _ => "Other",
        }
    }
}

/// `browsingContext.downloadWillBegin` and `downloadEnd`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DownloadInfo {
    pub(super) context: String,
    pub(super) navigation: Option<String>,
    #[serde(default)]
    pub(super) download: Option<String>,
    pub(super) url: String,
    #[serde(default)]
    pub(super) suggested_filename: String,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) filepath: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResponseData {
    pub(super) url: String,
    pub(super) status: u16,
    #[serde(default)]
    pub(super) status_text: String,
    #[serde(default)]
    pub(super) headers: Vec<Header>,
    #[serde(default)]
    pub(super) mime_type: String,
    #[serde(default)]
    pub(super) from_cache: bool,
    #[serde(default)]
    pub(super) bytes_received: u64,
}

#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) value: Bytes,
}

/// `network.BytesValue`.
#[derive(Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
pub(super) enum Bytes {
    String(String),
    Base64(String),
}

impl Bytes {
    /// As text; bytes that are no UTF-8 are replaced.
    pub(super) fn text(&self) -> String {
        match self {
            Self::String(text) => text.clone(),
            Self::Base64(text) => {
                String::from_utf8_lossy(&BASE64_STANDARD.decode(text).unwrap_or_default()).into_owned()
            }
        }
    }
}

/// Headers as pairs, names in lower case.
pub(super) fn pairs(headers: &[Header]) -> Vec<(String, String)> {
    headers
        .iter()
        .flat_map(|header| {
            let (name, text) = (header.name.to_ascii_lowercase(), header.value.text());
            text.split('\n').map(|line| (name.clone(), line.to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

/// `log.entryAdded`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogEntry {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) level: String,
    #[serde(default)]
    pub(super) method: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    /// What a function of the console was called with, each a `script.RemoteValue`.
    #[serde(default)]
    pub(super) args: Vec<serde_json::Value>,
    #[serde(default)]
    pub(super) stack_trace: Option<StackTrace>,
}

/// `script.StackTrace`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StackTrace {
    pub(super) call_frames: Vec<CallFrame>,
}

/// `script.StackFrame`; line and column from 0.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallFrame {
    pub(super) url: String,
    pub(super) line_number: u32,
    pub(super) column_number: u32,
    #[serde(default)]
    pub(super) function_name: String,
}

/// `goog:cdp.*`: a DevTools event as Chromium's driver hands it on.
#[derive(Deserialize)]
pub(super) struct VendorEvent {
    pub(super) params: VendorParams,
    pub(super) session: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VendorParams {
    #[serde(default)]
    pub(super) frame_id: Option<String>,
    #[serde(default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) disposition: Option<String>,
    #[serde(default)]
    pub(super) request_id: Option<String>,
    #[serde(default)]
    pub(super) encoded_data_length: u64,
}
