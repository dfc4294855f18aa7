//! Why a selector matches nothing.

use super::{Document, Selector};

/// What was found out about a selector without matches (LANGUAGE section 9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// The selector.
    pub selector: String,
    /// Findings in order of use, each one line: ``the longest part that matches: `ul.list` (1)``.
    pub findings: Vec<String>,
    /// A selector that does match, when one is near.
    pub suggestion: Option<String>,
}

/// Looks for the reasons in the document (and in its frames' documents).
#[must_use]
pub fn explain(_document: &Document, _frames: &[Document], selector: &Selector) -> Explanation {
    Explanation { selector: selector.to_string(), ..Explanation::default() }
}
