//! One JSON array, a record a line.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::format::Sink;
use super::lines::Lines;
use crate::store::StoreError;

/// Records as the items of an array.
pub(super) struct ArraySink(Lines);

impl ArraySink {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        Lines::create(path).map(Self)
    }
}

impl Sink for ArraySink {
    fn write(&mut self, _: Option<&str>, record: &Value) -> Result<(), StoreError> {
        // The comma stands before a record, so that the file can end after any of them.
        let before = if self.0.records == 0 { "[\n" } else { ",\n" };
        self.0.push(&format!("{before}{record}"))
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.0.flush()
    }

    fn records(&self) -> u64 {
        self.0.records
    }

    fn finish(self: Box<Self>) -> Result<PathBuf, StoreError> {
        self.0.finish("\n]\n", "[]\n")
    }
}
