//! Everything that is wrong with a text that is being written: the real checker, going on after an error.
//!
//! What cannot be parsed is blanked - first its line, then the whole piece that begins at the left margin - and the rest
//! is checked as if it were the script. Names that the blanked lines defined count as known.

use std::collections::BTreeSet;

use crate::diag::Diagnostic;
use crate::script::Interpreter;
use crate::syntax::{Token, TokenKind, lex};
use crate::text::{Source, Span};

/// How often a text is parsed again after an error.
const MOST_ROUNDS: usize = 12;

/// In a larger text only what the first parse finds is told.
const RECOVER_BYTES: usize = 512 * 1024;

/// The reports for a text, in its order. `known` are names that come from elsewhere (`--set`). `stale` is asked between
/// two parses; when it says so, nobody wants the answer any more and there is none.
///
/// Runs on a thread with the interpreter's stack ([`crate::script::on_script_thread`]); starts no browser.
#[must_use]
pub fn diagnostics(
    interpreter: &Interpreter,
    source: &Source,
    known: &[String],
    stale: &dyn Fn() -> bool,
) -> Option<Vec<Diagnostic>> {
    let mut round = Round::new(source, known);
    let mut reports = round.compile(interpreter);
    for _ in 0..MOST_ROUNDS {
        if stale() {
            return None;
        }
        let broken = round.take(std::mem::take(&mut reports));
        if broken.is_empty() || source.text().len() > RECOVER_BYTES {
            break;
        }
        match round.without(interpreter, &broken) {
            Some(found) => reports = found,
            None => break,
        }
    }
    round.take(reports);
    Some(round.finish())
}

struct Round<'s> {
    source: &'s Source,
    known: Vec<String>,
    /// The text, with what could not be parsed replaced by blanks of the same length.
    masked: String,
    /// The lines on which no literal or comment of the line before goes on.
    lines: Vec<bool>,
    found: Vec<Diagnostic>,
    first: bool,
}

impl<'s> Round<'s> {
    fn new(source: &'s Source, known: &[String]) -> Self {
        let mut lines = vec![true; source.line_count() + 1];
        for token in lex(source.text()).iter().filter(|token| token.text(source.text()).contains('\n')) {
            let (first, last) = (source.line_column(token.span.start).line, source.line_column(token.span.end).line);
            lines.iter_mut().take(last + 1).skip(first + 1).for_each(|line| *line = false);
        }
        Self { source, known: known.to_vec(), masked: source.text().to_owned(), lines, found: Vec::new(), first: true }
    }

    fn compile(&self, interpreter: &Interpreter) -> Vec<Diagnostic> {
        let source = Source::new(self.source.name(), self.masked.clone());
        let mut reports = interpreter.compile(source, &self.known).err().unwrap_or_default();
        // A file that is about to be written is no mistake.
        reports.retain(|report| report.code != "crawl::syntax::empty");
        reports
    }

    /// Keeps new reports; returns the places at which the text cannot be parsed.
    ///
    /// The first parse finds every error of brackets, strings and forms at once: what a later one finds of that kind
    /// comes from the blanks.
    fn take(&mut self, reports: Vec<Diagnostic>) -> Vec<Span> {
        let mut broken = Vec::new();
        for mut report in reports {
            let syntax = self.is_syntax(&report);
            broken.extend(at(&report).filter(|_| syntax));
            if syntax && !self.first && report.code != "crawl::syntax::parse" {
                continue;
            }
            self.to_own_text(&mut report);
            if !self.found.iter().any(|known| same(known, &report)) {
                self.found.push(report);
            }
        }
        self.first = false;
        broken
    }

    /// Labels of the masked text become labels of the text.
    fn to_own_text(&self, report: &mut Diagnostic) {
        for label in report.primary.iter_mut().chain(&mut report.secondary) {
            if label.source.name() == self.source.name() {
                label.source = self.source.clone();
            }
        }
    }

    /// Blanks what is broken and compiles the rest: the lines alone where that is enough, else whole pieces. `None` when
    /// there is nothing left to blank.
    fn without(&mut self, interpreter: &Interpreter, broken: &[Span]) -> Option<Vec<Diagnostic>> {
        let (masked, known) = (self.masked.clone(), self.known.clone());
        broken.iter().for_each(|span| self.blank(self.line(*span)));
        let reports = self.compile(interpreter);
        if !reports.iter().any(|report| self.is_syntax(report)) {
            return Some(reports);
        }
        (self.masked, self.known) = (masked.clone(), known);
        broken.iter().for_each(|span| self.blank(self.piece(*span)));
        (self.masked != masked).then(|| self.compile(interpreter))
    }

    fn is_syntax(&self, report: &Diagnostic) -> bool {
        let own = report.primary.as_ref().is_none_or(|label| label.source.name() == self.source.name());
        own && report.code.starts_with("crawl::syntax::")
    }

    /// Overwrites a part by blanks; the names it defined count as known.
    fn blank(&mut self, part: Span) {
        let Some(text) = self.masked.get(part.start..part.end) else { return };
        self.known.extend(defined(text));
        let blanks: String = text.chars().flat_map(blank).collect();
        self.masked.replace_range(part.start..part.end, &blanks);
    }

    fn line(&self, span: Span) -> Span {
        self.source.line_span(self.source.line_column(span.start).line)
    }

    /// From the last line at or before the place that begins at the left margin up to the next such line.
    fn piece(&self, span: Span) -> Span {
        let line = self.source.line_column(span.start).line;
        let margin = |line: usize| {
            let text = self.source.slice(self.source.line_span(line));
            self.lines.get(line) == Some(&true) && text.starts_with(begins_piece)
        };
        let first = (1..=line).rev().find(|line| margin(*line)).unwrap_or(1);
        let next = (line + 1..=self.source.line_count()).find(|line| margin(*line));
        let end = next.map_or(self.source.text().len(), |next| self.source.line_span(next - 1).end);
        Span::new(self.source.line_span(first).start, end)
    }

    fn finish(self) -> Vec<Diagnostic> {
        let mut found = self.found;
        found.sort_by_key(|report| report.primary.as_ref().map_or(0, |label| label.span.start));
        found
    }
}

fn begins_piece(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, ')' | ']' | '}' | '>' | '.' | '?' | '/')
}

fn at(report: &Diagnostic) -> Option<Span> {
    report.primary.as_ref().map(|label| label.span)
}

fn same(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.code == other.code && at(one) == at(other) && one.message == other.message
}

/// As many blanks as the character has bytes, so that offsets stay; line breaks stay themselves.
fn blank(c: char) -> impl Iterator<Item = char> {
    let kept = if matches!(c, '\n' | '\r') { c } else { ' ' };
    std::iter::repeat_n(kept, c.len_utf8())
}

/// The names that a piece of text defines: variables, functions, parameters.
fn defined(text: &str) -> Vec<String> {
    let tokens: Vec<Token> = lex(text);
    let words = tokens.iter().filter(|token| token.kind == TokenKind::Identifier).map(|token| token.text(text));
    if !["let", "const", "fn", "for", "import", "schema", "catch"].iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    words.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}
