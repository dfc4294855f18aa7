//! What a script wrote and emitted, by the step after which it did: as much of it as a person reads.

use std::collections::{BTreeMap, HashMap};
use std::thread::ThreadId;

use serde_json::{Value, json};

use super::clean::clean;
use crate::text::Secrets;

/// So many lines and records are kept of what comes after one step; of the rest the number.
const MOST_AFTER_A_STEP: usize = 200;

/// So many bytes of them are kept in all.
const MOST_BYTES: usize = 24 * 1024 * 1024;

/// Lines and records of a run.
#[derive(Default)]
pub struct Said {
    /// The last step that each of the script's threads waited for.
    last: HashMap<ThreadId, u64>,
    after: BTreeMap<u64, After>,
    bytes: usize,
}

/// What was said after a step, 0 being the run's begin.
#[derive(Default)]
struct After {
    kept: Vec<Value>,
    lines: usize,
    records: usize,
}

impl Said {
    /// A thread of the script goes on after a step.
    pub fn goes_on(&mut self, thread: ThreadId, seq: u64) {
        self.last.insert(thread, seq);
    }

    /// `print`.
    pub fn line(&mut self, text: &str, secrets: &Secrets) {
        self.here().lines += 1;
        self.keep(json!({ "line": text }), secrets);
    }

    /// `emit`.
    pub fn record(&mut self, data_set: Option<&str>, record: &Value, secrets: &Secrets) {
        self.here().records += 1;
        self.keep(json!({ "set": data_set, "record": record.to_string() }), secrets);
    }

    /// All of it by step: what was kept, and how many lines and records there were.
    pub fn by_step(&self) -> BTreeMap<u64, Value> {
        let one = |after: &After| json!({ "kept": after.kept, "lines": after.lines, "records": after.records });
        self.after.iter().map(|(seq, after)| (*seq, one(after))).collect()
    }

    fn here(&mut self) -> &mut After {
        let seq = self.last.get(&std::thread::current().id()).copied().unwrap_or(0);
        self.after.entry(seq).or_default()
    }

    fn keep(&mut self, mut what: Value, secrets: &Secrets) {
        clean(&mut what, secrets);
        let bytes = what.to_string().len();
        if self.bytes + bytes <= MOST_BYTES && self.here().kept.len() < MOST_AFTER_A_STEP {
            self.bytes += bytes;
            self.here().kept.push(what);
        }
    }
}
