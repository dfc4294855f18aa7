//! One error type for steps, with where it stood and what it had.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// What the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// This step failed; the session is usable.
    Step,
    /// The session's page is lost; a `crawl(url)` opens it again.
    Lost,
    /// No browser to be had: the run cannot go on.
    Fatal,
    /// The run was interrupted.
    Interrupted,
}

impl Trouble {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Step, "step"), (Self::Lost, "lost"), (Self::Fatal, "fatal"), (Self::Interrupted, "interrupted")];

    /// Its name, for archives.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(trouble, _)| *trouble == self).map_or("", |(_, name)| name)
    }

    /// The trouble of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(trouble, _)| *trouble)
    }
}

/// A place inside the value of one of the call's options, to point into the script's own string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPlace {
    /// `url`, `js`, `wait_for`, `css`, `extract` …
    pub option: Cow<'static, str>,
    /// Which one, when the option is an array.
    pub index: usize,
    /// Line and column (from 1, in characters) in the string, when known.
    pub place: Option<(usize, usize)>,
    /// Byte range in the string, when known.
    pub span: Option<crate::text::Span>,
}

/// A failed step or session call.
#[derive(Debug, Clone)]
pub struct CrawlError {
    /// `crawl::wait::timeout` …, listed in `diag::codes`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The next action.
    pub help: Option<String>,
    /// What the caller can do.
    pub trouble: Trouble,
    /// Where in the call's options.
    pub place: Option<ErrorPlace>,
    /// Facts: the condition, the last value seen, explain's findings.
    pub notes: Vec<String>,
    /// The page's address.
    pub url: Option<String>,
    /// The session's id.
    pub session: Option<String>,
    /// The step's number.
    pub step: Option<u64>,
    /// How long the step had run.
    pub elapsed: Option<Duration>,
    /// The page as far as it was received.
    pub page: Option<Arc<super::Page>>,
    /// What the script side attached: its own error value (a hook's or closure's error on its way through).
    pub script: Option<Arc<dyn std::any::Any + Send + Sync>>,
}

impl CrawlError {
    /// An error of a step with a code and a message.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: None,
            trouble: Trouble::Step,
            place: None,
            notes: Vec::new(),
            url: None,
            session: None,
            step: None,
            elapsed: None,
            page: None,
            script: None,
        }
    }

    /// Sets the next action.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the place in the call's options.
    #[must_use]
    pub fn at(mut self, option: &'static str, index: usize) -> Self {
        self.place = Some(ErrorPlace { option: option.into(), index, place: None, span: None });
        self
    }

    /// Sets the address of the page that it happened on.
    #[must_use]
    pub fn on(mut self, page: &super::Page) -> Self {
        self.url = Some(page.url().to_owned());
        self
    }
}

impl std::fmt::Display for CrawlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CrawlError {}
