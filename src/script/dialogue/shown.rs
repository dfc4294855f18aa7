//! A value as a person wants it: what there is to show, apart from how wide the terminal is.

use std::sync::Arc;

use rhai::{Array, Dynamic, ImmutableString, Map};
use serde_json::Value;

use crate::crawl::Page;
use crate::script::element::ElementValue;
use crate::script::page_value::PageValue;
use crate::script::schema_value::KeyOrder;
use crate::script::value::{display, to_json};

/// What there is to show of a value.
#[derive(Debug, Clone)]
pub enum Shown {
    /// A page.
    Page(Arc<Page>),
    /// A list of records: the fields' names and, in their order, what each record has.
    Records {
        /// The names.
        columns: Vec<String>,
        /// The records.
        rows: Vec<Vec<String>>,
    },
    /// One record.
    Record(Vec<(String, String)>),
    /// Anything else that comes in several.
    List(Vec<String>),
    /// A text.
    Text(String),
    /// Anything else.
    Plain(String),
}

impl Shown {
    /// What to show of a value.
    pub(in crate::script) fn of(value: &Dynamic, order: &KeyOrder) -> Self {
        if let Some(page) = value.read_lock::<PageValue>() {
            return Self::Page(Arc::clone(page.page()));
        }
        if let Some(text) = value.read_lock::<ImmutableString>() {
            return Self::Text(text.to_string());
        }
        if let Some(map) = value.read_lock::<Map>()
            && !map.is_empty()
        {
            let keys = order.arrange(&map).into_iter();
            let field = |key: String| map.get(key.as_str()).map(|value| (key, cell(value, order)));
            return Self::Record(keys.filter_map(field).collect());
        }
        if let Some(list) = value.read_lock::<Array>() {
            return records(&list, order).unwrap_or_else(|| Self::List(list.iter().map(|v| item(v, order)).collect()));
        }
        Self::Plain(display(value, order))
    }

    /// Rows of JSON objects.
    #[must_use]
    pub fn rows(items: &[serde_json::Map<String, Value>]) -> Self {
        let mut columns: Vec<String> = Vec::new();
        for key in items.iter().flat_map(serde_json::Map::keys) {
            if !columns.contains(key) {
                columns.push(key.clone());
            }
        }
        let row = |item: &serde_json::Map<String, Value>| {
            columns.iter().map(|column| item.get(column).map(plain).unwrap_or_default()).collect()
        };
        let rows = items.iter().map(row).collect();
        Self::Records { columns, rows }
    }
}

/// A list of maps alone, as records.
fn records(list: &Array, order: &KeyOrder) -> Option<Shown> {
    if list.is_empty() || !list.iter().all(Dynamic::is_map) {
        return None;
    }
    let items: Option<Vec<_>> = list
        .iter()
        .map(|value| match to_json(value, order) {
            Ok(Value::Object(fields)) => Some(fields),
            _ => None,
        })
        .collect();
    items.filter(|items| items.iter().any(|item| !item.is_empty())).map(|items| Shown::rows(&items))
}

fn cell(value: &Dynamic, order: &KeyOrder) -> String {
    to_json(value, order).map_or_else(|_| display(value, order), |json| plain(&json))
}

/// A value in a list: text in quotes, our own types in short.
fn item(value: &Dynamic, order: &KeyOrder) -> String {
    let own = value.is::<PageValue>() || value.is::<ElementValue>();
    if own {
        return display(value, order);
    }
    to_json(value, order).map_or_else(|_| display(value, order), |json| json.to_string())
}

/// A value in a table: text without quotes, nothing for nothing, money as an amount with its currency.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Object(fields) if fields.len() == 2 => match (fields.get("amount"), fields.get("currency")) {
            (Some(amount), Some(currency)) => format!("{amount} {}", currency.as_str().unwrap_or_default()),
            _ => value.to_string(),
        },
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
