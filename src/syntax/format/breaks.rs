//! Where lines end: the author's line breaks, put right where the style has a say.

use super::piece::Piece;
use super::place::{Class, Shape};
use super::space::is_spaced;
use super::structure::Structure;

/// What stands before a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    None,
    Space,
    Line,
    /// A line break and a blank line.
    Blank,
}

/// The gap before each piece.
pub(super) struct Breaks {
    pub(super) gaps: Vec<Gap>,
    /// Pieces that keep what stands before them.
    pub(super) kept: Vec<bool>,
    /// Further blanks that align a schema's values.
    pub(super) padding: Vec<usize>,
}

impl Breaks {
    /// Decides every gap by the rules that look at no width.
    pub(super) fn of(pieces: &[Piece<'_>], structure: &Structure) -> Self {
        let mut breaks =
            Self { gaps: vec![Gap::None; pieces.len()], kept: kept(pieces), padding: vec![0; pieces.len()] };
        for at in 1..pieces.len() {
            breaks.gaps[at] = breaks.authored(pieces, structure, at);
        }
        for frame in 0..structure.frames.len() {
            if breaks.is_broken(structure, frame) {
                breaks.break_frame(pieces, structure, frame);
            }
        }
        breaks
    }

    /// Whether a line begins with the piece.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        matches!(self.gaps[at], Gap::Line | Gap::Blank)
    }

    fn authored(&self, pieces: &[Piece<'_>], structure: &Structure, at: usize) -> Gap {
        let spaced = if is_spaced(pieces, structure, at) { Gap::Space } else { Gap::None };
        let after_opening = structure.places[at - 1].class == Class::Open;
        let before_closing = structure.places[at].class == Class::Close;
        match pieces[at].breaks() {
            0 => spaced,
            _ if after_opening && before_closing => spaced,
            _ if !self.kept[at] && joins(pieces, structure, at) => spaced,
            1 => Gap::Line,
            _ if after_opening || before_closing => Gap::Line,
            _ => Gap::Blank,
        }
    }

    /// Whether a block has a line break where it would have them all; the text itself has.
    fn is_broken(&self, structure: &Structure, frame: usize) -> bool {
        let frame = &structure.frames[frame];
        let statements = frame.shape.holds_statements() || frame.shape == Shape::Schema;
        let breaks = |at: usize| {
            let place = &structure.places[at];
            let comment = matches!(place.class, Class::LineComment | Class::BlockComment);
            (place.starts || comment) && self.begins_line(at)
        };
        let closed = || self.gaps.get(frame.close).is_some() && self.begins_line(frame.close);
        statements && (frame.shape == Shape::Top || frame.members.iter().any(|at| breaks(*at)) || closed())
    }

    /// Puts every item of the frame, and its closing bracket, on a line of its own.
    pub(super) fn break_frame(&mut self, pieces: &[Piece<'_>], structure: &Structure, frame: usize) {
        let frame = &structure.frames[frame];
        let mut starts = frame.members.iter().copied().filter(|at| structure.places[*at].starts).peekable();
        let filled = !frame.members.is_empty();
        if frame.shape == Shape::Top {
            starts.next();
        }
        for at in starts {
            self.break_before(pieces, at);
        }
        if filled && frame.shape != Shape::Top && !self.begins_line(frame.close) && !self.kept[frame.close] {
            self.gaps[frame.close] = Gap::Line;
        }
        if frame.shape == Shape::Schema {
            self.align(pieces, structure, &frame.members);
        }
    }

    /// Breaks before the piece and the comments that lead to it on its line.
    fn break_before(&mut self, pieces: &[Piece<'_>], piece: usize) {
        let mut at = piece;
        while !self.begins_line(at) && !self.kept[at] {
            if at > 0 && pieces[at - 1].is_comment() {
                at -= 1;
            } else {
                self.gaps[at] = Gap::Line;
            }
        }
    }

    /// Pads the values of a schema's fields to one column.
    fn align(&mut self, pieces: &[Piece<'_>], structure: &Structure, members: &[usize]) {
        let fields = members.windows(3).filter(|field| {
            let contiguous = field[1] == field[0] + 1 && field[2] == field[0] + 2;
            contiguous && structure.places[field[0]].starts && structure.places[field[1]].class == Class::Colon
        });
        let fields: Vec<(usize, usize)> = fields
            .filter(|field| !self.begins_line(field[1]) && !self.begins_line(field[2]) && !self.kept[field[2]])
            .map(|field| (field[2], pieces[field[0]].text.chars().count()))
            .collect();
        let widest = fields.iter().map(|(_, width)| *width).max().unwrap_or(0);
        for (value, width) in fields {
            self.padding[value] = widest - width;
        }
    }
}

/// Whether the piece belongs to the line before it, where the author began another.
fn joins(pieces: &[Piece<'_>], structure: &Structure, at: usize) -> bool {
    let (before, place) = (&structure.places[at - 1], &structure.places[at]);
    if pieces[at - 1].is_comment() {
        return false;
    }
    match place.class {
        Class::Comma | Class::Semicolon => true,
        Class::Open if structure.shape(at).is_some_and(Shape::is_block) => {
            let operand = matches!(before.class, Class::Word | Class::Keyword | Class::Literal | Class::BarClose);
            let list = structure.shape(at - 1).is_some_and(|shape| !shape.is_block());
            !place.starts && (operand || (before.class == Class::Close && list) || pieces[at - 1].is_symbol("=>"))
        }
        _ => place.resumes,
    }
}

/// The pieces between the start of a line and a string on it that depends on its column; also those after a lone
/// carriage return, which ends a comment but no line.
fn kept(pieces: &[Piece<'_>]) -> Vec<bool> {
    let mut kept: Vec<bool> = pieces.iter().map(|piece| piece.breaks() == 0 && piece.gap.contains('\r')).collect();
    for at in (0..pieces.len()).filter(|at| pieces[*at].hangs_on_its_column()) {
        let mut on_line = at;
        loop {
            kept[on_line] = true;
            if pieces[on_line].breaks() > 0 || on_line == 0 || pieces[on_line - 1].is_tall() {
                break;
            }
            on_line -= 1;
        }
    }
    kept
}
