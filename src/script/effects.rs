//! What closures of the script do within a step beside what the step comes to: what they say, what they look at, which
//! files they write, and what becomes of the variables that they captured. A step that is answered by the journal does it
//! again without them.
//!
//! What becomes of a variable is told call by call, and as a change - so much more, these items too -, for branches side
//! by side may share it.

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::change::{Content, change, follow, put_back};
use super::closure::Closure;
use super::held::Said;
use super::output::ConsoleError;
use super::run::{Run, lock};
use crate::crawl::Effects;
use crate::crawl::journal::Observation;
use crate::store::{StoreError, write_atomic, write_private};

/// Who listens to what is said within a step.
#[derive(Debug)]
pub struct Echo {
    /// Whose closures are called: the step's session, and the closures that it brought itself.
    session: String,
    closures: Vec<u64>,
    /// What is said is a repetition, and nobody is to hear it.
    quiet: bool,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    said: Vec<Value>,
    /// Some of it cannot be done again.
    lost: bool,
}

/// The closures with variables of their own that are called just now, on whatever branch.
#[derive(Debug, Default)]
pub struct Calls(Mutex<Vec<(ThreadId, Arc<AtomicBool>)>>);

impl Calls {
    /// A call begins; what it gives turns false where one of another branch is under way meanwhile.
    fn begin(&self) -> Arc<AtomicBool> {
        let (own, alone) = (std::thread::current().id(), Arc::new(AtomicBool::new(true)));
        let mut calls = lock(&self.0);
        for (_, other) in calls.iter().filter(|(thread, _)| *thread != own) {
            other.store(false, Ordering::Relaxed);
            alone.store(false, Ordering::Relaxed);
        }
        calls.push((own, Arc::clone(&alone)));
        alone
    }

    /// It ended; whether it was alone.
    fn end(&self, call: &Arc<AtomicBool>) -> bool {
        lock(&self.0).retain(|(_, other)| !Arc::ptr_eq(other, call));
        call.load(Ordering::Relaxed)
    }
}

/// Which of a step's closures are called.
#[derive(Debug, Clone, Copy)]
pub enum Called {
    /// The session's hook of that number.
    Hook(usize),
    /// One that the step brought, by its id.
    Closure(u64),
    /// All that the step brought: computed fields are called for each row.
    Fields,
}

/// A step whose closures are listened to.
pub struct Attending {
    /// By hooks and polled closures.
    pub acting: Arc<Echo>,
    /// By computed fields: what is read anew says it anew.
    pub reading: Arc<Echo>,
    /// What variables held before a quiet step.
    held: Vec<(Variable, Content)>,
}

/// A variable that a closure captured.
struct Variable {
    /// The closure's number among the step's, and the variable's among the closure's.
    at: (usize, usize),
    it: rhai::Dynamic,
}

impl Echo {
    /// Does `work`, in which those closures are called, and notes what becomes of their variables.
    pub fn around<T>(&self, run: &Run, called: Called, work: impl FnOnce() -> T) -> T {
        if self.quiet {
            return work();
        }
        let hooks = run.hooks.of(&self.session).len();
        let is_called = |number: usize| match called {
            Called::Hook(hook) => number == hook,
            Called::Closure(id) => number.checked_sub(hooks).and_then(|n| self.closures.get(n)) == Some(&id),
            Called::Fields => number >= hooks,
        };
        let variables = variables(run, &self.session, &self.closures).into_iter();
        let held = variables.filter(|variable| is_called(variable.at.0)).map(|variable| with_content(run, variable));
        let held: Vec<(Variable, Content)> = held.collect();
        if held.is_empty() {
            return work();
        }
        let alone = run.calls.begin();
        let value = work();
        let alone = run.calls.end(&alone);
        for (variable, before) in held {
            let after = Content::of(run, &variable.it);
            if after == before {
                continue;
            }
            // Whose change it is, nobody could say where another branch's closure was called meanwhile.
            match change(&before, after).filter(|_| alone) {
                Some(change) => self.hear(|| json!(["kept", variable.at, change])),
                None => lock(&self.heard).lost = true,
            }
        }
        value
    }

    fn hear(&self, what: impl FnOnce() -> Value) {
        lock(&self.heard).said.push(what());
    }

    fn take(&self) -> Heard {
        std::mem::take(&mut *lock(&self.heard))
    }
}

impl Attending {
    /// Begins to listen to a step of `session` with these closures.
    pub fn begin(run: &Run, session: &str, closures: &[u64], quiet: bool) -> Self {
        let echo = || {
            let (session, closures) = (session.to_owned(), closures.to_owned());
            Arc::new(Echo { session, closures, quiet, heard: Mutex::default() })
        };
        let variables = if quiet { variables(run, session, closures) } else { Vec::new() };
        let held = variables.into_iter().map(|variable| with_content(run, variable)).collect();
        Self { acting: echo(), reading: echo(), held }
    }

    /// What was done since; after a quiet step the variables hold what they held before.
    pub fn end(self, run: &Run) -> Effects {
        for (variable, before) in self.held {
            if Content::of(run, &variable.it) != before {
                put_back(&variable.it, &before);
            }
        }
        let (acted, read) = (self.acting.take(), self.reading.take());
        let any = !(acted.said.is_empty() && read.said.is_empty());
        let did = any.then(|| json!({ "said": acted.said, "read": read.said }));
        Effects { did, lost: acted.lost || read.lost }
    }
}

fn with_content(run: &Run, variable: Variable) -> (Variable, Content) {
    let content = Content::of(run, &variable.it);
    (variable, content)
}

/// Does again what closures did in a step of `session` with these closures; with `reading` what computed fields did too.
pub fn repeat(run: &Run, (session, closures): (&str, &[u64]), did: &Value, reading: bool) -> Result<(), ConsoleError> {
    let empty = Vec::new();
    let list = |name: &str| did[name].as_array().unwrap_or(&empty);
    let variables = variables(run, session, closures);
    let keep = |at: &Value, change: &Value| {
        let number = |place: usize| at[place].as_u64().and_then(|number| usize::try_from(number).ok());
        let place = number(0).zip(number(1));
        if let Some(variable) = variables.iter().find(|variable| Some(variable.at) == place) {
            follow(&variable.it, change);
        }
    };
    let read = list("read").iter().filter(|_| reading);
    list("said").iter().chain(read).try_for_each(|said| {
        let text = |number: usize| said[number].as_str().unwrap_or_default();
        match text(0) {
            "print" => run.print(text(1)),
            "emit" => run.emit(said[1].as_str(), said[2].clone()),
            "wrote" => write_again(run, Path::new(text(1)), &said[2], said[3] == true),
            "kept" => {
                keep(&said[1], &said[2]);
                Ok(())
            }
            _ => {
                // Where steps may run live, a state file is read anew.
                let seen = |kind: &Observation| *kind != Observation::State || run.crawler.reaches_no_site();
                if let Some(kind) = Observation::named(text(1)).filter(seen) {
                    let _ = run.observe(kind, text(2), || Ok::<_, Infallible>(Value::Null));
                }
                Ok(())
            }
        }
    })
}

/// Writes a file again where the script still may.
fn write_again(run: &Run, path: &Path, content: &Value, private: bool) -> Result<(), ConsoleError> {
    run.crawler.access().write(path).map_err(|error| {
        let help = error.help.iter().map(|help| format!(": {help}"));
        ConsoleError::Failed(help.fold(error.message.clone(), |message, help| message + &*help))
    })?;
    let bytes = match content.as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => BASE64_STANDARD.decode(content["base64"].as_str().unwrap_or_default()).unwrap_or_default(),
    };
    if let Some(folder) = path.parent() {
        // What is wrong with it shows in the next line.
        let _ = std::fs::create_dir_all(folder);
    }
    run.write(path, &bytes, private).map_err(|error| ConsoleError::Failed(error.to_string()))
}

/// The variables that a step's closures captured: those of the session's hooks, then these.
fn variables(run: &Run, session: &str, closures: &[u64]) -> Vec<Variable> {
    let hooks = run.hooks.of(session).into_iter().map(|hook| Some(hook.closure));
    let all = hooks.chain(closures.iter().map(|id| run.closure(*id)));
    let captured = |(number, closure): (usize, Option<Closure>)| {
        let variables = closure.map(|closure| closure.captured()).unwrap_or_default();
        variables.into_iter().map(move |(slot, it)| Variable { at: (number, slot), it })
    };
    all.enumerate().flat_map(captured).collect()
}

impl Run {
    /// Prints a line.
    pub fn print(&self, line: &str) -> Result<(), ConsoleError> {
        self.heard(|| json!(["print", line]));
        if self.is_quiet() { Ok(()) } else { self.say(Said::Line(line.to_owned())) }
    }

    /// Gives a record away.
    pub fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        self.heard(|| json!(["emit", data_set, record]));
        if self.is_quiet() { Ok(()) } else { self.say(Said::Record(data_set.map(str::to_owned), record)) }
    }

    /// Writes a file, whole or not at all; `private`: for nobody else to read. In a replay such a one would have
    /// placeholders in the place of what somebody is logged in by: it is kept from the disk.
    pub fn write(&self, path: &Path, bytes: &[u8], private: bool) -> Result<(), StoreError> {
        if private && self.crawler.reaches_no_site() {
            let text = String::from_utf8_lossy(bytes).into_owned();
            lock(&self.saved).insert(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()), text);
        } else {
            self.note_written(path);
            if private { write_private(path, bytes)? } else { write_atomic(path, bytes)? }
        }
        self.heard(|| {
            let encoded = |_| json!({ "base64": BASE64_STANDARD.encode(bytes) });
            let content = str::from_utf8(bytes).map_or_else(encoded, |text| json!(text));
            json!(["wrote", path.to_string_lossy(), content, private])
        });
        Ok(())
    }

    /// Looks at something beside pages, as the branch that the calling thread stands in.
    pub fn observe<E>(
        &self,
        kind: Observation,
        key: &str,
        make: impl FnOnce() -> Result<Value, E>,
    ) -> Result<Value, E> {
        if self.is_quiet() {
            // What a repeated step looks at was looked at.
            return make();
        }
        let value = self.crawler.observe(&self.place().branch, kind, key, make)?;
        self.heard(|| json!(["saw", kind.name(), key]));
        Ok(value)
    }

    fn heard(&self, what: impl Fn() -> Value) {
        self.echoes(|echoes| echoes.iter().for_each(|echo| echo.hear(&what)));
    }

    fn is_quiet(&self) -> bool {
        self.echoes(|echoes| echoes.iter().any(|echo| echo.quiet))
    }
}
