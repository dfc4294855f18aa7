//! Brackets: what an opening one means, and what a closing one that does not match says.

use super::super::SyntaxError;
use super::super::token::is_keyword;
use super::argument::ArgumentList;
use super::facts::CallKind;
use super::frame::{CallFrame, Frame, FrameKind, SessionFrame, Shape};
use super::pass::Pass;
use crate::text::Span;

pub(super) const UNCLOSED: &str = "crawl::syntax::unclosed_bracket";
const STRAY: &str = "crawl::syntax::stray_bracket";

impl Pass<'_> {
    /// `(`: a call after a name, else a group.
    pub(super) fn open_round(&mut self) {
        let Some(callee) = self.callee() else { return self.push(FrameKind::Group) };
        let span = self.span(callee);
        let kind = match self.items.text_before(callee) {
            "." | "?." => CallKind::Method,
            "::" => CallKind::Module,
            _ => CallKind::Function,
        };
        let is_session = kind == CallKind::Function && self.items.slice(span) == "session";
        let session = is_session.then(|| self.new_session_head(span));
        let list = ArgumentList::new();
        self.push(FrameKind::Call(Box::new(CallFrame { callee: span, kind, list, session })));
    }

    /// The name that the `(` at hand calls: `f(`, or `f!(`, which shares its caller's scope.
    fn callee(&self) -> Option<usize> {
        let mut before = self.at.checked_sub(1)?;
        if self.items.is_symbol(before, "!") && before > 0 && self.items.is_word(before - 1) {
            before -= 1;
        }
        let callable = self.items.is_member(before) || !is_keyword(self.items.text(before));
        (self.items.is_word(before) && callable).then_some(before)
    }

    /// `{`: a session's block, a schema's fields or a block of statements.
    pub(super) fn open_curly(&mut self, closure_body: bool) {
        if let Some(head) = self.pending.take() {
            let marks = self.marks.len();
            self.push(FrameKind::Session(SessionFrame { head, angle: false, marks }));
            self.next_begins = true;
            return;
        }
        if !closure_body && matches!(self.top().kind, FrameKind::SchemaHead(_)) {
            return self.open_schema_body();
        }
        let around = self.top();
        around.headers = around.headers.saturating_sub(usize::from(!closure_body));
        self.push(FrameKind::Block);
        self.next_begins = true;
    }

    /// Any closing bracket but `>`.
    pub(super) fn close(&mut self, shape: Shape) {
        if self.top().shape() != shape {
            if self.open[shape as usize] == 0 {
                return self.stray(shape);
            }
            self.close_through(shape);
        }
        self.end_entry();
        let frame = self.pop();
        self.finish(frame);
    }

    fn finish(&mut self, frame: Frame) {
        match frame.kind {
            FrameKind::Call(call) => self.close_call(*call),
            FrameKind::Session(session) => self.close_session(session, frame.open, frame.item),
            FrameKind::SchemaBody(schema) => self.close_schema(*schema),
            FrameKind::Block => {
                let around = self.top();
                self.next_begins = around.holds_statements() && around.ends_with_block && around.headers == 0;
                self.operand = !self.next_begins;
            }
            FrameKind::Interpolation => self.operand = false,
            FrameKind::Group | FrameKind::Index | FrameKind::Map => self.operand = true,
            FrameKind::Top | FrameKind::SchemaHead(_) => {}
        }
    }

    /// Pops what stands open inside the frame that the closer at hand means; the innermost is the error.
    fn close_through(&mut self, shape: Shape) {
        let closer = self.span(self.at);
        let mut innermost = None;
        while self.top().shape() != shape && self.frames.len() > 1 {
            let frame = self.pop();
            innermost = innermost.or_else(|| Some(self.unclosed(&frame, self.at)));
        }
        if let Some(error) = innermost {
            let shown = self.items.slice(closer).to_owned();
            self.error(error.with_related(closer, format!("`{shown}` closes what stands around it")));
        }
    }

    fn stray(&mut self, shape: Shape) {
        let span = self.span(self.at);
        let shown = self.items.slice(span).to_owned();
        if shape == Shape::Curly && self.top().shape() == Shape::Angle {
            let frame = self.pop();
            self.error(super::angle::closed_by_brace(frame.open, span));
            return self.finish(frame);
        }
        self.operand = shape != Shape::Curly;
        self.next_begins = shape == Shape::Curly && self.top().holds_statements();
        self.error(
            SyntaxError::new(STRAY, span, format!("`{shown}` closes nothing"), "no bracket is open here")
                .with_help("remove it, or open its bracket before")
                .with_fix(span, ""),
        );
    }

    /// `;` ends every bracket in which no statement can stand.
    pub(super) fn leave_expression(&mut self) {
        let end = self.span(self.at);
        let mut innermost = None;
        while !self.top().holds_statements() {
            let frame = self.pop();
            innermost = innermost.or_else(|| Some(self.unclosed(&frame, self.at)));
        }
        if let Some(error) = innermost {
            self.error(error.with_related(end, "the statement ends here"));
        }
    }

    /// The error of a frame that should have been closed before item `at`.
    fn unclosed(&self, frame: &Frame, at: usize) -> SyntaxError {
        let missing = Span::at(self.items.before(at).map_or(frame.open.end, |item| item.span.end));
        match &frame.kind {
            FrameKind::SchemaHead(schema) => super::schema::without_fields(self.items.slice(schema.name), schema.name),
            FrameKind::Session(session) if session.angle => {
                self.unclosed_angle(frame.open, session.marks).with_fix(missing, "\n>")
            }
            _ => {
                let shown = self.items.slice(frame.open);
                let closer = match frame.shape() {
                    Shape::Round => ")",
                    Shape::Square => "]",
                    _ => "}",
                };
                SyntaxError::new(UNCLOSED, frame.open, format!("`{shown}` is not closed"), "opened here")
                    .with_help(format!("close it with `{closer}`"))
                    .with_fix(missing, closer)
            }
        }
    }

    /// What is open at the end of the text: the innermost, with what stands around it.
    pub(super) fn open_at_end(&self) -> Option<SyntaxError> {
        let (innermost, around) = self.frames.get(1..)?.split_last()?;
        let mut error = self.unclosed(innermost, self.items.len());
        for frame in around.iter().rev().take(3) {
            let shown = self.items.slice(frame.open);
            error = error.with_related(frame.open, format!("inside this `{shown}`, which is not closed either"));
        }
        Some(error)
    }
}
