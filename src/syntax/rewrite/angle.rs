//! Angle blocks: which `>` ends one, and what to say when that leaves nonsense.

use super::super::SyntaxError;
use super::super::token::TokenKind;
use super::frame::{FrameKind, SessionFrame, Shape};
use super::pass::Pass;
use crate::text::Span;

const CODE: &str = "crawl::syntax::angle_block";
const WAY_OUT: &str = "put the comparison in parentheses, or write the block with `{` and `}`";

/// How many judged `>` an error shows.
const SHOWN: usize = 8;

/// One `>` inside an angle block and how it was taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    span: Span,
    closes: bool,
}

/// The judgement of the last run of `>` that was looked through: up to which item, and whether its last one closes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AngleRun {
    end: usize,
    closes: bool,
}

impl Pass<'_> {
    /// `<` right after `session(…)`.
    pub(super) fn open_angle(&mut self) {
        let head = self.pending.take().expect("a session waits for its block");
        self.edits.replace(self.span(self.at).start, 1, "{");
        let marks = self.marks.len();
        self.push(FrameKind::Session(SessionFrame { head, angle: true, marks }));
        self.next_begins = true;
    }

    /// A `>`: the end of an angle block, a comparison, or an error.
    pub(super) fn greater(&mut self) {
        if self.top().shape() == Shape::Angle {
            let closes = self.closes(self.at);
            self.marks.push(Mark { span: self.span(self.at), closes });
            if closes {
                return self.close_angle();
            }
        } else if self.top().holds_statements() && (self.begins || !self.operand_follows()) {
            self.stray_angle();
            self.next_begins = true;
        }
        self.operand = false;
    }

    /// The closer rules of the language, for a `>` at depth 0 of an angle block.
    fn closes(&mut self, at: usize) -> bool {
        let Some(item) = self.items.get(at) else { return false };
        let first_on_line = item.newline_before;
        if first_on_line || matches!(self.items.text_before(at), ";" | "{" | "<" | "}") || self.items.ends_line(at) {
            return true;
        }
        if self.items.is_symbol(at + 1, ">") {
            return self.run_closes(at);
        }
        self.closing_context(at)
    }

    fn closing_context(&self, at: usize) -> bool {
        let Some(next) = self.items.get(at + 1) else { return true };
        let text = self.items.text(at + 1);
        let closing = text.starts_with([';', ')', '}', ']', ',', '.', '?', '=', '&', '+', '*']);
        closing && matches!(next.kind, TokenKind::Symbol | TokenKind::InterpolationClose)
    }

    /// A `>` before another closes when that one does; the whole run is looked through once.
    fn run_closes(&mut self, at: usize) -> bool {
        if at < self.angle_run.end {
            return self.angle_run.closes;
        }
        let mut end = at + 1;
        while self.items.is_symbol(end + 1, ">") && !self.items.ends_line(end) {
            end += 1;
        }
        let closes = self.items.ends_line(end) || self.closing_context(end);
        self.angle_run = AngleRun { end, closes };
        closes
    }

    fn operand_follows(&self) -> bool {
        let next = self.at + 1;
        let closer = matches!(self.items.text(next), "" | ";" | ")" | "}" | "]" | ",");
        !closer
    }

    fn close_angle(&mut self) {
        let span = self.span(self.at);
        let bare = matches!(self.items.text_before(self.at), "return" | "break" | "continue");
        let half = self.top().headers > 0 || !(self.operand || self.begins || bare);
        if half {
            let message = "`>` ends the angle block in the middle of a statement";
            let mut error = SyntaxError::new(CODE, span, message, "taken as the end of the block")
                .with_related(self.top().open, "of this block")
                .with_help(WAY_OUT);
            error.related.extend(self.shown(self.top_marks(), |mark| mark.span != span));
            self.error(error);
        }
        self.edits.replace(span.start, 1, "}");
        let frame = self.pop();
        if let FrameKind::Session(session) = frame.kind {
            self.close_session(session, frame.open, frame.item);
        }
    }

    /// The first mark of the angle block at the top of the stack.
    fn top_marks(&self) -> usize {
        match self.frames.last().map(|frame| &frame.kind) {
            Some(FrameKind::Session(session)) => session.marks,
            _ => 0,
        }
    }

    fn stray_angle(&mut self) {
        let span = self.span(self.at);
        let mut error = SyntaxError::new(CODE, span, "`>` closes no block", "no angle block is open here");
        if let FrameKind::Session(session) = &self.top().kind
            && !session.angle
        {
            error = error.with_help("a block opened with `{` is closed with `}`").with_fix(span, "}");
        } else {
            error = error.with_help(WAY_OUT);
        }
        error.related.extend(self.shown(0, |mark| mark.closes));
        self.error(error);
    }

    /// The error of an angle block that the text does not close.
    pub(super) fn unclosed_angle(&self, open: Span, first: usize) -> SyntaxError {
        let mut error = SyntaxError::new(CODE, open, "an angle block is not closed", "opened here");
        error.related = self.shown(first, |mark| !mark.closes);
        let help = if error.related.is_empty() {
            "close it with a `>` on a line of its own"
        } else {
            "close it with a `>` on a line of its own; to make sure, put comparisons in parentheses"
        };
        error.with_help(help)
    }

    fn shown(&self, first: usize, wanted: impl Fn(&Mark) -> bool) -> Vec<(Span, String)> {
        let judged = self.marks.iter().skip(first).filter(|mark| wanted(mark));
        let mut marks: Vec<&Mark> = judged.collect();
        let hidden = marks.len().saturating_sub(SHOWN);
        marks.drain(..hidden);
        let label = |mark: &Mark| match mark.closes {
            true => "this `>` was taken as the end of a block",
            false => "this `>` was taken as a comparison",
        };
        marks.into_iter().map(|mark| (mark.span, label(mark).to_owned())).collect()
    }
}

/// The error of a block that opens with `<` and ends with `}`.
pub(super) fn closed_by_brace(open: Span, close: Span) -> SyntaxError {
    SyntaxError::new(CODE, close, "a block opened with `<` is closed with `}`", "expected `>`")
        .with_related(open, "opened here")
        .with_help("close it with `>`, or open it with `{`")
        .with_fix(close, ">")
}
