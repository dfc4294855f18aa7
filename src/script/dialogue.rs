//! A script that is typed piece by piece: variables, functions, sessions and pages live on from one to the next.

use rhai::{AST, Dynamic, Scope};

use super::interpreter::{Failure, Interpreter};
use super::run::Place;
use super::value::display;
use crate::crawl::SessionOptions;
use crate::text::Source;

/// The session that a dialogue's steps belong to.
pub const SESSION: &str = "repl";

/// An interpreter with what was said to it so far.
pub struct Dialogue {
    interpreter: Interpreter,
    scope: Scope<'static>,
    functions: Option<AST>,
    said: Vec<String>,
}

impl Dialogue {
    /// A dialogue in which nothing was said. It is bound to the calling thread.
    #[must_use]
    pub fn new(interpreter: Interpreter) -> Self {
        let run = interpreter.run();
        let options = SessionOptions { given: Vec::new(), ..run.settings.defaults.clone() };
        let _ = run.crawler.declare_session(SESSION, options);
        run.set_place(Place { sessions: vec![SESSION.to_owned()], ..Place::default() });
        Self { interpreter, scope: Scope::new(), functions: None, said: Vec::new() }
    }

    /// The interpreter.
    #[must_use]
    pub fn interpreter(&self) -> &Interpreter {
        &self.interpreter
    }

    /// What was said and went well, in order.
    #[must_use]
    pub fn said(&self) -> &[String] {
        &self.said
    }

    /// The variables.
    #[must_use]
    pub fn variables(&self) -> Vec<String> {
        self.scope.iter().map(|(name, _, _)| name.to_owned()).collect()
    }

    /// Runs a piece and returns its value as text; `None` for `()`. A piece that fails changes nothing.
    pub fn say(&mut self, name: &str, text: &str) -> Result<Option<String>, Failure> {
        let source = Source::new(name, text);
        let mut known = self.variables();
        known.extend(self.functions.iter().flat_map(|ast| ast.iter_functions().map(|f| f.name.to_owned())));
        let mut compiled =
            self.interpreter.compile(source, &known).map_err(|reports| Failure::Reports(reports, None))?;
        let functions = Interpreter::functions(&compiled);
        if let Some(earlier) = &self.functions {
            Interpreter::with_functions(&mut compiled, earlier);
        }
        let before = self.scope.clone();
        let place = self.interpreter.run().place();
        let result = self.interpreter.evaluate_in(&mut self.scope, &compiled);
        let value = match result {
            Ok(value) => value,
            Err(failure) => {
                self.scope = before;
                self.interpreter.run().set_place(place);
                return Err(failure);
            }
        };
        self.functions = Some(match self.functions.take() {
            Some(mut earlier) => {
                earlier.combine(functions);
                earlier
            }
            None => functions,
        });
        self.said.push(text.trim_end().to_owned());
        Ok(self.shown(&value))
    }

    /// Runs a piece that changes nothing and is not kept.
    pub fn ask(&mut self, text: &str) -> Result<(), Failure> {
        let compiled = self
            .interpreter
            .compile(Source::new("<command>", text), &self.variables())
            .map_err(|reports| Failure::Reports(reports, None))?;
        self.interpreter.evaluate_in(&mut self.scope.clone(), &compiled).map(drop)
    }

    fn shown(&self, value: &Dynamic) -> Option<String> {
        (!value.is_unit()).then(|| display(value, &self.interpreter.run().order))
    }
}
