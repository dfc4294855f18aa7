//! What can go wrong below a step, split by what the caller does about it.

use std::io;
use std::time::Duration;

use super::aim::Missed;
use super::condition::LastSeen;

/// A failure of the browser, its driver or a page.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BrowserError {
    /// No browser or driver program, or it did not start. Fatal.
    #[error("{message}")]
    Unavailable { message: String, help: String },
    /// The browser ended again and again and is not started any more. Fatal.
    #[error("the browser ended {ends} times within {} s and is not started again", within.as_secs())]
    GivenUp { ends: usize, within: Duration },
    /// The navigation failed: Chromium's `net::` name where there is one.
    #[error("cannot load `{url}`: {reason}")]
    Navigation { url: String, reason: String },
    /// The response was a download, not a page (or `204 No Content`).
    #[error("`{url}` is {what}, not a page")]
    NotAPage { url: String, what: String },
    /// The deadline passed while the navigation was under way.
    #[error("`{url}` did not load within {timeout:?}: {state}")]
    NavigationTimeout { url: String, timeout: Duration, state: String },
    /// A condition did not come true by the deadline.
    #[error("{}", last.words)]
    WaitTimeout { last: LastSeen },
    /// A target was not ready to be acted upon by the deadline.
    #[error("the target is not ready: {}", .0.words)]
    Target(Box<Missed>),
    /// The user's js threw.
    #[error("{0}")]
    Js(JsException),
    /// The user's js did not return by the deadline; it was stopped.
    #[error("the script did not return within {timeout:?}")]
    JsTimeout { timeout: Duration },
    /// A selector that the page's own engine refuses.
    #[error("{message}")]
    Selector { css: String, message: String },
    /// The tab is gone: its renderer crashed, the page closed it, or the browser died. The session can be opened again.
    #[error("{cause}")]
    Lost { cause: String },
    /// The session was closed while the step ran.
    #[error("the session was closed")]
    Closed,
    /// A command had no answer by the deadline.
    #[error("no answer to `{command}` within {timeout:?}")]
    NoAnswer { command: String, timeout: Duration },
    /// A page had no answer by the deadline: it keeps its thread busy, or waits in it.
    #[error("the page gave no answer to `{command}` within {timeout:?}")]
    PageSilent { command: String, timeout: Duration },
    /// The lane cannot do this.
    #[error("{what} cannot be had from this browser")]
    Unsupported { what: String },
    /// A cookie that the browser does not take.
    #[error("the browser does not take the cookie `{name}`: {reason}")]
    Cookie { name: String, reason: String },
    /// The protocol refused a command: a bug of ours, or a browser that differs.
    #[error("`{command}` failed: {message}")]
    Protocol { command: String, message: String },
}

impl BrowserError {
    /// The error of a command that sets one cookie: what was refused is the cookie.
    pub(super) fn of_cookie(self, name: &str) -> Self {
        match self {
            Self::Protocol { message: reason, .. } => Self::Cookie { name: name.to_owned(), reason },
            other => other,
        }
    }

    /// There is no ground to start a process on.
    pub(super) fn no_ground(error: &io::Error) -> Self {
        let help = "make room in TMPDIR, or set it to another folder; `sh` must be found in PATH".to_owned();
        Self::Unavailable { message: error.to_string(), help }
    }
}

/// A JS exception with its place in the user's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsException {
    /// `TypeError: Cannot read properties of null (reading 'click')`.
    pub message: String,
    /// Line in the user's js, from 1, when the exception arose there.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
    /// The JS stack as the browser wrote it.
    pub stack: Option<String>,
}

impl std::fmt::Display for JsException {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
