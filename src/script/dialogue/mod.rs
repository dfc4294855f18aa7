//! A script that is typed piece by piece: variables, functions, sessions and pages live on from one to the next.

use std::sync::Arc;

use rhai::{AST, Dynamic, Map, Scope};

use super::builtin::Receiver;
use super::element::{ELEMENT_PARTS, ElementValue};
use super::interpreter::{Compiled, Failure, Interpreter};
use super::page_value::{PAGE_PARTS, PageValue};
use super::run::{Place, Run, lock};
use super::session_value::SessionValue;
use super::value::display;
use crate::crawl::SessionOptions;
use crate::text::Source;

/// The session that a dialogue's steps belong to.
pub const SESSION: &str = "main";

/// An interpreter with what was said to it so far.
pub struct Dialogue {
    interpreter: Interpreter,
    scope: Scope<'static>,
    definitions: Option<AST>,
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
        Self { interpreter, scope: Scope::new(), definitions: None, said: Vec::new() }
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

    /// The functions, with their parameters.
    #[must_use]
    pub fn functions(&self) -> Vec<String> {
        let own = self.definitions.iter().flat_map(AST::iter_functions);
        own.map(|function| function.name.to_owned()).filter(|name| !name.starts_with("anon$")).collect()
    }

    /// What may follow a variable's name and a dot; nothing when there is no such variable.
    #[must_use]
    pub fn members(&self, variable: &str) -> Vec<String> {
        self.scope.get(variable).map(members).unwrap_or_default()
    }

    /// Runs a piece and returns its value as text; `None` for `()`. A piece that fails changes nothing: variables, names
    /// seen everywhere and hooks are what they were.
    pub fn say(&mut self, name: &str, text: &str) -> Result<Option<String>, Failure> {
        let mut compiled = self.compile(name, text)?;
        let definitions = Interpreter::definitions(&compiled);
        if let Some(earlier) = &self.definitions {
            Interpreter::with_definitions(&mut compiled, earlier);
        }
        let run = Arc::clone(self.interpreter.run());
        let before = (self.scope.clone(), lock(&run.globals).clone(), run.hooks.all(), run.place());
        let value = match self.interpreter.evaluate_in(&mut self.scope, &compiled) {
            Ok(value) => value,
            Err(failure) => {
                let (scope, globals, hooks, place) = before;
                self.scope = scope;
                *lock(&run.globals) = globals;
                run.hooks.restore(hooks);
                run.set_place(place);
                return Err(failure);
            }
        };
        self.definitions = Some(match self.definitions.take() {
            Some(mut earlier) => {
                earlier.combine(definitions);
                earlier
            }
            None => definitions,
        });
        for (name, constant, value) in self.scope.iter() {
            if constant {
                run.set_global(name, value);
            }
        }
        self.said.push(text.trim().to_owned());
        Ok(self.shown(&value))
    }

    fn compile(&self, name: &str, text: &str) -> Result<Compiled, Failure> {
        let mut known = self.variables();
        known.extend(self.functions());
        let compiled = self.interpreter.compile(Source::new(name, text), &known);
        compiled.map_err(|reports| Failure::Reports(reports, None))
    }

    /// Runs a piece that changes nothing and is not kept.
    pub fn ask(&mut self, text: &str) -> Result<(), Failure> {
        let compiled = self.compile("<command>", text)?;
        self.interpreter.evaluate_in(&mut self.scope.clone(), &compiled).map(drop)
    }

    /// What is wrong with a whole script that was made of the dialogue.
    pub fn check(&self, name: &str, text: &str) -> Result<(), Failure> {
        // A checker of its own: the dialogue's names are not the script's.
        let run = self.interpreter.run();
        let apart = Run::new(run.runtime.clone(), Arc::clone(&run.crawler), run.settings.clone());
        let compiled = Interpreter::new(Arc::new(apart)).compile(Source::new(name, text), &[]);
        compiled.map(drop).map_err(|reports| Failure::Reports(reports, None))
    }

    fn shown(&self, value: &Dynamic) -> Option<String> {
        (!value.is_unit()).then(|| display(value, &self.interpreter.run().order))
    }
}

/// The parts and methods of a value.
fn members(value: &Dynamic) -> Vec<String> {
    let (parts, receiver): (Vec<String>, _) = if value.is::<PageValue>() {
        (PAGE_PARTS.iter().map(|(name, _)| (*name).to_owned()).collect(), Receiver::Page)
    } else if value.is::<ElementValue>() {
        (ELEMENT_PARTS.iter().map(|(name, _)| (*name).to_owned()).collect(), Receiver::Element)
    } else if value.is::<SessionValue>() {
        (vec!["id".to_owned()], Receiver::Session)
    } else if let Some(map) = value.read_lock::<Map>() {
        (map.keys().map(ToString::to_string).collect(), Receiver::Map)
    } else if value.is_string() {
        (vec!["len".to_owned()], Receiver::Text)
    } else {
        return Vec::new();
    };
    let methods = super::builtins::all().filter(|builtin| builtin.receiver == receiver);
    parts.into_iter().chain(methods.map(|method| format!("{}(", method.name))).collect()
}
