//! Whether a blank stands between two pieces of one line.

use super::super::lexer::lex;
use super::piece::Piece;
use super::place::{Class, Shape};
use super::structure::Structure;

/// Whether a blank stands before the piece `at`, which follows another one on its line.
pub(super) fn is_spaced(pieces: &[Piece<'_>], structure: &Structure, at: usize) -> bool {
    if wants(pieces, structure, at) {
        return true;
    }
    // `5.` is a number unless a name follows.
    let after_dot = pieces.get(at + 1).filter(|_| structure.places[at].class == Class::Dot);
    glues(pieces[at - 1].text, pieces[at].text, after_dot.map_or("", |piece| piece.text))
}

fn wants(pieces: &[Piece<'_>], structure: &Structure, at: usize) -> bool {
    let (before, next) = (structure.places[at - 1].class, structure.places[at].class);
    if next == Class::LineComment {
        return true;
    }
    match (bracket(structure, at - 1, Class::Open), bracket(structure, at, Class::Close)) {
        (Some(open), Some(_)) => return open == Shape::Angle,
        (Some(open), None) => return !is_tight(open),
        (None, Some(close)) => return !is_tight(close),
        (None, None) => {}
    }
    match (before, next) {
        (_, Class::Comma | Class::Semicolon) => false,
        (Class::Comma | Class::Semicolon, _) => true,
        (_, Class::BlockComment) | (Class::BlockComment, _) => true,
        (Class::Range, Class::Open) => structure.shape(at).is_some_and(Shape::is_block),
        (Class::Dot | Class::Range | Class::Unary | Class::Bang | Class::BarOpen, _) => false,
        (_, Class::Dot | Class::Range | Class::Colon | Class::Bang) => false,
        (Class::Colon | Class::BarClose, _) => true,
        (_, Class::BarClose) => !closes_parameters(pieces, at),
        (_, Class::Open) => !opens_tight(pieces, structure, at),
        _ => true,
    }
}

/// Whether the `|` ends a closure's parameters; `||` is a closure of its own.
fn closes_parameters(pieces: &[Piece<'_>], at: usize) -> bool {
    pieces[at].text == "|"
}

fn bracket(structure: &Structure, at: usize, class: Class) -> Option<Shape> {
    structure.shape(at).filter(|_| structure.places[at].class == class)
}

fn is_tight(shape: Shape) -> bool {
    matches!(shape, Shape::Round | Shape::Square)
}

/// Whether the bracket belongs to the operand right before it: a call, an index.
fn opens_tight(pieces: &[Piece<'_>], structure: &Structure, at: usize) -> bool {
    if !structure.shape(at).is_some_and(is_tight) {
        return false;
    }
    match structure.places[at - 1].class {
        Class::Word | Class::Literal => true,
        // What follows a block may go on with its value or not: that is the author's to tell.
        Class::Close if structure.shape(at - 1).is_some_and(Shape::is_block) => pieces[at].gap.is_empty(),
        Class::Close => true,
        _ => false,
    }
}

/// Whether two pieces written side by side, and what comes right after them, would be read as other ones.
fn glues(before: &str, next: &str, after: &str) -> bool {
    // Two signs to our lexer, one to Rhai's.
    if before == "+" && next == "+" {
        return true;
    }
    let last = before.len();
    let side_by_side = format!("{before}{next}{after}");
    let tokens = lex(&side_by_side);
    !tokens.iter().any(|token| token.span.start == last)
}
