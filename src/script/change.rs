//! What becomes of a variable, as a change that can be made again: of a value that became something else meanwhile too.

use rhai::{Array, Dynamic, ImmutableString, Map};
use serde_json::{Value, json};

use super::run::Run;
use super::value::{from_json, to_json};

/// What a variable holds.
#[derive(PartialEq)]
pub enum Content {
    /// Data that can be given back as it is.
    Exact(Value),
    /// What compares by this, but cannot be made of it.
    Like(Option<Value>),
}

impl Content {
    /// What a variable holds now.
    pub fn of(run: &Run, variable: &Dynamic) -> Self {
        exact(variable).map_or_else(|| Self::Like(to_json(variable, &run.order).ok()), Self::Exact)
    }
}

/// What became of the one in the other; `None`: that cannot be said.
pub fn change(before: &Content, after: Content) -> Option<Value> {
    let Content::Exact(after) = after else { return None };
    match before {
        Content::Exact(before) => Some(between(before, &after)),
        Content::Like(_) => Some(json!({ "is": after })),
    }
}

fn between(before: &Value, after: &Value) -> Value {
    match (before, after) {
        (Value::Array(before), Value::Array(now)) if now.starts_with(before) => json!({ "more": now[before.len()..] }),
        (Value::Object(before), Value::Object(now)) => {
            let changed = now.iter().filter(|(key, value)| before.get(*key) != Some(*value));
            let changed = changed.map(|(key, value)| {
                let change = before.get(key).map_or_else(|| json!({ "is": value }), |before| between(before, value));
                (key.clone(), change)
            });
            let gone = before.keys().filter(|key| !now.contains_key(*key));
            let gone = gone.map(|key| (key.clone(), json!({ "gone": true })));
            json!({ "in": changed.chain(gone).collect::<serde_json::Map<_, _>>() })
        }
        _ => match before.as_i64().zip(after.as_i64()).and_then(|(before, after)| after.checked_sub(before)) {
            Some(more) => json!({ "plus": more }),
            None => json!({ "is": after }),
        },
    }
}

/// Makes a change again.
pub fn follow(variable: &Dynamic, change: &Value) {
    // It holds the variable itself.
    let mut variable = variable.clone();
    if let Some(mut held) = variable.write_lock::<Dynamic>() {
        make(&mut held, change);
    }
}

/// Gives a variable back what it held.
pub fn put_back(variable: &Dynamic, content: &Content) {
    if let Content::Exact(value) = content {
        follow(variable, &json!({ "is": value }));
    }
}

fn make(value: &mut Dynamic, change: &Value) {
    if let Some(more) = change["more"].as_array()
        && let Some(mut list) = value.write_lock::<Array>()
    {
        list.extend(more.iter().map(from_json));
    } else if let Some(fields) = change["in"].as_object()
        && let Some(mut map) = value.write_lock::<Map>()
    {
        for (key, change) in fields {
            if change["gone"] == true {
                map.remove(key.as_str());
            } else {
                make(map.entry(key.as_str().into()).or_insert(Dynamic::UNIT), change);
            }
        }
    } else if let (Some(more), Ok(number)) = (change["plus"].as_i64(), value.as_int()) {
        *value = number.wrapping_add(more).into();
    } else if let Some(is) = change.get("is") {
        *value = from_json(is);
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
