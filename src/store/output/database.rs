//! SQLite: a table for each data set, a column for each field, typed by the values seen.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use super::format::Sink;
use super::only_case;
use super::spill::{Kind, Spill, text};
use crate::store::{Replacement, StoreError};

/// The table of the unnamed data set.
const UNNAMED: &str = "records";
/// SQLite's own limit.
const MOST_COLUMNS: usize = 2000;

/// Records as rows of tables.
pub(super) struct DatabaseSink {
    file: Replacement,
    tables: BTreeMap<String, Spill>,
}

impl DatabaseSink {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { file: Replacement::create(path)?, tables: BTreeMap::new() })
    }
}

impl Sink for DatabaseSink {
    fn write(&mut self, data_set: Option<&str>, record: &Value) -> Result<(), StoreError> {
        let name = data_set.unwrap_or(UNNAMED);
        if !self.tables.contains_key(name) {
            if let Some(twin) = self.tables.keys().find(|known| known.to_lowercase() == name.to_lowercase()) {
                return Err(only_case(name, twin));
            }
            self.tables.insert(name.to_owned(), Spill::create()?);
        }
        let fields = record.as_object().map_or(1, serde_json::Map::len);
        let spill = self.tables.get_mut(name).expect("the table was made just now");
        if spill.columns().len() + fields > MOST_COLUMNS && spill.columns_with(record) > MOST_COLUMNS {
            let reason = format!("a table of SQLite has at most {MOST_COLUMNS} columns");
            return Err(StoreError::Value { reason });
        }
        spill.push(record)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn records(&self) -> u64 {
        self.tables.values().map(|spill| spill.records).sum()
    }

    fn finish(self: Box<Self>) -> Result<PathBuf, StoreError> {
        let Self { mut file, tables } = *self;
        let path = file.path().to_owned();
        let failed = |error: rusqlite::Error| StoreError::Database { path: path.clone(), reason: error.to_string() };
        let mut connection = file.open_with(|place| Connection::open(place).map_err(failed))?;
        // The file is nobody else's until it is complete: no journal is needed.
        connection.pragma_update(None, "journal_mode", "OFF").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "OFF").map_err(failed)?;
        let change = connection.transaction().map_err(failed)?;
        for (name, spill) in tables {
            fill_table(&change, &name, spill, &path)?;
        }
        change.commit().map_err(failed)?;
        connection.close().map_err(|(_, error)| failed(error))?;
        file.put_in_place()
    }
}

/// Makes the table and moves the records into it.
fn fill_table(connection: &Connection, name: &str, spill: Spill, path: &Path) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| StoreError::Database { path: path.to_owned(), reason: error.to_string() };
    let columns = spill.columns().to_vec();
    if columns.is_empty() {
        return Ok(());
    }
    let names = distinct(columns.iter().map(|column| column.name.as_str()));
    let declared: Vec<String> =
        names.iter().zip(&columns).map(|(name, column)| format!("{} {}", quote(name), affinity(column.kind))).collect();
    connection.execute_batch(&format!("CREATE TABLE {} ({})", quote(name), declared.join(", "))).map_err(failed)?;
    let marks = vec!["?"; columns.len()].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO {} VALUES ({marks})", quote(name))).map_err(failed)?;
    spill.replay(|record| {
        let cells =
            columns.iter().map(|column| record.get(&column.name).map_or(Cell::Null, |value| cell(value, column.kind)));
        insert.execute(params_from_iter(cells)).map(drop).map_err(failed)
    })
}

fn affinity(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "INTEGER",
        Kind::Real => "REAL",
        Kind::Null | Kind::Text => "TEXT",
    }
}

fn cell(value: &Value, kind: Kind) -> Cell {
    match (value, kind) {
        (Value::Null, _) => Cell::Null,
        (_, Kind::Text) => Cell::Text(text(value)),
        (Value::Bool(truth), _) => Cell::Integer(i64::from(*truth)),
        (Value::Number(number), _) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Cell::Integer(whole),
            (None, Some(real)) => Cell::Real(real),
            (None, None) => Cell::Text(number.to_string()),
        },
        (other, _) => Cell::Text(text(other)),
    }
}

/// SQLite takes `Title` and `title` for the same column: the later one gets a number.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut free = |name: String| taken.insert(name.to_lowercase()).then_some(name);
    names
        .map(|name| {
            // No name in a statement can have one.
            let name = name.replace('\0', "");
            let first = free(name.clone());
            first.or_else(|| (2..).find_map(|number| free(format!("{name}_{number}")))).unwrap_or_default()
        })
        .collect()
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
