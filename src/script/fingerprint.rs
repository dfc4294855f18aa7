//! What a closure compares by from run to run: its source and all that it depends on, as far as a name tells.

use std::collections::BTreeMap;

use rhai::{Array, Dynamic, FnPtr, Map};
use serde_json::Value;

use super::run::Run;
use super::schema_value::SchemaValue;
use super::value::to_json;

/// The value of a constant by its name.
pub type Constant<'a> = dyn Fn(&str) -> Option<Dynamic> + 'a;

/// How deep closures may capture closures: deeper ones never compare equal.
const DEEPEST: u8 = 8;

/// The fingerprint of a function pointer with its captured values; `None`: never equal. `begun` are those that count as
/// they were, by their numbers.
pub fn fingerprint(
    run: &Run,
    (pointer, begun): (&FnPtr, &[(usize, Option<Value>)]),
    constant: &Constant<'_>,
) -> Option<String> {
    let work = Work { run, constant, depth: 0 };
    serde_json::to_string(&work.pointer(pointer, begun)?).ok()
}

/// The fingerprint of a value, without constants.
pub fn of_value(run: &Run, value: &Dynamic) -> Option<Value> {
    Work { run, constant: &|_| None, depth: 0 }.value(value)
}

struct Work<'a> {
    run: &'a Run,
    constant: &'a Constant<'a>,
    depth: u8,
}

impl Work<'_> {
    fn pointer(&self, pointer: &FnPtr, begun: &[(usize, Option<Value>)]) -> Option<Value> {
        if self.depth == DEEPEST {
            return None;
        }
        let inner = Self { depth: self.depth + 1, ..*self };
        let captured = |(slot, value): (usize, &Dynamic)| match begun.iter().find(|(known, _)| *known == slot) {
            Some((_, begun)) => begun.clone(),
            None => inner.value(value),
        };
        let captured: Option<Vec<Value>> = pointer.curry().iter().enumerate().map(captured).collect();
        let reach = self.run.sources.reach(pointer.fn_name());
        let mut named = BTreeMap::new();
        for name in &reach.names {
            let value = self.run.global(name).or_else(|| (self.constant)(name));
            if let Some(value) = value {
                named.insert(name.as_str(), inner.value(&value)?);
            }
        }
        Some(serde_json::json!([reach.texts, captured?, named]))
    }

    /// A captured or named value; what is no data has a fingerprint of its own, or none.
    fn value(&self, value: &Dynamic) -> Option<Value> {
        if let Some(pointer) = value.read_lock::<FnPtr>() {
            return self.pointer(&pointer, &[]);
        }
        if let Some(schema) = value.read_lock::<SchemaValue>() {
            let compute = |id: crate::page::ComputeId| {
                let closure = self.run.closure(id.0);
                closure.and_then(|closure| closure.fingerprint(self.run)).unwrap_or_default()
            };
            return Some(schema.0.fingerprint(&compute).into());
        }
        if let Some(items) = value.read_lock::<Array>() {
            return items.iter().map(|item| self.value(item)).collect::<Option<Vec<_>>>().map(Value::Array);
        }
        if let Some(map) = value.read_lock::<Map>() {
            let fields = map.iter().map(|(key, item)| Some((key.to_string(), self.value(item)?)));
            return fields.collect::<Option<serde_json::Map<_, _>>>().map(Value::Object);
        }
        to_json(value, &self.run.order).ok()
    }
}
