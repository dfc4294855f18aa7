//! Listens to a run: what each step came to, what was written after it, what must not be told.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use serde_json::{Map, Value};

use super::clean::clean;
use super::identity::hide_identity;
use super::network;
use super::said::Said;
use super::shelf::{Shelf, Snapshot};
use super::step::facts;
use crate::browser::ConsoleLine;
use crate::crawl::{Event, StepListener, StepRecord};
use crate::text::Secrets;

/// So many selectors are told of a step.
const MOST_LOOKS: usize = 40;

/// So many lines of a page's console are kept for a step.
const MOST_CONSOLE: usize = 500;

/// What a run did so far. Documents and pictures are on disk.
pub struct Collector {
    pub(super) begun: Instant,
    pub(super) began_at: SystemTime,
    state: Mutex<State>,
}

/// What was heard.
#[derive(Default)]
pub(super) struct State {
    pub secrets: Secrets,
    /// Facts by the step's number.
    pub steps: BTreeMap<u64, Map<String, Value>>,
    pub said: Said,
    /// By step, 0 for those of none.
    pub warnings: BTreeMap<u64, Vec<String>>,
    pub documents: Shelf,
    pub pictures: Shelf,
    /// How many requests were kept so far.
    requests: usize,
    /// How many lines of a session's console were told since its last `crawl`.
    heard: HashMap<String, usize>,
}

impl Default for Collector {
    fn default() -> Self {
        Self { begun: Instant::now(), began_at: SystemTime::now(), state: Mutex::default() }
    }
}

impl Collector {
    /// Takes note of what a script writes.
    pub fn line(&self, text: &str) {
        let State { said, secrets, .. } = &mut *self.state();
        said.line(text, secrets);
    }

    /// Takes note of a record.
    pub fn record(&self, data_set: Option<&str>, record: &Value) {
        let State { said, secrets, .. } = &mut *self.state();
        said.record(data_set, record, secrets);
    }

    /// Takes note of a warning.
    pub fn event(&self, event: &Event) {
        if let Event::Warning { step, session, message } = event {
            let place = session.as_ref().map_or_else(String::new, |session| format!(" ({session})"));
            let warning = format!("{message}{place}");
            let mut state = self.state();
            let warnings = state.warnings.entry(step.unwrap_or(0)).or_default();
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StepListener for Collector {
    fn ended(&self, step: StepRecord) {
        let mut facts = facts(&step, self.begun);
        let document = step.page.as_ref().and_then(|page| serde_json::to_vec(&Snapshot::of(page)).ok());
        let mut state = self.state();
        hide_identity(&step, &mut state.secrets);
        let numbers = [
            ("document", document.and_then(|bytes| state.documents.keep(&bytes))),
            ("picture", step.picture.as_ref().and_then(|bytes| state.pictures.keep(bytes))),
        ];
        for (name, number) in numbers {
            facts.extend(number.map(|number| (name.to_owned(), number.into())));
        }
        let console = state.unheard(&step);
        if !console.is_empty() {
            facts.insert("console".to_owned(), console.into());
        }
        let requests = state.requests(&step);
        if !requests.is_empty() {
            facts.insert("asked".to_owned(), step.requests.len().into());
            facts.insert("requests".to_owned(), requests.into());
        }
        if let Some(site) = &step.site {
            state.said.goes_on(site.thread, step.seq);
        }
        let mut facts = Value::Object(facts);
        clean(&mut facts, &state.secrets);
        if let Some(requests) = facts.get_mut("requests") {
            network::shorten(requests);
        }
        if let Value::Object(facts) = facts {
            state.steps.insert(step.seq, facts);
        }
    }

    fn read(&self, step: u64, css: &str) {
        let State { steps, secrets, .. } = &mut *self.state();
        let Some(looks) = steps.get_mut(&step).map(|facts| facts.entry("looks").or_insert(Value::Null)) else { return };
        if looks.is_null() {
            *looks = Value::Array(Vec::new());
        }
        let css = secrets.hide_in(css);
        if let Value::Array(looks) = looks
            && looks.len() < MOST_LOOKS
            && !looks.iter().any(|look| look["css"] == *css && look["within"].is_null())
        {
            looks.push(serde_json::json!({ "role": "read", "css": css }));
        }
    }

    fn hide(&self, secret: &str) {
        self.state().secrets.add(secret);
    }
}

impl State {
    /// The requests of a step, as many as there is room for.
    fn requests(&mut self, step: &StepRecord) -> Vec<Value> {
        let room = network::MOST_OF_A_RUN - self.requests;
        let rows: Vec<Value> = step.requests.iter().take(network::MOST_OF_A_STEP.min(room)).map(network::row).collect();
        self.requests += rows.len();
        rows
    }

    /// The console's lines that no step before told: a `crawl` takes them away, other steps leave them there.
    fn unheard(&mut self, step: &StepRecord) -> Vec<Value> {
        let heard = self.heard.get(&step.session).copied().unwrap_or(0);
        let heard = if heard > step.console.len() { 0 } else { heard };
        let takes = matches!(step.outcome, crate::crawl::Outcome::Page(_));
        self.heard.insert(step.session.clone(), if takes { 0 } else { step.console.len() });
        step.console[heard..].iter().take(MOST_CONSOLE).map(line).collect()
    }
}

fn line(line: &ConsoleLine) -> Value {
    serde_json::json!({ "level": line.level, "text": line.text, "url": line.url, "line": line.line })
}
