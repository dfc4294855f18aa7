//! Acts on the current page and identity beside `crawl` itself, each a step of the journal.

use std::time::Duration;

use serde_json::Value;

use super::{Action, Condition, Ensured, SessionAct};
use crate::browser::{Cookie, OriginStorage, Place};
use crate::syntax::JsProgram;

/// What a step does, as the journal and the progress display name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// `crawl(…)`.
    Crawl,
    /// `evaluate(js)`.
    Evaluate,
    /// `wait_for(condition)`.
    WaitFor,
    /// `click(target)`, and so on: what a person does on the page.
    Click,
    DoubleClick,
    RightClick,
    Hover,
    Fill,
    TypeText,
    Press,
    SelectOption,
    Check,
    Uncheck,
    Upload,
    Drag,
    Scroll,
    Submit,
    Back,
    Forward,
    Reload,
    /// `screenshot(…)`.
    Screenshot,
    /// `cookies()`.
    Cookies,
    /// Cookies set by the script.
    SetCookies,
    /// All cookies removed.
    ClearCookies,
    /// Headers set by a hook.
    SetHeaders,
    /// `holds(condition)`.
    Holds,
    /// `ensure(condition, closure)`.
    Ensure,
    /// An act on the session beside its page's elements, by its name.
    Session(&'static str),
    /// `close(session)`.
    Close,
}

impl Verb {
    /// Those that are no acts on a session beside its page's elements.
    const PLAIN: [Self; 28] = [
        Self::Crawl,
        Self::Evaluate,
        Self::WaitFor,
        Self::Click,
        Self::DoubleClick,
        Self::RightClick,
        Self::Hover,
        Self::Fill,
        Self::TypeText,
        Self::Press,
        Self::SelectOption,
        Self::Check,
        Self::Uncheck,
        Self::Upload,
        Self::Drag,
        Self::Scroll,
        Self::Submit,
        Self::Back,
        Self::Forward,
        Self::Reload,
        Self::Screenshot,
        Self::Cookies,
        Self::SetCookies,
        Self::ClearCookies,
        Self::SetHeaders,
        Self::Holds,
        Self::Ensure,
        Self::Close,
    ];

    /// The verb of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let plain = Self::PLAIN.into_iter().find(|verb| verb.name() == name);
        plain.or_else(|| SessionAct::NAMES.into_iter().find(|known| *known == name).map(Self::Session))
    }

    /// The name that scripts use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crawl => "crawl",
            Self::Evaluate => "evaluate",
            Self::WaitFor => "wait_for",
            Self::Click => "click",
            Self::DoubleClick => "double_click",
            Self::RightClick => "right_click",
            Self::Hover => "hover",
            Self::Fill => "fill",
            Self::TypeText => "type_text",
            Self::Press => "press",
            Self::SelectOption => "select_option",
            Self::Check => "check",
            Self::Uncheck => "uncheck",
            Self::Upload => "upload",
            Self::Drag => "drag",
            Self::Scroll => "scroll",
            Self::Submit => "submit",
            Self::Back => "back",
            Self::Forward => "forward",
            Self::Reload => "reload",
            Self::Screenshot => "screenshot",
            Self::Cookies => "cookies",
            Self::SetCookies => "set_cookies",
            Self::ClearCookies => "clear_cookies",
            Self::SetHeaders => "set_headers",
            Self::Holds => "holds",
            Self::Ensure => "ensure",
            Self::Session(name) => name,
            Self::Close => "close",
        }
    }
}

/// One act with what it needs.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Runs js in the page's main world; its value is the act's.
    Evaluate(JsProgram),
    /// Waits until all hold.
    WaitFor(Vec<Condition>),
    /// Acts as a person would.
    Person(Box<Action>),
    /// Takes a PNG.
    Screenshot {
        /// Of the whole page instead of the viewport.
        full_page: bool,
    },
    /// Lists the identity's cookies.
    Cookies,
    /// Adds cookies to the identity.
    SetCookies(Vec<Cookie>),
    /// Removes all cookies of the identity.
    ClearCookies,
    /// Replaces the headers that every request of the identity carries.
    SetHeaders(Vec<(String, String)>),
    /// Says whether all hold within the act's time.
    Holds(Vec<Condition>),
    /// Sees that something holds on the session's page, now and after later steps.
    Ensure(Box<Ensured>),
    /// Something about the session beside its page's elements.
    Session(SessionAct),
}

impl Act {
    /// Its verb.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Evaluate(_) => Verb::Evaluate,
            Self::WaitFor(_) => Verb::WaitFor,
            Self::Person(action) => action.gesture.verb(),
            Self::Screenshot { .. } => Verb::Screenshot,
            Self::Cookies => Verb::Cookies,
            Self::SetCookies(_) => Verb::SetCookies,
            Self::ClearCookies => Verb::ClearCookies,
            Self::SetHeaders(_) => Verb::SetHeaders,
            Self::Holds(_) => Verb::Holds,
            Self::Ensure(_) => Verb::Ensure,
            Self::Session(act) => Verb::Session(act.name()),
        }
    }

    /// Whether it needs a loaded page; the others need no more than the identity.
    #[must_use]
    pub fn needs_page(&self) -> bool {
        match self {
            Self::Session(act) => act.needs_page(),
            other => matches!(
                other,
                Self::Evaluate(_) | Self::WaitFor(_) | Self::Holds(_) | Self::Person(_) | Self::Screenshot { .. }
            ),
        }
    }
}

/// A call of an act.
#[derive(Debug, Clone, PartialEq)]
pub struct ActRequest {
    /// What is done.
    pub act: Act,
    /// The frames that it is done in, outermost first; none: the main frame.
    pub frames: Vec<Place>,
    /// `then`: all must hold afterwards; their baselines are taken before the act.
    pub then: Vec<Condition>,
    /// One deadline for the whole act.
    pub timeout: Duration,
    /// The call as the script wrote it, for listings; no part of any key.
    pub text: Option<String>,
}

/// What an act gives back.
#[derive(Debug, Clone, PartialEq)]
pub enum ActValue {
    /// Nothing.
    Done,
    /// The value of js.
    Value(Value),
    /// A PNG.
    Image(Vec<u8>),
    /// Cookies.
    Cookies(Vec<Cookie>),
    /// Cookies and local storage.
    State(Vec<Cookie>, Vec<OriginStorage>),
}
