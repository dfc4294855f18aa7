//! Puts the pieces on lines: indentation, and what is broken because a line is too long.

use super::breaks::{Breaks, Gap};
use super::piece::Piece;
use super::place::{Class, Shape};
use super::structure::Structure;

/// How many columns a line may have before it is broken.
const WIDTH: usize = 120;
const INDENT: usize = 2;

struct Layout<'a> {
    pieces: &'a [Piece<'a>],
    structure: &'a Structure,
    breaks: Breaks,
    /// The indentation of the line that each piece is on.
    indents: Vec<usize>,
    line_end: &'static str,
    text: String,
}

/// The text of the pieces, with `line_end` at the end of every line.
pub(super) fn lay_out(pieces: &[Piece<'_>], structure: &Structure, breaks: Breaks, line_end: &'static str) -> String {
    let text = String::with_capacity(pieces.iter().map(|piece| piece.text.len() + 2).sum());
    let mut layout = Layout { pieces, structure, breaks, indents: vec![0; pieces.len()], line_end, text };
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
            let end = (start + 1..self.pieces.len()).find(|at| self.breaks.begins_line(*at));
            let end = end.unwrap_or(self.pieces.len());
            let kept = (start..end).any(|at| self.breaks.kept[at]);
            let too_long = !kept && self.width(start, end, indent) > WIDTH;
            if !too_long {
                self.write(start, end, indent);
                return end;
            }
            if let Some(item) = self.item_to_move(start, end, indent) {
                self.breaks.gaps[item] = Gap::Line;
            } else if let Some(frame) = self.widest_frame(start, end) {
                self.breaks.break_frame(self.pieces, self.structure, frame);
            } else {
                self.write(start, end, indent);
                return end;
            }
        }
    }

    /// Of a list that the line holds a part of, the item that begins the next line: the last that could end on this one.
    fn item_to_move(&self, start: usize, end: usize, indent: usize) -> Option<usize> {
        let (mut found, mut widest, mut column) = (None, 0, indent);
        for at in start..end {
            let place = &self.structure.places[at];
            let frame = &self.structure.frames[place.frame];
            let over_lines = frame.open < start || frame.close >= end;
            let list = frame.shape.is_list() && over_lines && frame.members.first() != Some(&at);
            if at > start && place.starts && list && !self.pieces[at - 1].is_comment() {
                if found.is_some() && widest > WIDTH {
                    break;
                }
                found = Some(at);
            }
            (widest, column) = self.advance(start, at, widest, column);
        }
        found
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

    /// The columns of the line's longest part; a comment at its end does not count.
    fn width(&self, start: usize, end: usize, indent: usize) -> usize {
        let end = if end > start + 1 && self.pieces[end - 1].is_comment() { end - 1 } else { end };
        (start..end).fold((0, indent), |(widest, column), at| self.advance(start, at, widest, column)).0
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

    /// The widest bracket that opens and closes on the line and has something to break.
    fn widest_frame(&self, start: usize, end: usize) -> Option<usize> {
        let (mut column, mut ends, mut tall) = (0, Vec::new(), Vec::new());
        for at in start..end {
            (_, column) = self.advance(start, at, 0, column);
            ends.push(column);
            tall.push(tall.last().unwrap_or(&0) + usize::from(self.pieces[at].is_tall()));
        }
        let opened = (start..end).filter(|at| self.structure.places[*at].class == Class::Open);
        let frames = opened.filter_map(|at| self.structure.places[at].own).filter(|own| {
            let frame = &self.structure.frames[*own];
            let mut items = frame.members.iter().filter(|at| self.structure.places[**at].starts);
            let least = if frame.shape.is_block() { 0 } else { 1 };
            frame.close < end && items.nth(least).is_some() && tall[frame.open - start] == tall[frame.close - start]
        });
        // Of frames that are equally wide the outer one comes first.
        frames.rev().max_by_key(|own| {
            let frame = &self.structure.frames[*own];
            ends[frame.close - start] - ends[frame.open - start]
        })
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
