//! The way through a script that is opened: statement by statement, session blocks included, up to the place to stand at.

use std::sync::Arc;

use rhai::{Expr, Stmt};

use super::Dialogue;
use super::opened::Until;
use crate::script::interpreter::{Compiled, Failure, Interpreter};
use crate::script::run::Place;
use crate::script::sources::Script;
use crate::syntax::{SessionFact, Token};
use crate::text::Span;

/// Whether to go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    Stopped,
}

impl Dialogue {
    /// Evaluates one statement of an opened script.
    fn part(&mut self, walk: &Walk<'_>, statement: &Stmt, span: Span) -> Result<(), Failure> {
        let part = Interpreter::part(walk.compiled, &walk.imports, statement);
        self.attempt(&part, walk.script.source.slice(span)).map(drop)
    }

    /// Mentions the session of a block, and stands in it.
    fn enter_block(&mut self, script: &Script, fact: &SessionFact) -> Result<String, Failure> {
        let head = script.source.slice(Span::new(fact.span.start, fact.block.start)).trim();
        let compiled = self.compile(script.source.name(), &format!("({head}).id"))?;
        let id = self.attempt(&compiled, head)?.to_string();
        let run = self.interpreter.run();
        run.set_place(run.place().in_session(id.clone()));
        Ok(id)
    }
}

/// A walk under way, and what came of it.
pub(super) struct Walk<'a> {
    script: Arc<Script>,
    compiled: &'a Compiled,
    until: Until,
    most: Option<usize>,
    /// The imports that ran.
    pub imports: Vec<Stmt>,
    /// The statements that ran.
    pub ran: Vec<Span>,
    /// Where what is said next belongs.
    pub at: usize,
    /// Where the session block at the top begins.
    pub top: Option<usize>,
    /// The session block around.
    pub session: Option<String>,
    /// Why it is not where it was asked to be.
    pub note: Option<String>,
}

impl<'a> Walk<'a> {
    /// A walk that has not begun; `most` is the number of statements after which it ends in any case.
    pub(super) fn new(compiled: &'a Compiled, until: Until, most: Option<usize>) -> Self {
        Self {
            script: Arc::clone(&compiled.script),
            compiled,
            until,
            most,
            imports: Vec::new(),
            ran: Vec::new(),
            at: 0,
            top: None,
            session: None,
            note: None,
        }
    }

    /// Runs statements one by one; `end` is the first byte after them.
    pub(super) fn run(&mut self, dialogue: &mut Dialogue, statements: &[Stmt], end: usize) -> Result<Flow, Failure> {
        let spans = self.spans(statements, end);
        for (statement, span) in statements.iter().zip(spans) {
            let fact = self.block(span);
            let inside = fact.as_ref().is_some_and(|fact| self.leads_into(fact));
            if self.stops(dialogue, span, inside) {
                return Ok(Flow::Stopped);
            }
            if let Some((fact, block)) = fact.filter(|_| inside).zip(block_of(statement)) {
                if self.enter(dialogue, &fact, &block)? == Flow::Stopped {
                    return Ok(Flow::Stopped);
                }
            } else {
                dialogue.part(self, statement, span)?;
                self.ran.push(span);
                if matches!(statement, Stmt::Import(..)) {
                    self.imports.push(statement.clone());
                }
            }
            self.at = self.after(span.end);
        }
        Ok(Flow::On)
    }

    /// Runs a session block's statements one by one, and leaves it when all ran.
    fn enter(&mut self, dialogue: &mut Dialogue, fact: &SessionFact, block: &[Stmt]) -> Result<Flow, Failure> {
        let run = Arc::clone(dialogue.interpreter().run());
        let (place, variables, outer): (Place, usize, Option<String>) =
            (run.place(), dialogue.scope.len(), self.session.clone());
        let outermost = self.top.is_none();
        self.top.get_or_insert(fact.span.start);
        self.session = Some(dialogue.enter_block(&Arc::clone(&self.script), fact)?);
        self.at = self.after(fact.block.start + 1);
        if self.run(dialogue, block, fact.block.end.saturating_sub(1))? == Flow::Stopped {
            return Ok(Flow::Stopped);
        }
        if self.reached(dialogue) {
            return Ok(Flow::Stopped);
        }
        dialogue.scope.rewind(variables);
        run.set_place(place);
        self.session = outer;
        if outermost {
            self.top = None;
        }
        Ok(Flow::On)
    }

    /// Whether the place to stand at may lie in a session block.
    fn leads_into(&self, fact: &SessionFact) -> bool {
        match self.until {
            Until::End => false,
            Until::Line(line) => self.line(fact.block.end.saturating_sub(1)) > line,
            Until::Step(_) | Until::Failure => true,
        }
    }

    fn stops(&mut self, dialogue: &Dialogue, span: Span, enters: bool) -> bool {
        if self.reached(dialogue) {
            return true;
        }
        let Until::Line(line) = self.until else { return false };
        let (first, last) = (self.line(span.start), self.line(span.end.saturating_sub(1)));
        if first <= line && last > line && !enters {
            self.note = Some(format!("line {line} lies within a statement that begins on line {first}"));
            return true;
        }
        first > line
    }

    fn reached(&self, dialogue: &Dialogue) -> bool {
        let counted = self.most.is_some_and(|most| self.ran.len() >= most);
        counted || matches!(self.until, Until::Step(step) if dialogue.last_step() >= step)
    }

    fn line(&self, offset: usize) -> usize {
        self.script.source.line_column(offset).line
    }

    /// The session block that a statement is.
    fn block(&self, span: Span) -> Option<SessionFact> {
        let sessions = self.script.facts().sessions.iter();
        sessions
            .filter(|fact| fact.span.start == span.start && fact.block.end <= span.end)
            .max_by_key(|fact| fact.span.end)
            .cloned()
    }

    /// Where each statement stands in the user's text.
    fn spans(&self, statements: &[Stmt], end: usize) -> Vec<Span> {
        let text = self.script.source.text();
        let tokens: Vec<&Token> = self.script.tokens().iter().filter(|token| !token.is_comment()).collect();
        let places: Vec<usize> =
            statements.iter().map(|statement| self.script.offset(statement.position()).unwrap_or(0)).collect();
        let mut spans = Vec::new();
        for (index, place) in places.iter().enumerate() {
            let limit = places.get(index + 1).copied().unwrap_or(end);
            let block = self.script.facts().sessions.iter().find(|fact| fact.span.start == *place);
            let ends = |token: &&&Token| matches!(token.text(text), ";" | "}");
            let inside = || tokens.iter().filter(|token| token.span.start >= *place && token.span.end <= limit);
            let last = if index + 1 < places.len() {
                inside().rfind(ends).or_else(|| inside().next_back())
            } else {
                inside().next_back()
            };
            let stop = last.map_or(limit, |token| token.span.end);
            spans.push(Span::new(*place, stop.max(block.map_or(0, |fact| fact.block.end))));
        }
        spans
    }

    /// The end of the line where a statement ends, when no more than a comment follows on it.
    fn after(&self, end: usize) -> usize {
        let text = self.script.source.text();
        let rest = text[end..].split('\n').next().unwrap_or_default();
        let bare = rest.trim_start_matches([';', ' ', '\t', '\r']);
        let semicolon = rest.len() - rest.trim_start().trim_start_matches(';').len();
        if bare.is_empty() || bare.starts_with("//") { end + rest.len() } else { end + semicolon.min(rest.len()) }
    }
}

/// The statements of a session's block.
fn block_of(statement: &Stmt) -> Option<Vec<Stmt>> {
    let Stmt::Expr(expression) = statement else { return None };
    let Expr::Custom(form, _) = &**expression else { return None };
    let ours = form.tokens.first().is_some_and(|word| word == "session_block");
    match form.inputs.last() {
        Some(Expr::Stmt(block)) if ours => Some(block.statements().to_vec()),
        _ => None,
    }
}
