//! The pieces that a script is laid out from: its tokens, a back-tick string with all that is in it being one.

use super::super::token::{StringKind, Token, TokenKind};
use super::place::Marks;
use crate::text::Span;

/// One unbreakable piece of text and what stood before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) kind: TokenKind,
    /// The token's text; a line comment without the blanks at its end.
    pub(super) text: &'a str,
    pub(super) span: Span,
    /// The white space between it and the piece before.
    pub(super) gap: &'a str,
}

impl Piece<'_> {
    /// How many line ends stood before it.
    pub(super) fn breaks(&self) -> usize {
        self.gap.bytes().filter(|byte| *byte == b'\n').count()
    }

    pub(super) fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::BlockComment)
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    /// Whether the piece itself goes over several lines.
    pub(super) fn is_tall(&self) -> bool {
        self.text.contains('\n')
    }

    /// Whether what the string says depends on the column it stands in.
    pub(super) fn hangs_on_its_column(&self) -> bool {
        self.kind == TokenKind::String(StringKind::Quoted) && self.is_tall()
    }
}

/// The pieces of `text`, whose tokens are `tokens`.
pub(super) fn pieces<'a>(text: &'a str, tokens: &[Token], marks: &Marks) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece<'a>> = Vec::with_capacity(tokens.len());
    let (mut end, mut at) = (0, 0);
    while let Some(token) = tokens.get(at) {
        let last = match token.kind {
            TokenKind::TemplateStart => template_end(tokens, at),
            TokenKind::Symbol if is_shift(text, tokens, at, marks) => at + 1,
            _ => at,
        };
        let span = Span::new(token.span.start, tokens[last].span.end);
        let whole = &text[span.start..span.end];
        let (kind, whole) = match token.kind {
            TokenKind::TemplateStart => (TokenKind::String(StringKind::Template), whole),
            TokenKind::LineComment => (token.kind, whole.trim_end()),
            kind => (kind, whole),
        };
        pieces.push(Piece { kind, text: whole, span, gap: &text[end..span.start] });
        end = span.end;
        at = last + 1;
    }
    pieces
}

/// The token that ends the back-tick string that begins at `start`.
fn template_end(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.kind {
            TokenKind::TemplateStart => depth += 1,
            TokenKind::TemplateEnd => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len() - 1
}

/// Whether `<` or `>` and the token right after it are one operator to Rhai, `<<` or `>>`.
fn is_shift(text: &str, tokens: &[Token], at: usize, marks: &Marks) -> bool {
    let (token, Some(next)) = (&tokens[at], tokens.get(at + 1)) else { return false };
    let sign = token.text(text);
    matches!(sign, "<" | ">")
        && next.text(text) == sign
        && token.span.end == next.span.start
        && !marks.is_angle(token.span.start)
        && !marks.is_angle(next.span.start)
}
