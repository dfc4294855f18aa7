//! A script that is opened in a dialogue: its statements run one by one up to a place, and the dialogue stands there.

use std::sync::Arc;

use rhai::{Expr, Stmt};

use super::Dialogue;
use crate::script::interpreter::{Compiled, Failure, Interpreter};
use crate::script::run::Place;
use crate::script::sources::Script;
use crate::syntax::{SessionFact, Token};
use crate::text::{Source, Span};

/// How far an opened script runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// To its end.
    End,
    /// With the statements that begin on this line or before it, counted from 1.
    Line(usize),
    /// Until so many steps were taken.
    Step(u64),
    /// So many statements, those in session blocks counted one by one.
    Statements(usize),
}

/// Where a dialogue stands in the script that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stand {
    /// The last line that ran; 0 before the first.
    pub line: usize,
    /// Why it is not where it was asked to be.
    pub note: Option<String>,
}

/// Where what is said next belongs in the script's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insertion {
    /// The script's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The byte that it comes before.
    pub at: usize,
    /// The byte that definitions come before.
    pub top: usize,
    /// The white space that its lines begin with.
    pub indent: String,
    /// The session block around the place.
    pub session: Option<String>,
}

/// A script that was opened, and how far it ran.
pub(super) struct Opened {
    compiled: Compiled,
    until: Until,
    /// Spans of the statements that ran, in order.
    ran: Vec<Span>,
    /// The byte where what is said next belongs.
    at: usize,
    /// The byte where the statement at the top begins that it stands in.
    top: usize,
    /// The session block that it stands in.
    session: Option<String>,
    note: Option<String>,
}

/// Whether to go on.
#[derive(Debug, PartialEq, Eq)]
enum Flow {
    On,
    Stopped,
}

impl Opened {
    /// Leaves the last statement out; its text.
    pub(super) fn take_back(&mut self) -> Option<String> {
        let last = self.ran.pop()?;
        self.until = Until::Statements(self.ran.len());
        Some(self.compiled.script.source.slice(last).to_owned())
    }
}

impl Dialogue {
    /// Runs a script up to a place. When a statement fails, the dialogue stands before it.
    pub fn open(&mut self, source: Source, until: Until) -> Result<Stand, Failure> {
        let compiled = self.interpreter.compile(source, &[]);
        let compiled = compiled.map_err(|reports| Failure::Reports(reports, None))?;
        self.open_again(Opened { compiled, until, ran: Vec::new(), at: 0, top: 0, session: None, note: None })
    }

    pub(super) fn open_again(&mut self, opened: Opened) -> Result<Stand, Failure> {
        let Opened { compiled, until, .. } = opened;
        self.define(Interpreter::functions(&compiled));
        let script = Arc::clone(&compiled.script);
        let statements = Interpreter::statements(&compiled);
        let mut walk = Walk {
            script,
            compiled: &compiled,
            until,
            imports: Vec::new(),
            ran: Vec::new(),
            at: 0,
            top: None,
            session: None,
            note: None,
        };
        let end = walk.script.source.text().len();
        let result = walk.run(self, &statements, end);
        let Walk { ran, at, top, session, imports, .. } = walk;
        let asked = match (until, &result) {
            (Until::Step(step), Ok(Flow::On)) if self.last_step() < step => {
                Some(format!("the script takes {} steps", self.last_step()))
            }
            _ => walk.note,
        };
        self.define(Interpreter::of_imports(&imports));
        let at = if matches!(result, Ok(Flow::On)) && until == Until::End { end } else { at };
        self.opened = Some(Opened { compiled, until, ran, at, top: top.unwrap_or(at), session, note: asked });
        result.map(|_| self.stand())
    }

    /// Where the dialogue stands in the script that was opened.
    #[must_use]
    pub fn stand(&self) -> Stand {
        let Some(opened) = &self.opened else { return Stand::default() };
        let source = &opened.compiled.script.source;
        let line = opened.ran.last().map_or(0, |last| source.line_column(last.end.saturating_sub(1)).line);
        Stand { line, note: opened.note.clone() }
    }

    /// Where what was said belongs in the script that was opened.
    #[must_use]
    pub fn insertion(&self) -> Option<Insertion> {
        let opened = self.opened.as_ref()?;
        let source = &opened.compiled.script.source;
        let text = source.text();
        let line = text[..opened.at].trim_end().rfind('\n').map_or(0, |at| at + 1);
        let indent: String = text[line..].chars().take_while(|c| *c == ' ' || *c == '\t').collect();
        let entered = text[..opened.at].trim_end().ends_with(['{', '<']);
        let indent = if entered { format!("{indent}  ") } else { indent };
        Some(Insertion {
            name: source.name().to_owned(),
            text: text.to_owned(),
            at: opened.at,
            top: text[..opened.top].rfind('\n').map_or(0, |at| at + 1).max(if opened.session.is_some() {
                0
            } else {
                opened.at
            }),
            indent: if opened.session.is_some() { indent } else { String::new() },
            session: opened.session.clone(),
        })
    }

    /// Evaluates one statement of an opened script.
    fn part(&mut self, walk: &Walk<'_>, statement: &Stmt) -> Result<(), Failure> {
        let part = Interpreter::part(walk.compiled, &walk.imports, statement);
        self.attempt(&part).map(drop)
    }

    /// Mentions the session of a block, and stands in it.
    fn enter_block(&mut self, script: &Script, fact: &SessionFact) -> Result<String, Failure> {
        let head = script.source.slice(Span::new(fact.span.start, fact.block.start)).trim();
        let compiled = self.compile(script.source.name(), &format!("({head}).id"))?;
        let id = self.attempt(&compiled)?.to_string();
        let run = self.interpreter.run();
        let mut place = run.place();
        place.sessions.push(id.clone());
        run.set_place(place);
        Ok(id)
    }
}

struct Walk<'a> {
    script: Arc<Script>,
    compiled: &'a Compiled,
    until: Until,
    imports: Vec<Stmt>,
    ran: Vec<Span>,
    at: usize,
    /// Where the session block at the top begins.
    top: Option<usize>,
    session: Option<String>,
    note: Option<String>,
}

impl Walk<'_> {
    /// Runs statements one by one; `end` is the first byte after them.
    fn run(&mut self, dialogue: &mut Dialogue, statements: &[Stmt], end: usize) -> Result<Flow, Failure> {
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
                dialogue.part(self, statement)?;
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
            Until::Step(_) | Until::Statements(_) => true,
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
        match self.until {
            Until::Step(step) => dialogue.last_step() >= step,
            Until::Statements(count) => self.ran.len() >= count,
            Until::Line(_) | Until::End => false,
        }
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
