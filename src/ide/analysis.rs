//! A text with its tokens, what the rewrite sees of it, and its names: made once per version, asked by all else here.

use std::sync::OnceLock;

use super::names::Names;
use crate::syntax::{CallKind, Facts, Token, TokenKind, facts, is_keyword, lex};
use crate::text::{Source, Span};

/// What is known of one version of a text, finished or not.
#[derive(Debug)]
pub struct Analysis {
    /// The text.
    pub source: Source,
    /// All tokens.
    pub tokens: Vec<Token>,
    /// The tokens that are no comments.
    pub solid: Vec<Token>,
    /// What the rewrite sees.
    pub facts: Facts,
    names: OnceLock<Names>,
}

/// What an offset lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surrounding {
    /// A comment.
    Comment,
    /// A string literal, or the literal part of one with interpolations.
    Text(Token),
    /// Anything else.
    Code,
}

/// A call whose arguments an offset lies in, whether or not it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCall {
    /// The word before the bracket.
    pub callee: String,
    /// Its place.
    pub callee_span: Span,
    /// How it is called.
    pub kind: CallKind,
    /// How many arguments stand before the one at hand.
    pub index: usize,
    /// The name of the argument at hand.
    pub name: Option<String>,
    /// The names given before it.
    pub given: Vec<String>,
    /// Whether the place is inside a list or map within the argument.
    pub nested: bool,
    /// Whether it is inside a map.
    pub in_map: bool,
}

impl Analysis {
    /// Reads a text. Linear in its length.
    #[must_use]
    pub fn new(source: Source) -> Self {
        let tokens = lex(source.text());
        let solid = tokens.iter().filter(|token| !token.is_comment()).copied().collect();
        let facts = facts(source.text(), &tokens);
        Self { source, tokens, solid, facts, names: OnceLock::new() }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// The script's own names and where they are used.
    #[must_use]
    pub fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::resolve(self))
    }

    /// The index among [`Self::solid`] of the word that covers `offset` or ends there.
    #[must_use]
    pub fn word_at(&self, offset: usize) -> Option<usize> {
        let after = self.solid.partition_point(|token| token.span.start <= offset);
        let index = after.checked_sub(1)?;
        let fits = |index: usize| {
            let token = self.solid.get(index)?;
            (token.kind == TokenKind::Identifier && offset <= token.span.end).then_some(index)
        };
        fits(index).or_else(|| fits(index.checked_sub(1)?))
    }

    /// The text of solid token `index`; empty past either end.
    #[must_use]
    pub fn word(&self, index: usize) -> &str {
        self.solid.get(index).map_or("", |token| token.text(self.text()))
    }

    /// The text of the solid token before `index`.
    #[must_use]
    pub fn word_before(&self, index: usize) -> &str {
        index.checked_sub(1).map_or("", |before| self.word(before))
    }

    /// What `offset` lies in.
    #[must_use]
    pub fn surrounding(&self, offset: usize) -> Surrounding {
        let after = self.tokens.partition_point(|token| token.span.start < offset);
        let Some(token) = after.checked_sub(1).and_then(|index| self.tokens.get(index)) else {
            return Surrounding::Code;
        };
        let inside = offset < token.span.end;
        match token.kind {
            TokenKind::LineComment if offset <= token.span.end => Surrounding::Comment,
            TokenKind::BlockComment if inside => Surrounding::Comment,
            TokenKind::String(_) | TokenKind::Character if inside || self.unclosed(token) => Surrounding::Text(*token),
            TokenKind::TemplateStart | TokenKind::TemplateMiddle if offset <= token.span.end => {
                Surrounding::Text(*token)
            }
            TokenKind::TemplateEnd if inside => Surrounding::Text(*token),
            _ => Surrounding::Code,
        }
    }

    /// Whether a literal lacks its closing quote, so that its end is still inside.
    fn unclosed(&self, token: &Token) -> bool {
        let text = token.text(self.text());
        let quote = text.trim_start_matches('#').chars().next().unwrap_or('"');
        text.len() < 2 || !text.trim_end_matches('#').ends_with(quote)
    }

    /// The `///` lines right above what begins at `start`, or else the `//` lines there, without their slashes.
    #[must_use]
    pub fn doc_above(&self, start: usize) -> String {
        let line = self.source.line_column(start).line;
        let above = |slashes: &str| {
            let texts = (1..line).rev().map(|above| self.source.slice(self.source.line_span(above)).trim());
            let lines = texts.map_while(|text| text.strip_prefix(slashes).filter(|rest| !rest.starts_with('!')));
            let mut lines: Vec<&str> = lines.map(|doc| doc.strip_prefix(' ').unwrap_or(doc)).collect();
            lines.reverse();
            lines.join("\n")
        };
        let doc = above("///");
        if doc.is_empty() { above("//") } else { doc }
    }

    /// The plain comment lines at the top of the text: what a module says of itself.
    #[must_use]
    pub fn lead(&self) -> String {
        let lines = self.text().lines().take_while(|line| line.starts_with("//") && !line.starts_with("///"));
        let bare =
            lines.map(|line| line.trim_start_matches(['/', '!']).trim()).filter(|line| !line.contains("needs: "));
        bare.collect::<Vec<_>>().join("\n")
    }

    /// The innermost call around `offset`.
    #[must_use]
    pub fn open_call(&self, offset: usize) -> Option<OpenCall> {
        let end = self.solid.partition_point(|token| token.span.end <= offset);
        let (mut depth, mut commas, mut nested, mut in_map) = (0_usize, 0_usize, false, false);
        let mut argument = end;
        let mut at = end;
        while let Some(index) = at.checked_sub(1) {
            at = index;
            match self.word(index) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "?[" | "{" | "#{" | "${" if depth > 0 => depth -= 1,
                "(" => {
                    let first = argument.min(end);
                    let first = if commas == 0 { index + 1 } else { first };
                    if let Some(mut call) = self.call_at_bracket(index, first, end) {
                        (call.index, call.nested, call.in_map) = (commas, nested, in_map);
                        return Some(call);
                    }
                    (commas, argument) = (0, end);
                }
                bracket @ ("[" | "?[" | "#{") => {
                    in_map |= bracket == "#{";
                    (commas, nested, argument) = (0, true, index);
                }
                "{" | "${" => return None,
                ";" if depth == 0 => return None,
                "," if depth == 0 => {
                    if commas == 0 {
                        argument = index + 1;
                    }
                    commas += 1;
                }
                "|" if depth == 0 => at = self.before_parameters(index),
                _ => {}
            }
        }
        None
    }

    /// Where the closure's parameters that end at `bar` begin; `bar` itself when it ends none.
    fn before_parameters(&self, bar: usize) -> usize {
        let mut at = bar;
        while let Some(before) = at.checked_sub(1) {
            match self.word(before) {
                "|" => return before,
                "," => {}
                _ if self.solid[before].kind == TokenKind::Identifier => {}
                _ => return bar,
            }
            at = before;
        }
        bar
    }

    fn call_at_bracket(&self, bracket: usize, argument: usize, end: usize) -> Option<OpenCall> {
        let callee = bracket.checked_sub(1)?;
        let token = self.solid[callee];
        let before = self.word_before(callee);
        let kind = match before {
            "." | "?." => CallKind::Method,
            "::" => CallKind::Module,
            _ => CallKind::Function,
        };
        let keyword = kind == CallKind::Function && is_keyword(self.word(callee));
        if token.kind != TokenKind::Identifier || keyword || before == "fn" {
            return None;
        }
        let name = (argument < end && self.is_key(argument)).then(|| self.word(argument).to_owned());
        let given = self.keys_between(bracket + 1, argument.min(end));
        let callee = self.word(callee).to_owned();
        Some(OpenCall { callee, callee_span: token.span, kind, index: 0, name, given, nested: false, in_map: false })
    }

    /// Whether solid token `index` is a name before a colon.
    #[must_use]
    pub fn is_key(&self, index: usize) -> bool {
        let word = self.solid.get(index).is_some_and(|token| token.kind == TokenKind::Identifier);
        word && self.word(index + 1) == ":"
    }

    /// The names before colons from one token to another, those in brackets left out.
    fn keys_between(&self, from: usize, to: usize) -> Vec<String> {
        let (mut depth, mut keys) = (0_i32, Vec::new());
        for index in from..to {
            match self.word(index) {
                "(" | "[" | "?[" | "{" | "#{" | "${" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                word if depth == 0 && self.is_key(index) => keys.push(word.to_owned()),
                _ => {}
            }
        }
        keys
    }
}
