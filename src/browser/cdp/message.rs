//! The shapes of DevTools Protocol messages, and what can be wrong with a command.
//!
//! WebDriver BiDi uses the same frames; only its errors are spelt otherwise.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::browser::error::BrowserError;

/// A command on its way to the browser.
#[derive(Serialize)]
pub(super) struct Outgoing<'a, P> {
    pub(super) id: u64,
    pub(super) method: &'a str,
    pub(super) params: P,
    #[serde(rename = "sessionId", skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<&'a str>,
}

/// A reply (with `id`) or an event (with `method`).
#[derive(Deserialize)]
pub(super) struct Incoming<'a> {
    pub(super) id: Option<u64>,
    #[serde(borrow)]
    pub(super) method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) params: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) result: Option<&'a RawValue>,
    pub(super) error: Option<Refusal<'a>>,
    /// WebDriver BiDi puts the error's words beside its name.
    #[serde(borrow)]
    pub(super) message: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "sessionId")]
    pub(super) session: Option<Cow<'a, str>>,
}

impl Incoming<'_> {
    /// In words why the command was refused, if it was.
    pub(super) fn refusal(&self) -> Option<String> {
        Some(match self.error.as_ref()? {
            Refusal::Cdp { message } => message.clone(),
            Refusal::Bidi(kind) => format!("{kind}: {}", self.message.as_deref().unwrap_or_default()),
        })
    }
}

/// The protocol's error: an object in CDP, a name in WebDriver BiDi.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Refusal<'a> {
    Cdp { message: String },
    Bidi(Cow<'a, str>),
}

/// Why a command has no result.
#[derive(Debug, Clone)]
pub(crate) enum CdpError {
    /// The browser refused it.
    Refused { method: &'static str, message: String },
    /// No reply in time.
    Silent { method: &'static str, waited: Duration },
    /// The socket is closed: the browser is gone.
    Gone,
    /// The reply is not of the expected shape.
    Shape { method: &'static str, message: String },
}

impl CdpError {
    /// Whether the execution context or the target vanished under the command.
    pub(in crate::browser) fn context_lost(&self) -> bool {
        let Self::Refused { message, .. } = self else { return false };
        [
            "Inspected target navigated or closed",
            "Execution context was destroyed",
            "Cannot find context",
            "uniqueContextId not found",
            "Promise was collected",
            "Cannot find default execution context",
            // Firefox.
            "destroyed before query",
            "DiscardedBrowsingContextError",
        ]
        .iter()
        .any(|known| message.contains(known))
    }

    /// Whether the execution context was gone before the command began: nothing ran.
    pub(in crate::browser) fn context_missing(&self) -> bool {
        let Self::Refused { message, .. } = self else { return false };
        message.contains("uniqueContextId not found")
    }

    /// Whether the session's target is closed or was never there.
    pub(in crate::browser) fn target_lost(&self) -> bool {
        let Self::Refused { message, .. } = self else { return false };
        [
            "Session with given id not found",
            "Target closed",
            "No target with given id",
            "Target crashed",
            "no such frame: Context",
            "no such frame: Browsing Context",
        ]
        .iter()
        .any(|known| message.contains(known))
    }
}

impl From<CdpError> for BrowserError {
    fn from(error: CdpError) -> Self {
        if error.target_lost() {
            return Self::Lost { cause: "the tab was closed".to_owned() };
        }
        match error {
            CdpError::Refused { method, message } | CdpError::Shape { method, message } => {
                Self::Protocol { command: method.to_owned(), message }
            }
            CdpError::Silent { method, waited } => Self::NoAnswer { command: method.to_owned(), timeout: waited },
            CdpError::Gone => Self::Lost { cause: "the browser ended".to_owned() },
        }
    }
}
