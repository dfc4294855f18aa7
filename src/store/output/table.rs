//! CSV: a header of every column that any record has, in order of appearance, then the records.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::format::Sink;
use super::spill::{Spill, text};
use crate::store::{Replacement, StoreError};

/// Records as rows of CSV.
pub(super) struct TableSink {
    file: Replacement,
    spill: Spill,
}

impl TableSink {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { file: Replacement::create(path)?, spill: Spill::create()? })
    }
}

impl Sink for TableSink {
    fn write(&mut self, _: Option<&str>, record: &Value) -> Result<(), StoreError> {
        self.spill.push(record)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn records(&self) -> u64 {
        self.spill.records
    }

    fn finish(self: Box<Self>) -> Result<PathBuf, StoreError> {
        let Self { mut file, spill } = *self;
        let path = file.path().to_owned();
        let columns: Vec<String> = spill.columns().iter().map(|column| column.name.clone()).collect();
        if !columns.is_empty() {
            let failed =
                |error: csv::Error| StoreError::Io { action: "write", path: path.clone(), reason: error.to_string() };
            let mut rows = csv::Writer::from_writer(file.file());
            rows.write_record(&columns).map_err(failed)?;
            spill.replay(|record| {
                let fields = columns.iter().map(|column| record.get(column).map(text).unwrap_or_default());
                rows.write_record(fields).map_err(failed)
            })?;
            rows.flush().map_err(|error| StoreError::io("write", &path, &error))?;
        }
        file.put_in_place()
    }
}
