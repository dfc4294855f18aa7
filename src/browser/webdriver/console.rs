//! The console of a page, from what BiDi tells of its objects (`log.entryAdded`).

use serde_json::Value;

use crate::browser::console::{self, Logged, MOST_ITEMS, MOST_PROPERTIES, quoted};

/// Kinds of values that are told with what is in them.
const TOLD: &[&str] = &[
    "string",
    "number",
    "boolean",
    "bigint",
    "undefined",
    "null",
    "object",
    "array",
    "map",
    "set",
    "regexp",
    "date",
    "function",
];

/// What a function of `console` was called with, each a `script.RemoteValue`; `None` where the driver's own text says more
/// of one. Drivers put arguments into a format themselves.
pub(super) fn line(args: &[Value]) -> Option<String> {
    let told = !args.is_empty() && args.iter().all(|arg| TOLD.contains(&kind(arg)));
    told.then(|| console::line(&args.iter().map(|arg| Logged::Shown(shown(arg))).collect::<Vec<_>>()))
}

fn kind(of: &Value) -> &str {
    of["type"].as_str().unwrap_or_default()
}

fn shown(of: &Value) -> String {
    let value = &of["value"];
    let all = value.as_array().map_or(&[][..], Vec::as_slice);
    let property = |pair: &Value| {
        format!("{}: {}", pair[0].as_str().map_or_else(|| inner(&pair[0]), str::to_owned), inner(&pair[1]))
    };
    let entry = |pair: &Value| {
        let key = pair[0].as_str().map_or_else(|| inner(&pair[0]), quoted);
        format!("{key} => {}", inner(&pair[1]))
    };
    let some = |most: usize, show: &dyn Fn(&Value) -> String| all.iter().take(most).map(show).collect::<Vec<_>>();
    match kind(of) {
        "object" => console::object("Object", some(MOST_PROPERTIES, &property), all.len() > MOST_PROPERTIES),
        "array" => console::list(some(MOST_ITEMS, &inner), all.len() > MOST_ITEMS),
        "map" => {
            console::object(&format!("Map({})", all.len()), some(MOST_PROPERTIES, &entry), all.len() > MOST_PROPERTIES)
        }
        "set" => {
            console::object(&format!("Set({})", all.len()), some(MOST_PROPERTIES, &inner), all.len() > MOST_PROPERTIES)
        }
        "regexp" => {
            let part = |name: &str| value[name].as_str().unwrap_or_default();
            format!("/{}/{}", part("pattern"), part("flags"))
        }
        "function" => "ƒ".to_owned(),
        "node" => value["localName"].as_str().unwrap_or("node").to_owned(),
        other => value
            .as_str()
            .map_or_else(|| if value.is_null() { other.to_owned() } else { value.to_string() }, str::to_owned),
    }
}

/// A value within another one.
fn inner(of: &Value) -> String {
    let size = of["value"].as_array().map_or(0, Vec::len);
    match kind(of) {
        "string" => quoted(of["value"].as_str().unwrap_or_default()),
        "object" => "{…}".to_owned(),
        "array" => format!("Array({size})"),
        "map" => format!("Map({size})"),
        "set" => format!("Set({size})"),
        _ => shown(of),
    }
}
