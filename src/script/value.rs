//! Values of the script and JSON, both ways, and how a value is printed.

use rhai::{Array, Dynamic, ImmutableString, Map};
use serde_json::Value;

use super::condition_value::ConditionValue;
use super::element::ElementValue;
use super::failure::ErrorValue;
use super::page_value::PageValue;
use super::schema_value::{KeyOrder, SchemaValue};
use super::session_value::SessionValue;

/// A JSON value as the script sees it: `null` is `()`, numbers are integers where they fit.
pub fn from_json(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(b) => (*b).into(),
        Value::Number(n) => n.as_i64().map_or_else(|| n.as_f64().unwrap_or(f64::NAN).into(), Dynamic::from),
        Value::String(s) => s.as_str().into(),
        Value::Array(items) => items.iter().map(from_json).collect::<Array>().into(),
        Value::Object(fields) => Dynamic::from_map(map_from_json(fields)),
    }
}

/// A JSON object as a map.
#[must_use]
pub fn map_from_json(fields: &serde_json::Map<String, Value>) -> Map {
    fields.iter().map(|(key, value)| (key.as_str().into(), from_json(value))).collect()
}

/// A value of the script as JSON; the error names what cannot be data.
pub fn to_json(value: &Dynamic, order: &KeyOrder) -> Result<Value, String> {
    if let Some(shared) = value.read_lock::<Map>() {
        return map_to_json(&shared, order);
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().map(|item| to_json(item, order)).collect::<Result<Vec<_>, _>>().map(Value::Array);
    }
    scalar_to_json(&value.flatten_clone())
}

fn map_to_json(map: &Map, order: &KeyOrder) -> Result<Value, String> {
    let mut out = serde_json::Map::new();
    for key in order.arrange(map) {
        if let Some(value) = map.get(key.as_str()) {
            out.insert(key, to_json(value, order)?);
        }
    }
    Ok(Value::Object(out))
}

fn scalar_to_json(value: &Dynamic) -> Result<Value, String> {
    if value.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(b) = value.as_bool() {
        return Ok(Value::Bool(b));
    }
    if let Ok(i) = value.as_int() {
        return Ok(i.into());
    }
    if let Ok(f) = value.as_float() {
        return Ok(serde_json::Number::from_f64(f).map_or(Value::Null, Value::Number));
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return Ok(Value::String(text.to_string()));
    }
    if let Ok(c) = value.as_char() {
        return Ok(Value::String(c.to_string()));
    }
    if let Some(page) = value.read_lock::<PageValue>() {
        return Ok(page.to_json());
    }
    if let Some(element) = value.read_lock::<ElementValue>() {
        return Ok(element.to_json());
    }
    if let Some(error) = value.read_lock::<ErrorValue>() {
        return Ok(error.to_json());
    }
    if let Some(range) = value.read_lock::<std::ops::Range<i64>>() {
        return Ok(range.clone().collect::<Vec<_>>().into());
    }
    if let Some(range) = value.read_lock::<std::ops::RangeInclusive<i64>>() {
        return Ok(range.clone().collect::<Vec<_>>().into());
    }
    Err(format!("{} cannot be written as data", describe(value)))
}

/// A value as `print` shows it: text as it is, our own types as a person wants them, the rest as JSON.
#[must_use]
pub fn display(value: &Dynamic, order: &KeyOrder) -> String {
    if value.is_unit() {
        return "()".to_owned();
    }
    if let Some(map) = value.read_lock::<Map>() {
        let keys = order.arrange(&map).into_iter();
        let entry =
            |key: String| map.get(key.as_str()).map(|value| format!("{}:{}", Value::from(key), inside(value, order)));
        return format!("{{{}}}", keys.filter_map(entry).collect::<Vec<_>>().join(","));
    }
    if let Some(items) = value.read_lock::<Array>() {
        return format!("[{}]", items.iter().map(|item| inside(item, order)).collect::<Vec<_>>().join(","));
    }
    if let Some(page) = value.read_lock::<PageValue>() {
        return page.summary();
    }
    if let Some(element) = value.read_lock::<ElementValue>() {
        return element.summary();
    }
    if let Some(error) = value.read_lock::<ErrorValue>() {
        return error.summary();
    }
    if let Some(condition) = value.read_lock::<ConditionValue>() {
        return condition.condition.to_string();
    }
    if let Some(session) = value.read_lock::<SessionValue>() {
        return format!("session({})", Value::from(session.id.as_str()));
    }
    if let Some(schema) = value.read_lock::<SchemaValue>() {
        return format!("schema {} at {}", schema.0.name, Value::from(schema.0.at.as_str()));
    }
    match describe(value).as_str() {
        described @ ("a function" | "a field") => described.trim_start_matches("a ").to_owned(),
        _ => value.to_string(),
    }
}

/// A value inside a list or map: data as JSON, our own types in short.
fn inside(value: &Dynamic, order: &KeyOrder) -> String {
    let own = value.is_map() || value.is_array() || value.read_lock::<PageValue>().is_some();
    if own {
        return display(value, order);
    }
    to_json(value, order).map_or_else(|_| display(value, order), |json| json.to_string())
}

/// The kind of a value in the words of messages: `a map`, `a string`.
#[must_use]
pub fn describe(value: &Dynamic) -> String {
    let name = match value.type_name() {
        "()" => return "nothing `()`".to_owned(),
        "i64" => "an integer",
        "f64" => "a number",
        "bool" => "a boolean",
        "string" | "rhai::ImmutableString" | "&str" => "a string",
        "char" => "a character",
        "map" | "rhai::Map" => "a map",
        "array" | "rhai::Array" => "an array",
        "Fn" | "rhai::FnPtr" => "a function",
        other if value.is_map() || other.contains("Map") => "a map",
        other if value.is_array() || other.contains("Array") => "an array",
        other if value.is_fnptr() || other.contains("FnPtr") => "a function",
        other if value.is_string() || other.contains("String") => "a string",
        other => {
            let short = other.rsplit("::").next().unwrap_or(other);
            return format!("a {}", short.trim_end_matches("Value").to_lowercase());
        }
    };
    name.to_owned()
}
