//! Where lines begin, what may begin one, and which bracket of a line is the widest: each answer in logarithmic time, so
//! that one line of thousands of calls is laid out in no more than about linear time.

use std::collections::BTreeSet;

use super::breaks::{Breaks, Gap};
use super::piece::Piece;
use super::place::Class;
use super::structure::Structure;

/// What is known of all pieces, kept up to date while lines are broken.
pub(super) struct Measure {
    /// The pieces that begin a line.
    begins: BTreeSet<usize>,
    /// How many pieces before each keep what stands before them.
    kept: Vec<usize>,
    /// For each frame the pieces that begin an item of it.
    items: Vec<Vec<usize>>,
    /// Frames that go over several lines.
    broken: Vec<bool>,
    /// A tree of maxima over the pieces: for a bracket that can be broken its width and one more, else 0.
    widths: Vec<usize>,
}

impl Measure {
    pub(super) fn of(pieces: &[Piece<'_>], structure: &Structure, breaks: &Breaks) -> Self {
        let items = structure.frames.iter().map(|frame| {
            frame.members.iter().copied().filter(|at| structure.places[*at].starts).collect::<Vec<usize>>()
        });
        let mut measure = Self {
            begins: BTreeSet::new(),
            kept: prefix(pieces.len(), |at| usize::from(breaks.kept[at])),
            items: items.collect(),
            broken: vec![false; structure.frames.len()],
            widths: vec![0; pieces.len().next_power_of_two() * 2],
        };
        let columns = prefix(pieces.len(), |at| {
            usize::from(breaks.gaps[at] == Gap::Space) + breaks.padding[at] + pieces[at].text.chars().count()
        });
        let tall = prefix(pieces.len(), |at| usize::from(pieces[at].is_tall()));
        for frame in structure.frames.iter().skip(1) {
            let Some(own) = structure.places[frame.open].own else { continue };
            let least = if frame.shape.is_block() { 0 } else { 1 };
            let between = |sums: &[usize]| sums[frame.close + 1] - sums[frame.open + 1];
            if measure.items[own].len() > least && between(&tall) == 0 {
                measure.set(frame.open, between(&columns) + 1);
            }
        }
        (1..pieces.len()).filter(|at| breaks.begins_line(*at)).for_each(|at| measure.begin(structure, at));
        measure
    }

    /// The first piece after `start` that begins a line, or the number of pieces.
    pub(super) fn line_end(&self, start: usize) -> usize {
        self.begins.range(start + 1..).next().copied().unwrap_or(self.kept.len() - 1)
    }

    /// Whether a piece from `start` to before `end` keeps what stands before it.
    pub(super) fn keeps(&self, start: usize, end: usize) -> bool {
        self.kept[end] > self.kept[start]
    }

    /// Notes that a piece begins a line: no bracket around that is one line's any more.
    pub(super) fn begin(&mut self, structure: &Structure, at: usize) {
        self.begins.insert(at);
        let place = &structure.places[at];
        let mut frame = place.own.filter(|_| place.class == Class::Close).unwrap_or(place.frame);
        while frame != 0 && !self.broken[frame] {
            self.broken[frame] = true;
            let open = structure.frames[frame].open;
            self.set(open, 0);
            frame = structure.places[open].frame;
        }
    }

    /// The same for all pieces of a bracket that was broken.
    pub(super) fn begin_in(&mut self, structure: &Structure, breaks: &Breaks, frame: usize) {
        let frame = &structure.frames[frame];
        let pieces = frame.members.iter().copied().chain([frame.close]);
        pieces.filter(|at| breaks.begins_line(*at)).for_each(|at| self.begin(structure, at));
    }

    /// The frame of the widest bracket that opens and closes on the line and has something to break; of several the
    /// first, so that outer ones come before inner ones.
    pub(super) fn widest_frame(&self, structure: &Structure, start: usize, end: usize) -> Option<usize> {
        let half = self.widths.len() / 2;
        let (mut low, mut high) = (start + half, end + half);
        // Subtrees of the range from left to right.
        let (mut left, mut right) = (Vec::new(), Vec::new());
        while low < high {
            if low % 2 == 1 {
                left.push(low);
                low += 1;
            }
            if high % 2 == 1 {
                high -= 1;
                right.push(high);
            }
            (low, high) = (low / 2, high / 2);
        }
        let nodes = left.into_iter().chain(right.into_iter().rev());
        let mut best = nodes.rev().max_by_key(|node| self.widths[*node]).filter(|node| self.widths[*node] > 0)?;
        while best < half {
            best = if self.widths[best * 2] == self.widths[best] { best * 2 } else { best * 2 + 1 };
        }
        structure.places[best - half].own
    }

    /// The first item from `from` to before `end` of a list of which the line holds a part: one that is open at its
    /// start or at its end. What follows a comment is none, nor is a list's first item.
    pub(super) fn next_item(
        &self,
        (pieces, structure): (&[Piece<'_>], &Structure),
        from: usize,
        (start, end): (usize, usize),
    ) -> Option<usize> {
        let mut found: Option<usize> = None;
        let mut look = |frame: usize| {
            let items = &self.items[frame];
            let after = items.partition_point(|at| *at < from);
            let fits = |at: &&usize| **at < end && structure.moves(frame, **at) && !pieces[**at - 1].is_comment();
            let next = items[after..].iter().take_while(|at| **at < end).find(fits).copied();
            found = [found, next].into_iter().flatten().min();
        };
        let around = |frame: usize| structure.places[structure.frames[frame].open].frame;
        let mut frame = structure.places[start].frame;
        while frame != 0 {
            look(frame);
            if structure.frames[frame].close >= end {
                break;
            }
            frame = around(frame);
        }
        let last = structure.places.get(end);
        let mut frame =
            last.map_or(0, |place| place.own.filter(|_| place.class == Class::Close).unwrap_or(place.frame));
        while frame != 0 && structure.frames[frame].open >= start {
            look(frame);
            frame = around(frame);
        }
        found
    }

    fn set(&mut self, at: usize, width: usize) {
        let mut node = at + self.widths.len() / 2;
        self.widths[node] = width;
        while node > 1 {
            node /= 2;
            self.widths[node] = self.widths[node * 2].max(self.widths[node * 2 + 1]);
        }
    }
}

/// The sums of the first so many figures.
fn prefix(count: usize, of: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut sum = 0;
    let sums = (0..count).map(|at| {
        sum += of(at);
        sum
    });
    std::iter::once(0).chain(sums).collect()
}
