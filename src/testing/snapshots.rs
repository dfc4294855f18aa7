//! `x.snapshots.json`: what the tests of `x.crawl` wrote down, by name.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::{Map, Value};

use super::TestError;

/// The file's ending.
pub const ENDING: &str = "snapshots.json";

/// The snapshots in a file; none when it is not there.
///
/// # Errors
/// [`TestError::Io`], or [`TestError::Golden`] when it holds no object.
pub(super) fn load(path: &Path) -> Result<Map<String, Value>, TestError> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Map::new()),
        read => read.map_err(|error| TestError::io("read", path, &error))?,
    };
    serde_json::from_str(&text).map_err(|error| TestError::Golden {
        path: path.to_owned(),
        line: error.line(),
        reason: "no JSON object of snapshots".to_owned(),
    })
}

/// The file's text, sorted by name; nothing for no snapshots.
#[must_use]
pub(super) fn text(snapshots: &Map<String, Value>) -> String {
    if snapshots.is_empty() {
        return String::new();
    }
    let mut sorted: Vec<(&String, &Value)> = snapshots.iter().collect();
    sorted.sort_by_key(|(name, _)| name.as_str());
    let sorted: Map<String, Value> = sorted.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    format!("{:#}\n", Value::Object(sorted))
}
