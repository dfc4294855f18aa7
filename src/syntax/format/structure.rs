//! One walk over the pieces that finds each one's class, frame and part in its statement.

use super::super::rewrite::ends_with_block;
use super::super::token::TokenKind;
use super::piece::Piece;
use super::place::{Class, Frame, Marks, Place, Shape};

/// A script's brackets and the place of each piece.
pub(super) struct Structure {
    pub(super) frames: Vec<Frame>,
    pub(super) places: Vec<Place>,
}

/// An open frame while the walk is in it.
pub(super) struct State {
    frame: usize,
    /// The last piece directly in it that is no comment.
    pub(super) previous: Option<usize>,
    /// The piece that began the statement or item.
    first: usize,
    /// The word that the next block belongs to.
    head: Option<usize>,
    /// How many `if`, `while`, `for` and `switch` wait for their block.
    headers: usize,
}

/// The walk: what it has seen so far.
pub(super) struct Walk<'a> {
    pub(super) pieces: &'a [Piece<'a>],
    pub(super) marks: &'a Marks,
    frames: Vec<Frame>,
    pub(super) places: Vec<Place>,
    states: Vec<State>,
}

impl Structure {
    /// Walks over `pieces`, which are those of a text without errors.
    pub(super) fn of(pieces: &[Piece<'_>], marks: &Marks) -> Self {
        let top = Frame { shape: Shape::Top, head: 0, open: 0, close: pieces.len(), members: Vec::new() };
        let state = State { frame: 0, previous: None, first: 0, head: None, headers: 0 };
        let places = Vec::with_capacity(pieces.len());
        let mut walk = Walk { pieces, marks, frames: vec![top], places, states: vec![state] };
        while walk.places.len() < pieces.len() {
            walk.step(walk.places.len());
        }
        Self { frames: walk.frames, places: walk.places }
    }

    /// Whether the item that begins with the piece can move to the next line: it is one of a list, and not its first.
    pub(super) fn moves(&self, frame: usize, at: usize) -> bool {
        let frame = &self.frames[frame];
        frame.shape.is_list() && self.places[at].starts && frame.members.first() != Some(&at)
    }

    /// The shape of the bracket that the piece opens or closes.
    pub(super) fn shape(&self, at: usize) -> Option<Shape> {
        self.places[at].own.map(|own| self.frames[own].shape)
    }
}

impl Walk<'_> {
    fn step(&mut self, at: usize) {
        if self.pieces[at].is_comment() {
            let line = self.pieces[at].kind == TokenKind::LineComment;
            return self.place(at, if line { Class::LineComment } else { Class::BlockComment });
        }
        if self.closes(at) {
            return self.close(at);
        }
        if self.starts(at) {
            let state = self.state_mut();
            (state.previous, state.first, state.head, state.headers) = (None, at, None, 0);
        }
        let class = self.class(at);
        self.place(at, class);
        match class {
            Class::Open => return self.open(at),
            Class::Keyword | Class::Word => self.word(at, class),
            Class::BarOpen => self.closure(at),
            Class::BarClose => self.state_mut().head = Some(at),
            _ => {}
        }
        let last = self.places.len() - 1;
        self.state_mut().previous = Some(last);
    }

    pub(super) fn state(&self) -> &State {
        self.states.last().expect("the text itself is never closed")
    }

    fn state_mut(&mut self) -> &mut State {
        self.states.last_mut().expect("the text itself is never closed")
    }

    fn place(&mut self, at: usize, class: Class) {
        let frame = self.state().frame;
        let quiet = matches!(class, Class::LineComment | Class::BlockComment);
        let starts = !quiet && self.starts(at);
        let resumes = !quiet && !starts && self.resumes(at);
        self.frames[frame].members.push(at);
        self.places.push(Place { class, frame, own: None, starts, resumes });
    }

    fn closes(&self, at: usize) -> bool {
        let piece = &self.pieces[at];
        let sign = matches!(piece.text, ")" | "]" | "}") && piece.kind == TokenKind::Symbol;
        sign || (piece.is_symbol(">") && self.marks.is_angle(piece.span.start))
    }

    fn close(&mut self, at: usize) {
        if self.states.len() > 1 {
            let own = self.states.pop().map(|state| state.frame);
            self.place(at, Class::Close);
            let place = &mut self.places[at];
            (place.own, place.starts, place.resumes) = (own, false, false);
            if let Some(own) = own {
                self.frames[own].close = at;
            }
        } else {
            self.place(at, Class::Binary);
        }
        self.state_mut().previous = Some(at);
    }

    fn open(&mut self, at: usize) {
        let head = self.state().head;
        let block = matches!(self.pieces[at].text, "{" | "<");
        let word = head.map_or("", |head| self.pieces[head].text);
        let shape = match self.pieces[at].text {
            "(" => Shape::Round,
            "#{" => Shape::Map,
            "<" => Shape::Angle,
            "{" if word == "switch" => Shape::Switch,
            "{" if head.is_some_and(|head| self.marks.is_schema(self.pieces[head].span.start)) => Shape::Schema,
            "{" => Shape::Block,
            _ => Shape::Square,
        };
        // Neither a closure's nor a session's block is what an `if` waits for.
        let of_header =
            !word.starts_with('|') && !head.is_some_and(|head| self.marks.is_session(self.pieces[head].span.start));
        let own = self.frames.len();
        let head = head.filter(|_| block).unwrap_or(at);
        self.frames.push(Frame { shape, head, open: at, close: at, members: Vec::new() });
        self.places[at].own = Some(own);
        let state = self.state_mut();
        if block {
            state.head = None;
            state.headers = state.headers.saturating_sub(usize::from(of_header));
        }
        self.states.push(State { frame: own, previous: None, first: at + 1, head: None, headers: 0 });
    }

    fn word(&mut self, at: usize, class: Class) {
        let (text, start) = (self.pieces[at].text, self.pieces[at].span.start);
        let heads = class == Class::Keyword
            && matches!(
                text,
                "if" | "while" | "until" | "for" | "switch" | "loop" | "do" | "else" | "try" | "catch" | "fn"
            );
        if heads || self.marks.is_session(start) || self.marks.is_schema(start) {
            self.state_mut().head = Some(at);
        }
        if heads && matches!(text, "if" | "while" | "for" | "switch") {
            self.state_mut().headers += 1;
        }
    }

    /// Places a closure's parameters, whose commas separate nobody's arguments.
    fn closure(&mut self, at: usize) {
        self.state_mut().head = Some(at);
        let mut next = at + 1;
        while !self.pieces[next].is_symbol("|") {
            let class = match self.pieces[next].kind {
                TokenKind::LineComment => Class::LineComment,
                TokenKind::BlockComment => Class::BlockComment,
                TokenKind::Symbol => Class::Comma,
                _ => Class::Word,
            };
            self.inner(next, class);
            next += 1;
        }
        self.inner(next, Class::BarClose);
    }

    fn inner(&mut self, at: usize, class: Class) {
        let frame = self.state().frame;
        self.frames[frame].members.push(at);
        self.places.push(Place { class, frame, own: None, starts: false, resumes: false });
    }

    /// The next piece that is no comment.
    pub(super) fn next(&self, at: usize) -> Option<&Piece<'_>> {
        self.pieces[at + 1..].iter().find(|piece| !piece.is_comment())
    }

    /// Whether the piece goes on where a block ended.
    fn resumes(&self, at: usize) -> bool {
        let ended = self
            .state()
            .previous
            .and_then(|before| self.places[before].own)
            .is_some_and(|own| self.frames[own].shape == Shape::Block);
        ended
            && match self.pieces[at].text {
                "else" | "catch" => true,
                "while" | "until" => self.pieces[self.state().first].text == "do",
                _ => false,
            }
    }

    /// Whether a statement, an argument, a field or an arm begins with the piece.
    pub(super) fn starts(&self, at: usize) -> bool {
        let piece = &self.pieces[at];
        if piece.is_symbol(",") || piece.is_symbol(";") {
            return false;
        }
        let state = self.state();
        let Some(before) = state.previous else { return true };
        let shape = self.frames[state.frame].shape;
        let place = &self.places[before];
        match place.class {
            Class::Comma => !shape.holds_statements() || shape == Shape::Switch,
            Class::Semicolon => shape.holds_statements(),
            Class::Close if shape.holds_statements() => {
                place.own.is_some_and(|own| self.frames[own].shape.is_block()) && self.starts_after_block(at, before)
            }
            _ => false,
        }
    }

    fn starts_after_block(&self, at: usize, before: usize) -> bool {
        let state = self.state();
        if state.headers > 0 || self.resumes(at) {
            return false;
        }
        let piece = &self.pieces[at];
        let first = &self.pieces[state.first];
        if self.frames[state.frame].shape == Shape::Switch {
            return begins_operand(piece) || matches!(piece.text, "-" | "(" | "[");
        }
        if ends_with_block(first.text) || self.marks.is_schema(first.span.start) {
            return true;
        }
        let own = self.places[before].own.map(|own| self.frames[own].head);
        self.marks.is_session(first.span.start) && own == Some(state.first) && begins_operand(piece)
    }
}

/// Whether the piece can only begin something after a complete operand.
fn begins_operand(piece: &Piece<'_>) -> bool {
    match piece.kind {
        TokenKind::Symbol => matches!(piece.text, "!" | "#{" | "{"),
        TokenKind::Identifier => piece.text != "in",
        _ => true,
    }
}
