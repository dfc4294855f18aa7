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
}
