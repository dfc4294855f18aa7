//! The pass over the tokens: keeps the stack of what is open and hands each token to the rule it concerns.

use super::super::SyntaxError;
use super::super::lexer::MOST_ERRORS;
use super::super::token::{Token, TokenKind};
use super::angle::{AngleRun, Mark};
use super::edit::Edits;
use super::facts::Facts;
use super::frame::{Frame, FrameKind, SessionHead, Shape};
use super::item::Items;
use crate::text::Span;

/// The state of one pass.
pub(super) struct Pass<'a> {
    pub(super) items: Items<'a>,
    /// The item being judged.
    pub(super) at: usize,
    pub(super) frames: Vec<Frame>,
    /// How many frames of each [`Shape`] are open.
    pub(super) open: [usize; 5],
    pub(super) edits: Edits,
    pub(super) facts: Facts,
    pub(super) errors: Vec<SyntaxError>,
    /// Whether the item before ended an operand, so that an operator must follow.
    pub(super) operand: bool,
    /// Whether a statement begins at this item.
    pub(super) begins: bool,
    /// Whether a statement begins at the next item.
    pub(super) next_begins: bool,
    /// Whether a statement began at the last word.
    pub(super) word_began: bool,
    /// Whether the item before closed a closure's parameters.
    pub(super) closure_body: bool,
    /// The session whose block is the next item.
    pub(super) pending: Option<SessionHead>,
    /// Every `>` that was judged inside an angle block.
    pub(super) marks: Vec<Mark>,
    pub(super) angle_run: AngleRun,
}

/// What a pass found.
pub(super) struct Outcome {
    pub(super) edits: Edits,
    pub(super) facts: Facts,
    pub(super) errors: Vec<SyntaxError>,
    /// What is open at the end.
    pub(super) open: Option<SyntaxError>,
    /// Whether the text ends in an operator.
    pub(super) dangling: bool,
}

impl<'a> Pass<'a> {
    pub(super) fn new(text: &'a str, tokens: &[Token]) -> Self {
        let top = Frame { kind: FrameKind::Top, open: Span::at(0), item: 0, headers: 0, ends_with_block: false };
        let mut edits = Edits::default();
        lead_in(text, &mut edits);
        Self {
            items: Items::new(text, tokens),
            at: 0,
            frames: vec![top],
            open: [0; 5],
            edits,
            facts: Facts::default(),
            errors: Vec::new(),
            operand: false,
            begins: true,
            next_begins: true,
            word_began: true,
            closure_body: false,
            pending: None,
            marks: Vec::new(),
            angle_run: AngleRun::default(),
        }
    }

    pub(super) fn run(mut self) -> Outcome {
        while self.at < self.items.len() {
            self.begins = std::mem::take(&mut self.next_begins);
            if self.begins {
                self.top().ends_with_block = ends_with_block(self.items.text(self.at));
            }
            if self.begin_entry() {
                continue;
            }
            let closure_body = std::mem::take(&mut self.closure_body);
            self.item(closure_body);
            self.at += 1;
        }
        let open = self.open_at_end();
        let dangling = !self.operand && self.ends_in_operator();
        Outcome { edits: self.edits, facts: self.facts, errors: self.errors, open, dangling }
    }

    fn item(&mut self, closure_body: bool) {
        let item = *self.items.get(self.at).expect("the pass stands inside the items");
        match item.kind {
            TokenKind::Identifier => self.word(),
            TokenKind::Symbol => self.symbol(closure_body),
            TokenKind::InterpolationOpen => {
                self.push(FrameKind::Interpolation);
                self.next_begins = true;
            }
            TokenKind::InterpolationClose => self.close(Shape::Interpolation),
            TokenKind::TemplateStart | TokenKind::TemplateMiddle => self.operand = false,
            _ => self.operand = true,
        }
    }

    fn symbol(&mut self, closure_body: bool) {
        match self.items.text(self.at) {
            "(" => self.open_round(),
            "[" | "?[" => self.push(FrameKind::Index),
            "#{" => self.push(FrameKind::Map),
            "{" => self.open_curly(closure_body),
            "<" if self.pending.is_some() => self.open_angle(),
            ">" => self.greater(),
            ")" => self.close(Shape::Round),
            "]" => self.close(Shape::Square),
            "}" => self.close(Shape::Curly),
            "," => self.comma(),
            ";" => self.semicolon(),
            "|" if !self.operand => self.closure_parameters(),
            "||" if !self.operand => self.closure_body = true,
            _ => self.operand = false,
        }
    }

    /// The innermost open frame; the text itself when nothing else is.
    pub(super) fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the top frame is never popped")
    }

    pub(super) fn push(&mut self, kind: FrameKind) {
        let open = self.span(self.at);
        let frame = Frame { kind, open, item: self.at, headers: 0, ends_with_block: false };
        if let Some(count) = self.open.get_mut(frame.shape() as usize) {
            *count += 1;
        }
        self.frames.push(frame);
        self.operand = false;
    }

    pub(super) fn pop(&mut self) -> Frame {
        let frame = self.frames.pop().expect("a frame is open");
        if let Some(count) = self.open.get_mut(frame.shape() as usize) {
            *count -= 1;
        }
        frame
    }

    pub(super) fn span(&self, at: usize) -> Span {
        self.items.get(at).map_or_else(|| Span::at(self.end()), |item| item.span)
    }

    /// The end of the last item.
    pub(super) fn end(&self) -> usize {
        self.items.before(self.items.len()).map_or(0, |item| item.span.end)
    }

    pub(super) fn error(&mut self, error: SyntaxError) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }

    fn semicolon(&mut self) {
        self.leave_expression();
        self.operand = false;
        self.next_begins = true;
        self.top().headers = 0;
    }

    /// Skips `|a, b|`, whose commas separate nobody's arguments.
    fn closure_parameters(&mut self) {
        let mut at = self.at + 1;
        while self.items.is_word(at) || self.items.is_symbol(at, ",") {
            at += 1;
        }
        self.operand = false;
        if self.items.is_symbol(at, "|") {
            self.at = at;
            self.closure_body = true;
        }
    }

    fn ends_in_operator(&self) -> bool {
        let last = self.items.text_before(self.items.len());
        let is_symbol = self.items.before(self.items.len()).is_some_and(|item| item.kind == TokenKind::Symbol);
        is_symbol && !self.closure_body && !matches!(last, ";" | "}" | ")" | "]" | "," | ">")
    }
}

/// Whether a statement that begins with `word` needs no `;` after its block.
pub(in crate::syntax) fn ends_with_block(word: &str) -> bool {
    matches!(
        word,
        "if" | "else" | "for" | "while" | "until" | "loop" | "do" | "switch" | "try" | "catch" | "fn" | "private" | "{"
    )
}

/// What may stand before the first token: a byte-order mark is dropped, a `#!` line becomes a comment.
fn lead_in(text: &str, edits: &mut Edits) {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = text.len() - rest.len();
    if start > 0 {
        edits.replace(0, start, "");
    }
    if rest.starts_with("#!") {
        // With a blank, for what follows begins with a slash, and three of them are a comment to a function.
        edits.replace(start, 2, "// ");
    }
}
