//! The changes that the checks' suggestions mean.

use rhai::Position;

use crate::diag::Diagnostic;
use crate::script::sources::Script;
use crate::syntax::ArgumentFact;
use crate::text::{Span, nearest};

/// Adds the nearest known name as the change that mends the report.
#[must_use]
pub fn nearly(report: Diagnostic, name: &str, known: &[&str]) -> Diagnostic {
    match nearest(name, known.iter().copied()) {
        Some(near) => report.replace_by(near),
        None => report,
    }
}

/// Adds the nearest known word, in quotes, as the change that mends the report.
#[must_use]
pub fn nearly_quoted(report: Diagnostic, word: &str, known: &[&str]) -> Diagnostic {
    match nearest(word, known.iter().copied()) {
        Some(near) => report.replace_by(format!("\"{near}\"")),
        None => report,
    }
}

/// The named argument whose name is at a position, with the comma before it.
#[must_use]
pub fn argument_with_comma(script: &Script, position: Position) -> Option<Span> {
    let offset = script.offset(position)?;
    let named = |argument: &ArgumentFact| argument.name.as_ref().is_some_and(|(_, span)| span.start == offset);
    let calls = script.facts().calls.iter();
    calls
        .flat_map(|call| call.arguments.windows(2))
        .find_map(|pair| named(&pair[1]).then(|| Span::new(pair[0].value.end, pair[1].value.end)))
}
