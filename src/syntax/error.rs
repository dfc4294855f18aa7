//! What can be wrong with a script's text before Rhai sees it.

use crate::text::Span;

/// One problem of the text with its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// `crawl::syntax::…`.
    pub code: &'static str,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What is there, in a few words.
    pub label: String,
    /// Related places (each `>` that was taken one way and could be the other; the block's opening).
    pub related: Vec<(Span, String)>,
    /// The next action.
    pub help: Option<String>,
    /// The same as a change: what is replaced, and by what.
    pub fix: Option<(Span, String)>,
}

impl SyntaxError {
    /// An error with one place and no help yet.
    #[must_use]
    pub fn new(code: &'static str, span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { code, message: message.into(), span, label: label.into(), related: Vec::new(), help: None, fix: None }
    }

    /// Adds the next action.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the change that `help` means.
    #[must_use]
    pub fn with_fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some((span, text.into()));
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn with_related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }
}
