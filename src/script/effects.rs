//! What closures of the script do within a step beside what the step comes to: what they say, what they look at, which
//! files they write, and what becomes of the variables that they captured. A step that is answered by the journal does it again without them.
//! A variable that branches side by side share is told as each step left it: of such branches the last one counts.

use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rhai::{Array, Dynamic, ImmutableString, Map};
use serde_json::{Value, json};

use super::closure::Closure;
use super::output::ConsoleError;
use super::run::{Run, lock};
use super::value::{from_json, to_json};
use crate::crawl::Effects;
use crate::crawl::journal::Observation;
use crate::store::{StoreError, write_atomic, write_private};

/// Who listens to what is said within a step.
#[derive(Debug, Default)]
pub struct Echo {
    /// What is said is a repetition, and nobody is to hear it.
    quiet: bool,
    heard: Mutex<Vec<Value>>,
}

/// A step whose closures are listened to.
pub struct Attending {
    /// By hooks and polled closures.
    pub acting: Arc<Echo>,
    /// By computed fields: what is read anew says it anew.
    pub reading: Arc<Echo>,
    cells: Vec<Cell>,
}

/// A variable that a closure captured.
struct Cell {
    /// The closure's number among the step's, and the variable's among the closure's.
    at: (usize, usize),
    /// It holds the variable itself.
    variable: Dynamic,
    before: Content,
}

/// What a variable holds.
#[derive(PartialEq)]
enum Content {
    /// Data that can be given back as it is.
    Exact(Value),
    /// What compares by this, but cannot be made of it.
    Like(Option<Value>),
}

impl Echo {
    fn hear(&self, what: impl FnOnce() -> Value) {
        lock(&self.heard).push(what());
    }

    fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *lock(&self.heard))
    }
}

impl Attending {
    /// Begins to listen to a step of `session` with these closures.
    pub fn begin(run: &Run, session: &str, closures: &[u64], quiet: bool) -> Self {
        let variables = variables(run, session, closures).into_iter();
        let cells = variables.map(|(at, variable)| Cell { at, before: Content::of(run, &variable), variable });
        Self {
            acting: Arc::new(Echo { quiet, ..Echo::default() }),
            reading: Arc::new(Echo { quiet, ..Echo::default() }),
            cells: cells.collect(),
        }
    }

    /// What was done since; after a quiet step the variables hold what they held before.
    pub fn end(self, run: &Run) -> Effects {
        let (mut kept, mut lost) = (Vec::new(), false);
        for Cell { at, variable, before } in self.cells {
            let after = Content::of(run, &variable);
            if after == before {
                continue;
            }
            match (self.acting.quiet, before, after) {
                (true, Content::Exact(before), _) => set(&variable, from_json(&before)),
                (false, before, Content::Exact(after)) => kept.push(json!([at, change(&before, after)])),
                _ => lost = true,
            }
        }
        let (said, read) = (self.acting.take(), self.reading.take());
        let any = !(said.is_empty() && read.is_empty() && kept.is_empty());
        let did = any.then(|| json!({ "said": said, "read": read, "kept": kept }));
        Effects { did, lost }
    }
}

impl Content {
    fn of(run: &Run, variable: &Dynamic) -> Self {
        exact(variable).map_or_else(|| Self::Like(to_json(variable, &run.order).ok()), Self::Exact)
    }
}

/// Does again what closures did in a step of `session` with these closures; with `reading` what computed fields said too.
pub fn repeat(run: &Run, (session, closures): (&str, &[u64]), did: &Value, reading: bool) -> Result<(), ConsoleError> {
    let empty = Vec::new();
    let list = |name: &str| did[name].as_array().unwrap_or(&empty);
    let variables = variables(run, session, closures);
    for kept in list("kept") {
        let at = |number: usize| kept[0][number].as_u64().and_then(|number| usize::try_from(number).ok());
        let (Some(closure), Some(slot)) = (at(0), at(1)) else { continue };
        if let Some((_, variable)) = variables.iter().find(|(known, _)| *known == (closure, slot)) {
            follow(variable, &kept[1]);
        }
    }
    let read = list("read").iter().filter(|_| reading);
    list("said").iter().chain(read).try_for_each(|said| {
        let text = |number: usize| said[number].as_str().unwrap_or_default();
        match text(0) {
            "print" => run.print(text(1)),
            "emit" => run.emit(said[1].as_str(), said[2].clone()),
            "wrote" => write_again(run, Path::new(text(1)), &said[2], said[3] == true),
            _ => {
                if let Some(kind) = Observation::named(text(1)) {
                    let _ = run.observe(kind, text(2), || Value::Null);
                }
                Ok(())
            }
        }
    })
}

/// Writes a file again where the script still may.
fn write_again(run: &Run, path: &Path, content: &Value, private: bool) -> Result<(), ConsoleError> {
    run.crawler.access().write(path).map_err(|error| ConsoleError::Failed(error.to_string()))?;
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
fn variables(run: &Run, session: &str, closures: &[u64]) -> Vec<((usize, usize), Dynamic)> {
    let hooks = run.hooks.of(session).into_iter().map(|hook| Some(hook.closure));
    let all = hooks.chain(closures.iter().map(|id| run.closure(*id)));
    let captured = |(number, closure): (usize, Option<Closure>)| {
        let variables = closure.map(|closure| closure.captured()).unwrap_or_default();
        variables.into_iter().map(move |(slot, variable)| ((number, slot), variable))
    };
    all.enumerate().flat_map(captured).collect()
}

/// A list that only grew is told by what came to it: one of thousands may grow at every step.
fn change(before: &Content, after: Value) -> Value {
    if let (Content::Exact(Value::Array(before)), Value::Array(now)) = (before, &after)
        && let Some(more) = now.strip_prefix(before.as_slice())
    {
        return json!({ "after": before.len(), "more": more });
    }
    json!({ "is": after })
}

fn follow(variable: &Dynamic, change: &Value) {
    let Some(more) = change["more"].as_array() else { return set(variable, from_json(&change["is"])) };
    let mut list = variable.clone();
    let Some(mut list) = list.write_lock::<Array>() else { return };
    // Another closure of the step may hold the same variable.
    if Some(list.len() as u64) == change["after"].as_u64() {
        list.extend(more.iter().map(from_json));
    }
}

fn set(variable: &Dynamic, value: Dynamic) {
    let mut variable = variable.clone();
    if let Some(mut held) = variable.write_lock::<Dynamic>() {
        *held = value;
    }
}

/// A value as data that it can be made of again.
fn exact(value: &Dynamic) -> Option<Value> {
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().map(exact).collect::<Option<Vec<_>>>().map(Value::Array);
    }
    if let Some(map) = value.read_lock::<Map>() {
        let fields = map.iter().map(|(key, item)| Some((key.to_string(), exact(item)?)));
        return fields.collect::<Option<serde_json::Map<_, _>>>().map(Value::Object);
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return Some(Value::String(text.to_string()));
    }
    let value = value.flatten_clone();
    if value.is_unit() {
        return Some(Value::Null);
    }
    let number = || value.as_float().ok().and_then(serde_json::Number::from_f64).map(Value::Number);
    value.as_bool().ok().map(Value::Bool).or_else(|| value.as_int().ok().map(Value::from)).or_else(number)
}

impl Run {
    /// Prints a line.
    pub fn print(&self, line: &str) -> Result<(), ConsoleError> {
        self.heard(|| json!(["print", line]));
        if self.is_quiet() { Ok(()) } else { self.settings.console.print(line) }
    }

    /// Gives a record away.
    pub fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        self.heard(|| json!(["emit", data_set, record]));
        if self.is_quiet() { Ok(()) } else { self.settings.console.emit(data_set, record) }
    }

    /// Writes a file, whole or not at all; `private`: for nobody else to read.
    pub fn write(&self, path: &Path, bytes: &[u8], private: bool) -> Result<(), StoreError> {
        self.note_written(path);
        match private {
            true => write_private(path, bytes)?,
            false => write_atomic(path, bytes)?,
        }
        self.heard(|| {
            let encoded = |_| json!({ "base64": BASE64_STANDARD.encode(bytes) });
            let content = str::from_utf8(bytes).map_or_else(encoded, |text| json!(text));
            json!(["wrote", path.to_string_lossy(), content, private])
        });
        Ok(())
    }

    /// Looks at something beside pages, as the branch that the calling thread stands in.
    pub fn observe(&self, kind: Observation, key: &str, make: impl FnOnce() -> Value) -> Value {
        if self.is_quiet() {
            // What a repeated step looks at was looked at.
            return make();
        }
        self.heard(|| json!(["saw", kind.name(), key]));
        let branch = self.place().branch;
        let seen: Result<Value, std::convert::Infallible> = self.crawler.observe(&branch, kind, key, || Ok(make()));
        let Ok(value) = seen;
        value
    }

    fn heard(&self, what: impl Fn() -> Value) {
        self.echoes(|echoes| echoes.iter().for_each(|echo| echo.hear(&what)));
    }

    fn is_quiet(&self) -> bool {
        self.echoes(|echoes| echoes.iter().any(|echo| echo.quiet))
    }
}
