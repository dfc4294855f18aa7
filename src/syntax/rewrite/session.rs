//! `session(…)` with a block: the brackets around it, its value, and what may follow it.

use super::super::SyntaxError;
use super::super::token::TokenKind;
use super::argument::ArgumentList;
use super::facts::SessionFact;
use super::frame::{SessionFrame, SessionHead};
use super::pass::Pass;
use crate::text::Span;

const CODE: &str = "crawl::syntax::session_block";

impl Pass<'_> {
    /// Begins `session(`, keeping the places that a block after its `)` would need.
    pub(super) fn new_session_head(&mut self, word: Span) -> SessionHead {
        SessionHead {
            word,
            begins_statement: self.word_began,
            bracket: self.edits.reserve(word.start),
            keyword: self.edits.reserve(word.end),
            id: word,
        }
    }

    /// Ends the head at its `)`: with a block to come it becomes the custom syntax, else it stays a call.
    pub(super) fn session_head(&mut self, mut head: SessionHead, list: &ArgumentList) {
        let in_header = self.top().headers > 0;
        let brace = self.items.is_symbol(self.at + 1, "{") && !in_header;
        if !brace && !self.items.is_symbol(self.at + 1, "<") {
            return;
        }
        let close = self.span(self.at).start;
        self.edits.fill(head.bracket, "(");
        self.edits.fill(head.keyword, "_block");
        let positional = list.positional();
        let trailing = list.comma.filter(|comma| self.is_trailing(*comma));
        match (positional, list.named) {
            (0, _) => self.error(
                SyntaxError::new(CODE, head.word, "a session's block needs the session's name", "no name given")
                    .with_help("write `session(\"name\") { … }`"),
            ),
            (1, true) => {}
            (1, false) => self.edits.insert(close, if trailing.is_some() { " #{}" } else { ", #{}" }),
            (2, false) => {
                if let Some(comma) = trailing {
                    self.edits.replace(comma.start, 1, " ");
                }
            }
            _ => {
                let extra = list.arguments.get(if list.named { 1 } else { 2 });
                let span = extra.map_or(head.word, |argument| argument.value);
                self.error(
                    SyntaxError::new(
                        CODE,
                        span,
                        "a session takes its name and its options, nothing more",
                        "unexpected",
                    )
                    .with_help("write `session(\"name\", option: value) { … }`"),
                );
            }
        }
        head.id = list.arguments.first().map_or(head.word, |argument| argument.value);
        self.pending = Some(head);
    }

    /// Whether `comma` is the last thing before the `)` at hand.
    fn is_trailing(&self, comma: Span) -> bool {
        self.items.before(self.at).is_some_and(|item| item.span == comma)
    }

    /// Ends the block at the item at hand.
    pub(super) fn close_session(&mut self, session: SessionFrame, open: Span, first: usize) {
        let close = self.span(self.at);
        let head = session.head;
        self.give_last_value(first);
        let end = if head.begins_statement && self.statement_follows() { ");" } else { ")" };
        self.edits.insert(close.end, end);
        self.next_begins = end.len() > 1;
        self.operand = !self.next_begins;
        self.facts.sessions.push(SessionFact {
            span: Span::new(head.word.start, close.end),
            id: head.id,
            block: Span::new(open.start, close.end),
            angle: session.angle,
        });
    }

    /// Blanks the `;` after the block's last expression, so that its value is the block's.
    fn give_last_value(&mut self, first: usize) {
        let mut last = self.at;
        while last > first + 1 && self.items.is_symbol(last - 1, ";") {
            last -= 1;
            self.edits.replace(self.span(last).start, 1, " ");
        }
    }

    /// Whether the item after a block that began a statement begins another one.
    fn statement_follows(&mut self) -> bool {
        let at = self.at + 1;
        let Some(next) = self.items.get(at).copied() else { return false };
        let text = self.items.text(at);
        match next.kind {
            TokenKind::Symbol if matches!(text, "[" | "-") && next.newline_before => self.ambiguous(at),
            TokenKind::Symbol if text == "(" => self.ambiguous(at),
            TokenKind::Symbol => matches!(text, "!" | "#{" | "{"),
            TokenKind::Identifier => text != "in",
            TokenKind::InterpolationClose => false,
            _ => true,
        }
    }

    fn ambiguous(&mut self, at: usize) -> bool {
        let span = self.span(at);
        let shown = self.items.slice(span).to_owned();
        self.error(
            SyntaxError::new(
                "crawl::syntax::ambiguous_continuation",
                span,
                format!("`{shown}` after a session's block could go on with the block's value or begin a statement"),
                "could be either",
            )
            .with_related(Span::at(self.span(self.at).end), "the block ends here")
            .with_help("write `;` after the block, or put the block in parentheses to go on with its value")
            .with_fix(Span::at(self.span(self.at).end), ";"),
        );
        false
    }
}
