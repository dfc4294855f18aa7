//! What a piece is to its neighbours: a word or a keyword, a sign between operands or before one.

use super::super::token::{TokenKind, is_keyword};
use super::piece::Piece;
use super::place::Class;
use super::structure::Walk;

impl Walk<'_> {
    /// The class of the piece at hand.
    pub(super) fn class(&self, at: usize) -> Class {
        let piece = &self.pieces[at];
        match piece.kind {
            TokenKind::Identifier => {
                let member = self.state().previous.is_some_and(|before| self.places[before].class == Class::Dot);
                let key = self.next(at).is_some_and(|next| next.is_symbol(":"));
                let value = matches!(piece.text, "true" | "false" | "this");
                if is_keyword(piece.text) && !member && !key && !value { Class::Keyword } else { Class::Word }
            }
            TokenKind::Symbol => self.symbol(at),
            _ => Class::Literal,
        }
    }

    fn symbol(&self, at: usize) -> Class {
        let piece = &self.pieces[at];
        match piece.text {
            "(" | "[" | "?[" | "#{" | "{" => Class::Open,
            "<" if self.marks.opens_angle(piece.span.start) => Class::Open,
            "," => Class::Comma,
            ";" => Class::Semicolon,
            ":" => Class::Colon,
            "." | "?." | "::" => Class::Dot,
            ".." | "..=" => Class::Range,
            "||" if !self.operand(at) => Class::BarClose,
            "|" if !self.operand(at) && self.has_parameters(at) => Class::BarOpen,
            "-" | "+" | "!" if !self.operand(at) => Class::Unary,
            "!" if self.next(at).is_some_and(|next| next.is_symbol("(")) => Class::Bang,
            _ => Class::Binary,
        }
    }

    fn has_parameters(&self, at: usize) -> bool {
        let parameter =
            |piece: &&Piece<'_>| piece.is_comment() || piece.kind == TokenKind::Identifier || piece.is_symbol(",");
        self.pieces[at + 1..].iter().find(|piece| !parameter(piece)).is_some_and(|piece| piece.is_symbol("|"))
    }

    /// Whether an operand ends before the piece, so that an operator follows it.
    fn operand(&self, at: usize) -> bool {
        let Some(before) = self.state().previous.filter(|_| !self.starts(at)) else { return false };
        matches!(self.places[before].class, Class::Word | Class::Literal | Class::Close)
    }
}
