//! Where the cursor stands at the end of a text: in which call, at which of its arguments, inside which string.

use super::analysis::Analysis;
use crate::syntax::{TokenKind, scan};
use crate::text::Source;

/// The surroundings of the end of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The name before the bracket around it; nothing inside a map.
    pub call: Option<String>,
    /// Which argument of the call; a list in an argument counts as the argument.
    pub argument: Argument,
    /// Whether an argument, or its name, begins right at the word that is typed.
    pub fresh: bool,
    /// Where the text of the string begins that is open at the end.
    pub string: Option<usize>,
    /// The word right before the string, such as `import` or `at`.
    pub before: Option<String>,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// By its number, from 0.
    Position(usize),
    /// By its name.
    Named(String),
}

impl Default for Argument {
    fn default() -> Self {
        Self::Position(0)
    }
}

impl Place {
    /// The place at the end of `text`, which is what stands before the cursor.
    #[must_use]
    pub fn at_end(text: &str) -> Self {
        let open = scan(text).open_at_end.filter(|span| {
            let quote = text.get(span.start..).unwrap_or_default();
            // What is typed in an interpolation is code.
            let code = quote.rfind("${").is_some_and(|at| !quote[at..].contains('}'));
            quote.starts_with('"') || (quote.starts_with('`') && !code)
        });
        let limit = open.map_or(text.len(), |span| span.start);
        let analysis = Analysis::new(Source::new("", text));
        let last = analysis.solid.partition_point(|token| token.span.end <= limit);
        let word = |index: Option<usize>| index.and_then(|index| analysis.solid.get(index));
        let before = word(last.checked_sub(1)).filter(|token| token.kind == TokenKind::Identifier);
        let begun = before.filter(|token| open.is_none() && token.span.end == text.len());
        let mark = last.checked_sub(1 + usize::from(begun.is_some())).map_or("", |index| analysis.word(index));
        let call = analysis.open_call(limit).filter(|call| !call.in_map);
        let fresh = matches!(mark, "(" | ",") && call.as_ref().is_some_and(|call| !call.nested);
        let (call, argument) = call.map_or((None, Argument::default()), |call| {
            (Some(call.callee), call.name.map_or(Argument::Position(call.index), Argument::Named))
        });
        let string = open.map(|span| span.start + 1);
        Self { call, argument, fresh, string, before: before.map(|token| token.text(text).to_owned()) }
    }
}
