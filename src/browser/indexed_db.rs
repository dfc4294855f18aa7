//! The databases of a page's origin (W3C IndexedDB), as storage states write them.

use serde::Deserialize;
use serde_json::Value;

const SCRIPT: &str = include_str!("indexed_db.js");

/// What a page's origin has in its databases.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct Databases {
    /// A database each, in the shape of Playwright's storage state.
    pub databases: Vec<Value>,
    /// What cannot be written as text, such as files and keys: its store, and its kind.
    #[serde(rename = "left")]
    pub left_out: Vec<String>,
}

/// A call that reads all of them.
pub(super) fn dump_call() -> String {
    format!("{}.dump()", SCRIPT.trim_end())
}

/// A call that writes them, each in place of one of its name.
pub(super) fn restore_call(databases: &[Value]) -> String {
    format!("{}.restore({})", SCRIPT.trim_end(), Value::from(databases.to_vec()))
}
