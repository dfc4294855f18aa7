//! Records on disk until their columns are known: for formats that must say their columns first.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::path::Path;

use serde_json::{Map, Value};

use crate::store::StoreError;

/// Records in a nameless temporary file, and the columns seen in them.
pub(super) struct Spill {
    file: BufWriter<File>,
    columns: Vec<Column>,
    index: HashMap<String, usize>,
    pub(super) records: u64,
}

/// A column in the order of first appearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a column's values have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Nothing but `null` so far.
    Null,
    /// Whole numbers and truth values.
    Integer,
    /// Numbers.
    Real,
    /// Anything.
    Text,
}

impl Spill {
    pub(super) fn create() -> Result<Self, StoreError> {
        let file = tempfile::tempfile().map_err(|error| failed(&error))?;
        Ok(Self { file: BufWriter::new(file), columns: Vec::new(), index: HashMap::new(), records: 0 })
    }

    /// Takes a record; what is no map becomes the single column `value`.
    pub(super) fn push(&mut self, record: &Value) -> Result<(), StoreError> {
        match record {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| self.see(name, value)),
            other => self.see("value", other),
        }
        writeln!(self.file, "{record}").map_err(|error| failed(&error))?;
        self.records += 1;
        Ok(())
    }

    fn see(&mut self, name: &str, value: &Value) {
        let kind = Kind::of(value);
        if let Some(&at) = self.index.get(name) {
            let column = &mut self.columns[at];
            column.kind = column.kind.max(kind);
        } else {
            self.index.insert(name.to_owned(), self.columns.len());
            self.columns.push(Column { name: name.to_owned(), kind });
        }
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many columns there would be with `record`.
    pub(super) fn columns_with(&self, record: &Value) -> usize {
        let new = record.as_object().map_or(usize::from(!self.index.contains_key("value")), |fields| {
            fields.keys().filter(|name| !self.index.contains_key(*name)).count()
        });
        self.columns.len() + new
    }

    /// The records again, each as a map.
    pub(super) fn replay(
        self,
        mut each: impl FnMut(&Map<String, Value>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut file = self.file.into_inner().map_err(|error| failed(error.error()))?;
        file.rewind().map_err(|error| failed(&error))?;
        for line in BufReader::new(file).lines() {
            let line = line.map_err(|error| failed(&error))?;
            let record: Value =
                serde_json::from_str(&line).map_err(|error| StoreError::Value { reason: error.to_string() })?;
            match record {
                Value::Object(fields) => each(&fields)?,
                other => each(&Map::from_iter([("value".to_owned(), other)]))?,
            }
        }
        Ok(())
    }
}

impl Kind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Integer,
            Value::Number(number) if number.is_i64() => Self::Integer,
            // Beyond 64 bits with a sign, a whole number would lose digits as a real one.
            Value::Number(number) if number.is_u64() => Self::Text,
            Value::Number(_) => Self::Real,
            Value::String(_) | Value::Array(_) | Value::Object(_) => Self::Text,
        }
    }
}

/// A value as text: strings as they are, nothing for `null`, JSON for the rest.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn failed(error: &std::io::Error) -> StoreError {
    StoreError::io("write", Path::new(&std::env::temp_dir()), error)
}
