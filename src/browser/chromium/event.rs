//! The parameters of the DevTools events that a tab hears, as far as it reads them.

use std::collections::HashMap;

use serde::Deserialize;

use crate::browser::exchange::Certificate;

/// `Page.frameRequestedNavigation` and `Page.frameStartedNavigating`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrameNavigation {
    pub(super) frame_id: String,
    #[serde(default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) loader_id: Option<String>,
    pub(super) disposition: Option<String>,
    pub(super) navigation_type: Option<String>,
}

/// `Page.frameNavigated`.
#[derive(Deserialize)]
pub(super) struct FrameNavigated {
    pub(super) frame: Frame,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Frame {
    pub(super) id: String,
    pub(super) loader_id: String,
    pub(super) url: String,
    #[serde(default)]
    pub(super) url_fragment: String,
    pub(super) unreachable_url: Option<String>,
}

/// `Page.frameDetached`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrameDetached {
    pub(super) frame_id: String,
    /// `remove`, or `swap` where the frame goes on in another process.
    pub(super) reason: Option<String>,
}

/// `Page.navigatedWithinDocument`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WithinDocument {
    pub(super) frame_id: String,
    pub(super) url: String,
}

/// `Page.frameStoppedLoading`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrameStopped<'a> {
    pub(super) frame_id: &'a str,
}

/// `Page.lifecycleEvent`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lifecycle<'a> {
    pub(super) frame_id: &'a str,
    pub(super) loader_id: &'a str,
    pub(super) name: &'a str,
}

/// `Runtime.executionContextCreated`.
#[derive(Deserialize)]
pub(super) struct ContextCreated {
    pub(super) context: Context,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Context {
    pub(super) unique_id: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) aux_data: Option<AuxData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuxData {
    pub(super) frame_id: Option<String>,
    #[serde(default)]
    pub(super) is_default: bool,
}

/// `Runtime.executionContextDestroyed`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContextDestroyed {
    pub(super) execution_context_unique_id: String,
}

/// `Network.requestWillBeSent`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestSent {
    pub(super) request_id: String,
    #[serde(default)]
    pub(super) loader_id: String,
    pub(super) request: RequestHead,
    pub(super) timestamp: f64,
    pub(super) frame_id: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) redirect_response: Option<ResponseHead>,
}

#[derive(Deserialize)]
pub(super) struct RequestHead {
    pub(super) url: String,
    pub(super) method: String,
}

/// `Network.responseReceived`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResponseReceived {
    pub(super) request_id: String,
    pub(super) timestamp: f64,
    pub(super) response: ResponseHead,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResponseHead {
    pub(super) url: String,
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    pub(super) mime_type: String,
    #[serde(default)]
    pub(super) from_disk_cache: bool,
    pub(super) security_details: Option<SecurityDetails>,
}

/// `Network.SecurityDetails`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecurityDetails {
    protocol: String,
    subject_name: String,
    san_list: Vec<String>,
    issuer: String,
    valid_from: f64,
    valid_to: f64,
}

impl From<SecurityDetails> for Certificate {
    fn from(details: SecurityDetails) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "CDP writes seconds as a number")]
        let [valid_from, valid_to] = [details.valid_from as i64, details.valid_to as i64];
        Self {
            subject: details.subject_name,
            issuer: details.issuer,
            names: details.san_list,
            valid_from,
            valid_to,
            protocol: details.protocol,
        }
    }
}

/// `Network.responseReceivedExtraInfo`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExtraInfo {
    pub(super) request_id: String,
    pub(super) headers: serde_json::Map<String, serde_json::Value>,
    pub(super) status_code: u16,
}

/// `Network.dataReceived`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataReceived {
    pub(super) request_id: String,
    pub(super) encoded_data_length: u64,
}

/// `Network.loadingFinished` and `Network.loadingFailed`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoadingEnded {
    pub(super) request_id: String,
    pub(super) error_text: Option<String>,
    #[serde(default)]
    pub(super) encoded_data_length: f64,
}

/// `Page.javascriptDialogOpening`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DialogOpening {
    pub(super) message: String,
    pub(super) default_prompt: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// `Page.windowOpen`.
#[derive(Deserialize)]
pub(super) struct WindowOpen {
    pub(super) url: String,
}

/// `Runtime.consoleAPICalled`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsoleCalled {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) args: Vec<RemoteObject>,
    pub(super) stack_trace: Option<StackTrace>,
}

/// `Runtime.exceptionThrown`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExceptionThrown {
    pub(super) exception_details: ExceptionDetails,
}

/// `Runtime.RemoteObject`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RemoteObject {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) subtype: Option<String>,
    pub(super) class_name: Option<String>,
    pub(super) value: Option<serde_json::Value>,
    pub(super) unserializable_value: Option<String>,
    pub(super) description: Option<String>,
    pub(super) object_id: Option<String>,
    /// What is in it, in what the console is told.
    pub(super) preview: Option<ObjectPreview>,
}

impl RemoteObject {
    /// As a console would show it.
    pub(super) fn words(&self) -> String {
        match (&self.value, &self.unserializable_value, &self.description) {
            (Some(serde_json::Value::String(text)), _, _) => text.clone(),
            (Some(value), _, _) => value.to_string(),
            (None, Some(text), _) | (None, None, Some(text)) => text.clone(),
            (None, None, None) => self.kind.clone(),
        }
    }
}

/// `Runtime.ExceptionDetails`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExceptionDetails {
    pub(super) text: String,
    pub(super) line_number: u32,
    pub(super) column_number: u32,
    pub(super) url: Option<String>,
    pub(super) stack_trace: Option<StackTrace>,
    pub(super) exception: Option<RemoteObject>,
}

/// `Runtime.StackTrace`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StackTrace {
    pub(super) call_frames: Vec<CallFrame>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallFrame {
    pub(super) url: String,
    pub(super) line_number: u32,
    pub(super) column_number: u32,
}

/// `Runtime.ObjectPreview`: the first of what is in an object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectPreview {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) subtype: Option<String>,
    pub(super) description: Option<String>,
    /// There is more in it.
    pub(super) overflow: bool,
    pub(super) properties: Vec<PropertyPreview>,
    /// Of maps and sets.
    #[serde(default)]
    pub(super) entries: Vec<EntryPreview>,
}

/// `Runtime.PropertyPreview`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PropertyPreview {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) value: Option<String>,
    pub(super) value_preview: Option<ObjectPreview>,
}

/// `Runtime.EntryPreview`.
#[derive(Debug, Deserialize)]
pub(super) struct EntryPreview {
    pub(super) key: Option<ObjectPreview>,
    pub(super) value: ObjectPreview,
}

/// `Input.dragIntercepted`.
#[derive(Deserialize)]
pub(super) struct DragIntercepted {
    pub(super) data: serde_json::Value,
}

/// `Target.attachedToTarget`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attached {
    pub(super) session_id: String,
    pub(super) target_info: TargetInfo,
    #[serde(default)]
    pub(super) waiting_for_debugger: bool,
}

/// `Target.detachedFromTarget`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Detached {
    pub(super) session_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetInfo {
    pub(super) target_id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) opener_id: Option<String>,
    pub(super) browser_context_id: Option<String>,
}

/// `Page.downloadWillBegin`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DownloadBegins {
    pub(super) guid: String,
    pub(super) url: String,
    pub(super) suggested_filename: String,
}

/// `Page.downloadProgress`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DownloadGoes {
    pub(super) guid: String,
    pub(super) received_bytes: f64,
    /// 0 where it is not known.
    #[serde(default)]
    pub(super) total_bytes: f64,
    pub(super) state: String,
}

/// `Target.targetDestroyed` and `Target.targetCrashed`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetGone {
    pub(super) target_id: String,
}

/// Headers in lower case, as the wire gave them; several of one name are several pairs.
pub(super) fn headers(map: &serde_json::Map<String, serde_json::Value>) -> Vec<(String, String)> {
    map.iter()
        .flat_map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let text = value.as_str().unwrap_or_default();
            text.split('\n').map(move |line| (name.clone(), line.to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

/// Child sessions (out-of-process frames, pop-ups) by id, with the target each belongs to.
pub(super) type Children = HashMap<String, String>;
