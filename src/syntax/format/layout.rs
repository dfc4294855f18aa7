//! Puts the pieces on lines: indentation, and what is broken because a line is too long.

use super::breaks::{Breaks, Gap};
use super::measure::Measure;
use super::piece::Piece;
use super::place::{Class, Frame, Shape};
use super::structure::Structure;

/// How many columns a line may have before it is broken.
const WIDTH: usize = 120;
const INDENT: usize = 2;

struct Layout<'a> {
    pieces: &'a [Piece<'a>],
    structure: &'a Structure,
    breaks: Breaks,
    measure: Measure,
    /// The indentation of the line that each piece is on.
    indents: Vec<usize>,
    line_end: &'static str,
    text: String,
}

/// The text of the pieces, with `line_end` at the end of every line.
pub(super) fn lay_out(pieces: &[Piece<'_>], structure: &Structure, breaks: Breaks, line_end: &'static str) -> String {
    let text = String::with_capacity(pieces.iter().map(|piece| piece.text.len() + 2).sum());
    let measure = Measure::of(pieces, structure, &breaks);
    let mut layout = Layout { pieces, structure, breaks, measure, indents: vec![0; pieces.len()], line_end, text };
    let mut at = 0;
    while at < pieces.len() {
        at = layout.line(at);
    }
    layout.text
}

impl Layout<'_> {
    /// Writes the line that begins with piece `start`; returns the piece that begins the next one.
    fn line(&mut self, start: usize) -> usize {
        let indent = self.indent(start);
        loop {
            let end = self.measure.line_end(start);
            if self.measure.keeps(start, end) || self.overflow(start, end, indent).is_none() {
                self.write(start, end, indent);
                return end;
            }
            if let Some(item) = self.item_to_move(start, end, indent) {
                self.breaks.gaps[item] = Gap::Line;
                self.measure.begin(self.structure, item);
            } else if let Some(frame) = self.measure.widest_frame(self.structure, start, end) {
                self.breaks.break_frame(self.pieces, self.structure, frame);
                self.measure.begin_in(self.structure, &self.breaks, frame);
            } else {
                self.write(start, end, indent);
                return end;
            }
        }
    }

    /// Of a list that the line holds a part of, the item that begins the next line: the last that could end on this one.
    fn item_to_move(&self, start: usize, end: usize, indent: usize) -> Option<usize> {
        let over = self.overflow(start, end, indent)?;
        let moves = |at: &usize| {
            let frame = self.structure.places[*at].frame;
            let Frame { open, close, .. } = self.structure.frames[frame];
            let over_lines = open < start || close >= end;
            over_lines && self.structure.moves(frame, *at) && !self.pieces[*at - 1].is_comment()
        };
        let text = (self.pieces, self.structure);
        let before = (start + 1..=over).rev().find(moves);
        before.or_else(|| self.measure.next_item(text, over + 1, (start, end)))
    }

    fn indent(&self, at: usize) -> usize {
        if self.breaks.kept[at] {
            return self.pieces[at].gap.rsplit('\n').next().map_or(0, |blanks| blanks.chars().count());
        }
        let place = &self.structure.places[at];
        if let (Class::Close, Some(own)) = (place.class, place.own) {
            return self.indents[self.structure.frames[own].head];
        }
        let frame = &self.structure.frames[place.frame];
        let base = if frame.shape == Shape::Top { 0 } else { self.indents[frame.head] + INDENT };
        if self.goes_on(at) { base + INDENT } else { base }
    }

    /// Whether a line that begins with the piece goes on with what the line before began.
    fn goes_on(&self, at: usize) -> bool {
        let place = |at: usize| &self.structure.places[at];
        let next = (at..self.pieces.len()).find(|next| !self.pieces[*next].is_comment()).map(place);
        let before = (0..at).rev().find(|before| !self.pieces[*before].is_comment()).map(place);
        let begun = before.is_some_and(|before| !matches!(before.class, Class::Open | Class::Semicolon));
        begun && next.is_some_and(|next| next.class != Class::Close && !next.starts && !next.resumes)
    }

    /// The first piece of the line that does not fit on it; a comment at its end always does.
    fn overflow(&self, start: usize, end: usize, indent: usize) -> Option<usize> {
        let end = if end > start + 1 && self.pieces[end - 1].is_comment() { end - 1 } else { end };
        let (mut widest, mut column) = (0, indent);
        (start..end).find(|at| {
            (widest, column) = self.advance(start, *at, widest, column);
            widest > WIDTH
        })
    }

    /// The widest line and the last column after one more piece of the line that begins with `start`.
    fn advance(&self, start: usize, at: usize, widest: usize, column: usize) -> (usize, usize) {
        let blanks = match self.breaks.kept[at] {
            _ if at == start => 0,
            true => self.pieces[at].gap.chars().count(),
            false => self.blanks(at),
        };
        let mut lines = self.pieces[at].text.split('\n').map(|line| line.chars().count());
        let first = column + blanks + lines.next().unwrap_or(0);
        let last = lines.next_back().unwrap_or(first);
        (widest.max(first).max(last), last)
    }

    /// How many blanks stand before a piece that does not begin a line.
    fn blanks(&self, at: usize) -> usize {
        usize::from(self.breaks.gaps[at] == Gap::Space) + self.breaks.padding[at]
    }

    fn write(&mut self, start: usize, end: usize, indent: usize) {
        if self.breaks.gaps[start] == Gap::Blank {
            self.text.push_str(self.line_end);
        }
        if self.breaks.kept[start] {
            self.text.push_str(self.pieces[start].gap.rsplit('\n').next().unwrap_or(""));
        } else {
            self.text.push_str(&" ".repeat(indent));
        }
        for at in start..end {
            if at > start && self.breaks.kept[at] {
                self.text.push_str(self.pieces[at].gap);
            } else if at > start {
                self.text.push_str(&" ".repeat(self.blanks(at)));
            }
            self.text.push_str(self.pieces[at].text);
            self.indents[at] = indent;
        }
        self.text.push_str(self.line_end);
    }
}
