//! A script that is opened in a dialogue: its statements run one by one up to a place, and the dialogue stands there.

use super::Dialogue;
use super::walk::{Flow, Walk};
use crate::script::interpreter::{Compiled, Failure, Interpreter};
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
    /// Up to what fails, also within session blocks.
    Failure,
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
    /// No more statements than this, where some were taken back.
    most: Option<usize>,
    /// Spans of the statements that ran, in order.
    ran: Vec<Span>,
    /// The byte where what is said next belongs.
    at: usize,
    /// The byte where the statement at the top begins that it stands in.
    top: usize,
    /// The session block that it stands in.
    session: Option<String>,
    note: Option<String>,
    /// The variables are those of the place where the next statement failed.
    pub(super) shows: bool,
}

impl Opened {
    /// Leaves the last statement out; its text.
    pub(super) fn take_back(&mut self) -> Option<String> {
        let last = self.ran.pop()?;
        self.shows = false;
        self.most = Some(self.ran.len());
        Some(self.compiled.script.source.slice(last).to_owned())
    }
}

impl Dialogue {
    /// Runs a script up to a place. When a statement fails, the dialogue stands before it.
    pub fn open(&mut self, source: Source, until: Until) -> Result<Stand, Failure> {
        let compiled = self.interpreter.compile(source, &[]);
        let compiled = compiled.map_err(|reports| Failure::Reports(reports, None))?;
        self.open_again(Opened {
            compiled,
            until,
            most: None,
            ran: Vec::new(),
            at: 0,
            top: 0,
            session: None,
            note: None,
            shows: false,
        })
    }

    pub(super) fn open_again(&mut self, opened: Opened) -> Result<Stand, Failure> {
        let Opened { compiled, until, most, shows, .. } = opened;
        self.define(Interpreter::functions(&compiled));
        let statements = Interpreter::statements(&compiled);
        let mut walk = Walk::new(&compiled, until, most);
        let end = compiled.script.source.text().len();
        let result = walk.run(self, &statements, end);
        let Walk { ran, at, top, session, imports, .. } = walk;
        let most = if result.is_err() { Some(ran.len()) } else { most };
        let asked = match (until, &result) {
            (Until::Step(step), Ok(Flow::On)) if most.is_none() && self.last_step() < step => {
                let steps = self.last_step();
                Some(format!("the script takes {steps} {}", if steps == 1 { "step" } else { "steps" }))
            }
            (Until::Line(line), Ok(Flow::On)) if compiled.script.source.text().lines().count() < line => {
                Some(format!("the script has {} lines", compiled.script.source.text().lines().count()))
            }
            _ => walk.note,
        };
        self.define(Interpreter::of_imports(&imports));
        let whole = matches!(until, Until::End | Until::Failure);
        let at = if matches!(result, Ok(Flow::On)) && whole && most.is_none() { end } else { at };
        let top = top.unwrap_or(at);
        self.opened = Some(Opened { compiled, until, most, ran, at, top, session, note: asked, shows });
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
}
