//! The rewrite of a `.crawl` text into plain Rhai: one linear pass over the tokens that collects edits and facts.

mod angle;
mod argument;
mod bracket;
mod edit;
mod facts;
mod frame;
mod item;
mod pass;
mod schema;
mod session;
mod word;

use super::SyntaxError;
use super::lexer::{MOST_ERRORS, scan};
use crate::text::{LineColumn, Source};
use pass::Pass;

pub(super) use pass::ends_with_block;

pub use edit::PositionMap;
pub use facts::{ArgumentFact, CallFact, CallKind, Facts, FunctionFact, ImportFact, SchemaFact, SessionFact};

/// The plain Rhai text and the way back.
#[derive(Debug, Clone)]
pub struct Rewritten {
    /// What Rhai parses.
    pub text: String,
    /// Offsets back to the original.
    pub map: PositionMap,
    /// What the pass saw.
    pub facts: Facts,
}

impl Rewritten {
    /// The original byte offset of a place in [`Self::text`], as Rhai's positions name it.
    #[must_use]
    pub fn original_offset(&self, place: LineColumn) -> usize {
        let lines = self.text.split_inclusive('\n');
        let start: usize = lines.take(place.line.saturating_sub(1)).map(str::len).sum();
        let line = self.text[start..].lines().next().unwrap_or("");
        let column = line.char_indices().nth(place.column.saturating_sub(1));
        self.map.to_original(start + column.map_or(line.len(), |(at, _)| at))
    }
}

/// Rewrites the whole text, or tells everything that is wrong with it, in the order of the text.
///
/// Lines stay lines; a text without a form of ours comes out as it went in.
pub fn rewrite(source: &Source) -> Result<Rewritten, Vec<SyntaxError>> {
    let text = source.text();
    let scan = scan(text);
    let mut errors = scan.errors;
    let mut outcome = Pass::new(text, &scan.tokens).run();
    word::method_names(text, &scan.tokens, &mut outcome.edits);
    // What swallowed the rest of the text, or of its line, also swallowed the closing brackets.
    let missed = |error: &SyntaxError| errors.iter().any(|string| swallowed(string, error));
    let (brackets, open) = (outcome.errors, outcome.open.filter(|_| scan.open_at_end.is_none()));
    let brackets: Vec<SyntaxError> = brackets.into_iter().chain(open).filter(|error| !missed(error)).collect();
    errors.extend(brackets);
    if errors.is_empty() {
        let (text, map) = outcome.edits.apply(text);
        return Ok(Rewritten { text, map, facts: outcome.facts });
    }
    errors.sort_by_key(|error| error.span);
    errors.truncate(MOST_ERRORS);
    Err(errors)
}

/// What the pass sees of a text, whatever is wrong with it: for those who help while it is being written.
#[must_use]
pub fn facts(text: &str, tokens: &[super::Token]) -> Facts {
    Pass::new(text, tokens).run().facts
}

/// Whether the string that is not closed stands between a bracket and the place where it was missed.
fn swallowed(string: &SyntaxError, bracket: &SyntaxError) -> bool {
    let before = bracket.span.start < string.span.start;
    let missed_after = bracket.related.is_empty() || bracket.related.iter().any(|(at, _)| *at > string.span);
    string.code == "crawl::syntax::unclosed_string" && bracket.code == bracket::UNCLOSED && before && missed_after
}

/// What a text is missing at its end, and what is wrong before it.
pub(super) struct Ending {
    /// Errors that no further line can mend.
    pub(super) errors: Vec<SyntaxError>,
    /// The bracket, block or form still open.
    pub(super) open: Option<SyntaxError>,
    /// Whether the last token is an operator that wants its right side.
    pub(super) dangling: bool,
}

/// Runs the pass over tokens for the sake of how the text ends.
pub(super) fn ending(text: &str, tokens: &[super::Token]) -> Ending {
    let outcome = Pass::new(text, tokens).run();
    Ending { errors: outcome.errors, open: outcome.open, dangling: outcome.dangling }
}
