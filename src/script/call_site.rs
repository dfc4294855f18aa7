//! A call in the user's text: its extent, its arguments, and places inside string literals among them.

use crate::syntax::{StringLiteral, Token, TokenKind, token_at};
use crate::text::{LineColumn, Source, Span};

/// A call found by the place of its name.
pub struct CallSite<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// The name.
    pub name: Span,
    open: usize,
    close: usize,
}

/// An argument of a call.
pub struct Argument {
    /// Its name, when it is given by name.
    pub name: Option<String>,
    /// Its value.
    pub value: Span,
    first: usize,
    last: usize,
}

impl<'a> CallSite<'a> {
    /// The call whose name stands at `offset`.
    #[must_use]
    pub fn at(text: &'a str, tokens: &'a [Token], offset: usize) -> Option<Self> {
        let name = token_at(tokens, offset)?.span;
        let index = tokens.partition_point(|token| token.span.start < name.start);
        let open = (index..tokens.len()).find(|i| *i > index && !tokens[*i].is_comment())?;
        if tokens[open].text(text) != "(" {
            return None;
        }
        let close = closing(text, tokens, open)?;
        Some(Self { text, tokens, name, open, close })
    }

    /// From the name to the closing parenthesis.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.name.start, self.tokens[self.close].span.end)
    }

    /// Its arguments in order.
    #[must_use]
    pub fn arguments(&self) -> Vec<Argument> {
        let mut out = Vec::new();
        let mut start = self.open + 1;
        let mut depth = 0_i32;
        for index in self.open + 1..=self.close {
            let token = &self.tokens[index];
            let symbol = token.text(self.text);
            if index == self.close || (depth == 0 && symbol == ",") {
                out.extend(self.argument(start, index));
                start = index + 1;
            } else if opens(token, symbol) {
                depth += 1;
            } else if closes(token, symbol) {
                depth -= 1;
            }
        }
        out
    }

    fn argument(&self, start: usize, end: usize) -> Option<Argument> {
        let mut solid = (start..end).filter(|i| !self.tokens[*i].is_comment());
        let first = solid.next()?;
        let second = solid.next();
        let named = second.is_some_and(|i| self.tokens[i].text(self.text) == ":")
            && self.tokens[first].kind == TokenKind::Identifier;
        let name = named.then(|| self.tokens[first].text(self.text).to_owned());
        let first = if named { solid.next()? } else { first };
        let last = (first..end).rev().find(|i| !self.tokens[*i].is_comment())?;
        let value = Span::new(self.tokens[first].span.start, self.tokens[last].span.end);
        Some(Argument { name, value, first, last })
    }

    /// The argument given by that name, or else at that position.
    #[must_use]
    pub fn find(&self, name: &str, position: Option<usize>) -> Option<Argument> {
        let mut arguments = self.arguments();
        let by_name = arguments.iter().position(|argument| argument.name.as_deref() == Some(name));
        let at = by_name.or_else(|| position.filter(|at| arguments.get(*at).is_some_and(|a| a.name.is_none())))?;
        Some(arguments.swap_remove(at))
    }

    /// The string literal number `index` in an argument.
    #[must_use]
    pub fn literal(&self, argument: &Argument, index: usize) -> Option<StringLiteral> {
        let tokens = &self.tokens[argument.first..=argument.last];
        let strings = tokens.iter().filter_map(|token| StringLiteral::decode(self.text, token));
        let mut strings: Vec<StringLiteral> = strings.collect();
        (index < strings.len()).then(|| strings.swap_remove(index))
    }
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

fn closing(text: &str, tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        let symbol = token.text(text);
        if opens(token, symbol) {
            depth += 1;
        } else if closes(token, symbol) {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

fn opens(token: &Token, symbol: &str) -> bool {
    match token.kind {
        TokenKind::InterpolationOpen => true,
        TokenKind::Symbol => matches!(symbol, "(" | "[" | "{" | "#{"),
        _ => false,
    }
}

fn closes(token: &Token, symbol: &str) -> bool {
    match token.kind {
        TokenKind::InterpolationClose => true,
        TokenKind::Symbol => matches!(symbol, ")" | "]" | "}"),
        _ => false,
    }
}
