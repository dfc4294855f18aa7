//! A call in the user's text: its extent, its arguments, and places inside string literals among them.

use super::sources::Script;
use crate::syntax::{ArgumentFact, CallFact, StringLiteral};
use crate::text::{LineColumn, Source, Span};

/// The call whose name stands at `offset`.
#[must_use]
pub fn call_at(script: &Script, offset: usize) -> Option<&CallFact> {
    script.facts().calls.iter().find(|call| call.callee_span.start == offset)
}

/// The argument given by that name, or else at that position.
#[must_use]
pub fn argument<'c>(call: &'c CallFact, name: &str, position: Option<usize>) -> Option<&'c ArgumentFact> {
    let named = call.named().find(|argument| argument.name.as_ref().is_some_and(|(known, _)| known == name));
    named.or_else(|| call.arguments.get(position?).filter(|argument| argument.name.is_none()))
}

/// The string literal number `index` in a stretch of the text.
#[must_use]
pub fn literal(script: &Script, within: Span, index: usize) -> Option<StringLiteral> {
    let tokens = script.tokens().iter().filter(|token| within.contains(token.span.start));
    tokens.filter_map(|token| StringLiteral::decode(script.source.text(), token)).nth(index)
}

/// The source span of a place in a literal's text, given as a byte range or as line and column.
#[must_use]
pub fn inside(literal: &StringLiteral, span: Option<Span>, place: Option<(usize, usize)>) -> Option<Span> {
    if let Some(span) = span {
        let end = span.end.max(span.start + usize::from(span.start < literal.value.len()));
        return Some(literal.source_span(Span::new(span.start, end)));
    }
    let (line, column) = place?;
    let text = Source::new("", literal.value.clone());
    let start = text.offset(LineColumn { line, column });
    let word = literal.value[start..].char_indices().find(|(_, c)| !(c.is_alphanumeric() || *c == '_' || *c == '$'));
    let length = word.map_or(literal.value.len() - start, |(at, _)| at).max(1);
    Some(literal.source_span(Span::new(start, (start + length).min(literal.value.len().max(start)))))
}
