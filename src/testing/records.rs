//! `x.records.jsonl`: the records of a run, one a line; one of a data set as `{"data_set":"orders","record":{…}}`.

use std::path::Path;

use serde_json::{Value, json};

use super::{Said, TestError};

/// The file's ending.
pub const ENDING: &str = "records.jsonl";

/// Records as the golden file has them.
#[must_use]
pub(super) fn text(records: &[Said]) -> String {
    let line = |said: &Said| match said {
        Said::Record(None, record) if !is_wrapped(record) => Some(format!("{record}\n")),
        Said::Record(data_set, record) => Some(format!("{}\n", json!({ "data_set": data_set, "record": record }))),
        Said::Line(_) => None,
    };
    records.iter().filter_map(line).collect()
}

/// The records of a golden file.
///
/// # Errors
/// [`TestError::Golden`] for a line that is no JSON.
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<Said>, TestError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let record = |(index, line): (usize, &str)| {
        let record: Value = serde_json::from_str(line).map_err(|_| TestError::Golden {
            path: path.to_owned(),
            line: index + 1,
            reason: "no JSON".to_owned(),
        })?;
        Ok(if is_wrapped(&record) { unwrapped(record) } else { Said::Record(None, record) })
    };
    lines.map(record).collect()
}

fn is_wrapped(record: &Value) -> bool {
    let names = |value: &Value| value.is_string() || value.is_null();
    record.as_object().is_some_and(|fields| {
        fields.len() == 2 && fields.contains_key("record") && fields.get("data_set").is_some_and(names)
    })
}

fn unwrapped(mut record: Value) -> Said {
    let data_set = record["data_set"].as_str().map(str::to_owned);
    Said::Record(data_set, record["record"].take())
}
