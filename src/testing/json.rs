//! A report as JSON, an object a line.

use serde_json::{Value, json};

use super::{Entry, LiveVerdict, Verdict};
use crate::diag::Exit;

/// One entry.
#[must_use]
pub fn line(entry: &Entry) -> Value {
    json!({
        "case": entry.case,
        "test": entry.test,
        "result": entry.verdict.word(),
        "verdict": entry.live.map(LiveVerdict::word),
        "file": entry.file,
        "line": entry.place.map(|(line, _)| line),
        "column": entry.place.map(|(_, column)| column),
        "elapsed_ms": u64::try_from(entry.elapsed.as_millis()).unwrap_or(u64::MAX),
        "code": entry.code,
        "message": (!entry.message.is_empty()).then_some(&entry.message),
        "detail": (!entry.detail.is_empty()).then_some(&entry.detail),
        "output": entry.output,
        "updated": entry.updated,
    })
}

/// The last line: how many of each, cases that were not run, and the exit code.
#[must_use]
pub fn summary(entries: &[Entry], not_run: usize, exit: Exit) -> Value {
    let count = |verdict| entries.iter().filter(|entry| entry.verdict == verdict).count();
    json!({ "summary": {
        "passed": count(Verdict::Passed),
        "failed": count(Verdict::Failed),
        "errors": count(Verdict::Error),
        "skipped": count(Verdict::Skipped),
        "updated": count(Verdict::Updated),
        "not_run": not_run,
        "exit": exit as i32,
    } })
}
