//! The formats, by their endings, and what each must be able to do.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::array::ArraySink;
use super::database::DatabaseSink;
use super::lines::LinesSink;
use super::table::TableSink;
use crate::store::StoreError;
use crate::text::nearest;

/// The endings that `--output` knows.
pub const ENDINGS: &[&str] = &["jsonl", "ndjson", "json", "csv", "sqlite"];

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Lines,
    Array,
    Table,
    Database,
}

/// Takes records; its file appears only when it is finished.
pub(super) trait Sink: Send {
    /// Takes one whole record, or nothing of it.
    fn write(&mut self, data_set: Option<&str>, record: &Value) -> Result<(), StoreError>;
    /// Hands what was taken over to the system.
    fn flush(&mut self) -> Result<(), StoreError>;
    /// How many records it took.
    fn records(&self) -> u64;
    /// Completes the file and puts it in place.
    fn finish(self: Box<Self>) -> Result<PathBuf, StoreError>;
}

impl Format {
    /// The format of the path's ending.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match ending.as_str() {
            "jsonl" | "ndjson" => Ok(Self::Lines),
            "json" => Ok(Self::Array),
            "csv" => Ok(Self::Table),
            "sqlite" => Ok(Self::Database),
            _ => {
                let suggestion = nearest(&ending, ENDINGS.iter().copied());
                let suggestion = suggestion.map(|known| path.with_extension(known).display().to_string());
                Err(StoreError::UnknownFormat { path: path.to_owned(), suggestion })
            }
        }
    }

    /// Whether one file takes every data set.
    pub(super) fn holds_all_data_sets(self) -> bool {
        self == Self::Database
    }

    /// A sink for the file at `path`.
    pub(super) fn sink(self, path: &Path) -> Result<Box<dyn Sink>, StoreError> {
        Ok(match self {
            Self::Lines => Box::new(LinesSink::create(path)?),
            Self::Array => Box::new(ArraySink::create(path)?),
            Self::Table => Box::new(TableSink::create(path)?),
            Self::Database => Box::new(DatabaseSink::create(path)?),
        })
    }
}
