//! One problem with its places: plain data, made by every phase, shown by the renderer.

use std::time::Duration;

use crate::text::{Source, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The run or check fails.
    Error,
    /// The run goes on.
    Warning,
}

/// A place in a source with a few words about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The text that the span points into.
    pub source: Source,
    /// The place.
    pub span: Span,
    /// What is there, lower case, no full stop.
    pub text: String,
}

/// A change of the text that mends the problem, for editors; `help` says the same in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced, in the source of the primary label; empty for an insertion.
    pub span: Span,
    /// What takes its place; empty for a removal.
    pub text: String,
}

/// One problem: a stable code, what is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// `crawl::wait::timeout` and the like, listed in [`super::codes`].
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, the user's names in backticks.
    pub message: String,
    /// The place itself; `None` when no script is at fault (a missing browser).
    pub primary: Option<Label>,
    /// Further places: the call stack, innermost first, and related definitions.
    pub secondary: Vec<Label>,
    /// The next action.
    pub help: Option<String>,
    /// Changes that follow the suggestion in `help`, each of them enough.
    pub fixes: Vec<Fix>,
    /// Facts in order: url, session, explain's findings, kept files.
    pub notes: Vec<String>,
    /// Where the run stood.
    pub context: Context,
}

/// Where a run stood when the problem arose; empty for problems found before running.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Context {
    /// The page's address.
    pub url: Option<String>,
    /// The session's id.
    pub session: Option<String>,
    /// The step's number within the run, from 1.
    pub step: Option<u64>,
    /// How long the step had been running.
    pub elapsed: Option<Duration>,
}

impl Diagnostic {
    /// An error with nothing but a code and a message.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            help: None,
            fixes: Vec::new(),
            notes: Vec::new(),
            context: Context::default(),
        }
    }

    /// A warning with nothing but a code and a message.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Sets the place itself.
    #[must_use]
    pub fn at(mut self, source: &Source, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { source: source.clone(), span, text: text.into() });
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn also(mut self, source: &Source, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { source: source.clone(), span, text: text.into() });
        self
    }

    /// Sets the next action.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a change that mends the problem.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { span, text: text.into() });
        self
    }

    /// Adds the change that puts `text` in the place of the primary label's span.
    #[must_use]
    pub fn replace_by(self, text: impl Into<String>) -> Self {
        let span = self.primary.as_ref().map(|label| label.span);
        match span {
            Some(span) => self.fix(span, text),
            None => self,
        }
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}
