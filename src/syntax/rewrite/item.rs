//! The tokens that mean something, each knowing what lies between it and the one before.

use super::super::token::{Token, TokenKind};
use crate::text::Span;

/// A token that is no comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    /// Whether it stands on a later line than the item before.
    pub(super) newline_before: bool,
    /// Whether a comment stands between it and the item before.
    pub(super) comment_before: bool,
}

/// The items of a text.
pub(super) struct Items<'a> {
    text: &'a str,
    items: Vec<Item>,
}

impl<'a> Items<'a> {
    pub(super) fn new(text: &'a str, tokens: &[Token]) -> Self {
        let mut items = Vec::with_capacity(tokens.len());
        let mut end = 0;
        let mut comment_before = false;
        for token in tokens {
            if token.is_comment() {
                comment_before = true;
                continue;
            }
            let newline_before = text.as_bytes()[end..token.span.start].contains(&b'\n');
            items.push(Item { kind: token.kind, span: token.span, newline_before, comment_before });
            comment_before = false;
            end = token.span.end;
        }
        Self { text, items }
    }

    /// The whole text.
    pub(super) fn source(&self) -> &'a str {
        self.text
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Item> {
        self.items.get(at)
    }

    /// The item before `at`.
    pub(super) fn before(&self, at: usize) -> Option<&Item> {
        self.items.get(at.checked_sub(1)?)
    }

    /// The text of an item; empty past the end.
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.items.get(at).map_or("", |item| self.slice(item.span))
    }

    /// The text of the item before `at`.
    pub(super) fn text_before(&self, at: usize) -> &'a str {
        self.before(at).map_or("", |item| self.slice(item.span))
    }

    pub(super) fn slice(&self, span: Span) -> &'a str {
        &self.text[span.start..span.end]
    }

    /// Whether item `at` is the symbol `symbol`.
    pub(super) fn is_symbol(&self, at: usize, symbol: &str) -> bool {
        self.get(at).is_some_and(|item| item.kind == TokenKind::Symbol && self.slice(item.span) == symbol)
    }

    /// Whether item `at` is a word.
    pub(super) fn is_word(&self, at: usize) -> bool {
        self.get(at).is_some_and(|item| item.kind == TokenKind::Identifier)
    }

    /// Whether item `at` stands after `.`, `?.` or `::`, so that it is nobody's keyword.
    pub(super) fn is_member(&self, at: usize) -> bool {
        matches!(self.text_before(at), "." | "?." | "::")
    }

    /// Whether a comment or the end of the line or of the text follows item `at`.
    pub(super) fn ends_line(&self, at: usize) -> bool {
        match self.get(at + 1) {
            Some(next) => next.newline_before || next.comment_before,
            None => true,
        }
    }

    /// From the start of item `from` to the end of the item before `to`.
    pub(super) fn span(&self, from: usize, to: usize) -> Option<Span> {
        (from < to).then(|| Span::new(self.items[from].span.start, self.items[to - 1].span.end))
    }
}
