//! What a step captures of a page: the document as a person would see it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One document, frames included.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Snapshot {
    /// `location.href`.
    pub url: String,
    /// `document.title`.
    pub title: String,
    /// The serialised document; open shadow roots as `<template shadowrootmode="open">`, first among their host's children.
    pub html: String,
    /// Where a form control's live state differs from its attributes.
    pub forms: Vec<FormPatch>,
    /// The frames, in the order of their `iframe`/`frame` elements in `html`; closed or unreachable ones have an empty `html`.
    pub frames: Vec<Snapshot>,
    /// The document's MIME type (`document.contentType`).
    pub content_type: String,
}

/// A control's live state. Controls are all `input`, `textarea` and `option` elements, numbered from 0 in the
/// order of the serialised HTML, open shadow roots included.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FormPatch {
    /// The number of the control.
    pub index: usize,
    /// Its live value (`input`: the `value` attribute; `textarea`: its text).
    pub value: Option<String>,
    /// Whether a checkbox or radio button is checked now.
    pub checked: Option<bool>,
    /// Whether an option is selected now.
    pub selected: Option<bool>,
}

/// A snapshot that a wait came before.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Taken {
    /// The document at the moment when the condition held.
    pub snapshot: Snapshot,
    /// How long the page waited for it.
    pub waited: Duration,
}

/// Facts about the current document's navigation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Landing {
    /// The address asked for.
    pub requested_url: String,
    /// The address of the document, after redirects.
    pub url: String,
    /// The HTTP status; `None` for `file:`, `data:` and `about:`.
    pub status: Option<u16>,
    /// Response headers, names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The addresses that redirected, in order.
    pub redirects: Vec<String>,
    /// From the request to the response's first byte.
    pub response_time: Option<Duration>,
    /// From the request until the wished-for state (`wait_until`) was reached.
    pub load_time: Option<Duration>,
}

/// The value of the user's js, and whether it asked for a navigation before it returned.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JsOutcome {
    /// The value as JSON; `null` for `undefined`.
    pub value: serde_json::Value,
    /// A navigation of the main frame was requested before the reply: [`super::Tab::arrive`] must follow.
    pub navigating: bool,
}

/// A line of the page's console or an uncaught exception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsoleLine {
    /// `log`, `warning`, `error`, `info`, `debug`, or `exception`.
    pub level: String,
    /// The text.
    pub text: String,
    /// The script's address, when known.
    pub url: Option<String>,
    /// The line in it, from 1.
    pub line: Option<u32>,
}

/// A response that matched [`super::Tab::wait_response`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Response {
    /// Its address.
    pub url: String,
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decoded as text.
    pub body: String,
    /// Whether the body came to its end; an endless one, or one that the page does not read, is taken as far as it came.
    pub whole: bool,
}

/// What happened at a tab beside the step's own doings, since it was last asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Happenings {
    /// What its reader should know, in words: how dialogs were answered, that a document was cut short.
    pub warnings: Vec<String>,
    /// Addresses of tabs or windows that the page opened.
    pub popups: Vec<String>,
    /// Console lines and uncaught exceptions.
    pub console: Vec<ConsoleLine>,
}
