//! A script that is typed piece by piece: variables, functions, sessions and pages live on from one to the next.

mod fields;
mod harmless;
mod history;
mod opened;
mod piece;
mod shown;
mod stand;
mod walk;

use std::sync::Arc;
use std::time::Instant;

use rhai::{AST, Dynamic, Scope};

use super::interpreter::{Compiled, Failure, Interpreter};
use super::locals::Locals;
use super::run::{Place, Run, lock};
use crate::crawl::{Outcome, Page, SessionOptions};
use crate::text::Source;
use history::Mishap;
use opened::Opened;

pub use opened::{Insertion, Stand, Until};
pub use piece::Piece;
pub use shown::Shown;

/// The session that a dialogue's steps belong to unless another is switched to.
pub const SESSION: &str = "main";

/// An interpreter with what was said to it so far.
pub struct Dialogue {
    interpreter: Interpreter,
    /// The session that it belongs to.
    home: String,
    scope: Scope<'static>,
    definitions: Option<AST>,
    pieces: Vec<Piece>,
    opened: Option<Opened>,
    /// What failed and took steps.
    mishaps: Vec<Mishap>,
    /// The number of the next of them.
    next_mishap: u64,
    /// Where the last run of the script that was opened failed; `None` where it was opened to run.
    seen: Option<Arc<Locals>>,
}

/// What a dialogue is put back to when a piece fails.
struct Before {
    scope: Scope<'static>,
    globals: std::collections::HashMap<String, Dynamic>,
    hooks: Vec<super::hooks::Hook>,
    place: Place,
}

impl Dialogue {
    /// A dialogue in which nothing was said. It is bound to the calling thread.
    #[must_use]
    pub fn new(interpreter: Interpreter) -> Self {
        Self::within(interpreter, SESSION)
    }

    /// A dialogue whose steps belong to that session unless another is switched to.
    #[must_use]
    pub fn within(interpreter: Interpreter, session: &str) -> Self {
        let home = session.to_owned();
        let dialogue = Self {
            interpreter,
            home,
            scope: Scope::new(),
            definitions: None,
            pieces: Vec::new(),
            opened: None,
            mishaps: Vec::new(),
            next_mishap: 0,
            seen: None,
        };
        dialogue.begin();
        dialogue
    }

    fn begin(&self) {
        let run = self.interpreter.run();
        let options = SessionOptions { given: Vec::new(), ..run.settings.defaults.clone() };
        let _ = run.crawler.declare_session(&self.home, options);
        run.set_place(Place { sessions: vec![self.home.clone()], ..Place::default() });
    }

    /// The interpreter.
    #[must_use]
    pub fn interpreter(&self) -> &Interpreter {
        &self.interpreter
    }

    /// What was said and went well, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The session that the next piece belongs to.
    #[must_use]
    pub fn session(&self) -> String {
        self.interpreter.run().session().unwrap_or_else(|| self.home.clone())
    }

    /// Makes the next pieces belong to a session.
    pub fn switch(&self, id: &str) {
        let sessions = vec![self.home.clone(), id.to_owned()];
        self.interpreter.run().set_place(Place { sessions, ..self.interpreter.run().place() });
    }

    /// The last page of the session, else the last of any.
    #[must_use]
    pub fn page(&self) -> Option<Arc<Page>> {
        let session = self.session();
        let steps = self.interpreter.run().crawler.steps();
        let page = |own: bool| {
            steps.iter().rev().filter(|step| !own || step.session == session).find_map(|step| match &step.outcome {
                Some(Outcome::Page(page)) => Some(Arc::clone(page)),
                _ => None,
            })
        };
        page(true).or_else(|| page(false))
    }

    /// The variables.
    #[must_use]
    pub fn variables(&self) -> Vec<String> {
        self.scope.iter().map(|(name, _, _)| name.to_owned()).collect()
    }

    /// The functions.
    #[must_use]
    pub fn functions(&self) -> Vec<String> {
        let own = self.definitions.iter().flat_map(AST::iter_functions);
        own.map(|function| function.name.to_owned()).filter(|name| !name.starts_with("anon$")).collect()
    }

    /// The functions' names and signatures.
    #[must_use]
    pub fn signatures(&self) -> Vec<(String, String)> {
        let own = self.definitions.iter().flat_map(AST::iter_functions).filter(|f| !f.name.starts_with("anon$"));
        own.map(|function| (function.name.to_owned(), format!("{}({})", function.name, function.params.join(", "))))
            .collect()
    }

    /// What may follow a variable's name and a dot; nothing when there is no such variable.
    #[must_use]
    pub fn members(&self, variable: &str) -> Vec<String> {
        self.scope.get(variable).map(fields::members).unwrap_or_default()
    }

    /// What may follow a dot behind what variables hold: `rows[]`, `page.items[]`, `row.stats`, each with its members.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, Vec<String>)> {
        fields::of_scope(&self.scope)
    }

    /// Runs a piece and returns its value; `None` for `()`. A piece that fails changes nothing: variables, names seen
    /// everywhere and hooks are what they were.
    pub fn say(&mut self, name: &str, text: &str) -> Result<Option<Shown>, Failure> {
        let started = Instant::now();
        let mut compiled = self.compile(name, text)?;
        let definitions = Interpreter::definitions(&compiled);
        if let Some(earlier) = &self.definitions {
            Interpreter::with_definitions(&mut compiled, earlier);
        }
        let (session, first) = (self.session(), self.last_step() + 1);
        let before = self.scope.clone();
        let value = self.attempt(&compiled, text)?;
        self.define(definitions);
        let last = self.last_step();
        let data = |scope: &Scope<'_>| harmless::data(scope, &self.interpreter.run().order);
        let idle = last < first && !value.is_unit() && harmless::reads_only(text);
        let looked = idle && data(&before) == data(&self.scope);
        self.pieces.push(Piece {
            name: name.to_owned(),
            text: text.trim().to_owned(),
            session,
            steps: first..=last,
            looked,
            elapsed: started.elapsed(),
        });
        Ok((!value.is_unit()).then(|| Shown::of(&value, &self.interpreter.run().order)))
    }

    /// Evaluates what was compiled in the dialogue's scope; a failure leaves everything as it was.
    fn attempt(&mut self, compiled: &Compiled, text: &str) -> Result<Dynamic, Failure> {
        let run = Arc::clone(self.interpreter.run());
        let before = Before {
            scope: self.scope.clone(),
            globals: lock(&run.globals).clone(),
            hooks: run.hooks.all(),
            place: run.place(),
        };
        let first = self.last_step() + 1;
        match self.interpreter.evaluate_in(&mut self.scope, compiled) {
            Ok(value) => {
                for (name, constant, value) in self.scope.iter() {
                    if constant {
                        run.set_global(name, value);
                    }
                }
                Ok(value)
            }
            Err(failure) => {
                self.scope = before.scope;
                *lock(&run.globals) = before.globals;
                run.hooks.restore(before.hooks);
                run.set_place(before.place);
                self.note_mishap(text, first..=self.last_step());
                Err(failure)
            }
        }
    }

    fn define(&mut self, definitions: AST) {
        self.definitions = Some(match self.definitions.take() {
            Some(mut earlier) => {
                earlier.combine(definitions);
                earlier
            }
            None => definitions,
        });
    }

    /// The number of the last step; 0 before the first.
    fn last_step(&self) -> u64 {
        self.interpreter.run().crawler.steps().last().map_or(0, |step| step.seq)
    }

    fn compile(&self, name: &str, text: &str) -> Result<Compiled, Failure> {
        let mut known = self.variables();
        known.extend(self.functions());
        let compiled = self.interpreter.compile(Source::new(name, text), &known);
        compiled.map_err(|reports| Failure::Reports(reports, None))
    }

    /// What is wrong with a whole script that was made of the dialogue.
    pub fn check(&self, name: &str, text: &str) -> Result<(), Failure> {
        let compiled = self.interpreter.apart().compile(Source::new(name, text), &[]);
        compiled.map(drop).map_err(|reports| Failure::Reports(reports, None))
    }

    /// Stands in a session, if it does not yet.
    fn enter(&self, id: &str) {
        let open = self.interpreter.run().crawler.sessions();
        if self.session() != id && open.iter().any(|session| session.id == id) {
            self.switch(id);
        }
    }
}

/// A run of its own over the same crawler: the dialogue's names are not a script's.
fn apart(run: &Run) -> Run {
    Run::new(run.runtime.clone(), Arc::clone(&run.crawler), run.settings.clone())
}

impl Interpreter {
    /// An interpreter that shares nothing but the crawler.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self::new(Arc::new(apart(self.run())))
    }
}
