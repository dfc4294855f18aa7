//! Whether a text wants another line: for input that is typed line by line.

use super::SyntaxError;
use super::lexer::scan;
use super::rewrite::ending;

/// How a text stands at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// It can be run.
    Complete,
    /// Further lines can complete it; the error says what is open and where it was opened.
    Incomplete {
        /// What is open; nothing when the text ends in an operator.
        open: Option<SyntaxError>,
    },
    /// No further line can mend it.
    Broken(Vec<SyntaxError>),
}

/// Tells whether `text` is complete, wants more lines, or is broken.
#[must_use]
pub fn completeness(text: &str) -> Completeness {
    let mut scan = scan(text);
    let continued = text.trim_end_matches(['\n', '\r']).ends_with('\\');
    let swallowed = scan.open_at_end.and_then(|span| {
        let quoted = matches!(&text[span.start..span.end], "\"" | "'");
        let at = scan.errors.iter().position(|error| error.span == span).filter(|_| !quoted || continued)?;
        Some(scan.errors.remove(at))
    });
    let ending = ending(text, &scan.tokens);
    scan.errors.extend(ending.errors);
    if !scan.errors.is_empty() {
        scan.errors.sort_by_key(|error| error.span);
        return Completeness::Broken(scan.errors);
    }
    match swallowed.or(ending.open) {
        None if !ending.dangling => Completeness::Complete,
        open => Completeness::Incomplete { open },
    }
}
