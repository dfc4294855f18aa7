//! Every text of a cassette written anew, without a trace of what it was.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use super::{LAYOUT, body};
use crate::store::StoreError;

/// The new form of a text; `None`: it stays as it is.
pub type Rewrite<'r> = &'r mut dyn FnMut(&str) -> Option<String>;

/// Plain texts: table, column.
const TEXTS: &[(&str, &str)] = &[
    ("sources", "name"),
    ("sources", "text"),
    ("exchanges", "session"),
    ("exchanges", "method"),
    ("exchanges", "url"),
    ("steps", "title"),
    ("outputs", "branch"),
    ("outputs", "data_set"),
];

/// JSON: its strings are the texts. A printed line that is none is a text.
const JSON: &[(&str, &str)] = &[
    ("facts", "value"),
    ("exchanges", "head"),
    ("steps", "head"),
    ("sights", "of"),
    ("sights", "value"),
    ("outputs", "text"),
];

/// Where bodies are named.
const NAMED: &[(&str, &str)] = &[("exchanges", "request_body"), ("exchanges", "response_body"), ("blobs", "body")];

/// A number of fewer digits means too much else to be a secret.
const SHORTEST_NUMBER: usize = 6;

/// Gives every text to `rewrite`, and leaves nothing of the old ones in the file.
pub(super) fn rewrite(path: &Path, connection: &mut Connection, rewrite: Rewrite<'_>) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| LAYOUT.explain(path, &error);
    let change = connection.transaction().map_err(failed)?;
    for (table, column) in TEXTS {
        columns(&change, table, column, &mut |text| rewrite(text)).map_err(failed)?;
    }
    for (table, column) in JSON {
        columns(&change, table, column, &mut |text| rewrite_json(text, rewrite)).map_err(failed)?;
    }
    bodies(path, &change, rewrite)?;
    change.commit().map_err(failed)?;
    // Else what was replaced would stay in pages and parts of pages that are free.
    connection.execute_batch("VACUUM").map_err(failed)
}

fn columns(
    connection: &Connection,
    table: &str,
    column: &str,
    rewrite: &mut dyn FnMut(&str) -> Option<String>,
) -> rusqlite::Result<()> {
    let mut rows = connection.prepare(&format!("SELECT rowid FROM {table} WHERE {column} IS NOT NULL"))?;
    let rows: Vec<i64> = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut read = connection.prepare(&format!("SELECT {column} FROM {table} WHERE rowid = ?1"))?;
    let mut write = connection.prepare(&format!("UPDATE OR REPLACE {table} SET {column} = ?2 WHERE rowid = ?1"))?;
    for row in rows {
        // Two names may have become the same.
        let text: Option<String> = read.query_row([row], |found| found.get(0)).optional()?;
        if let Some(new) = text.and_then(|text| rewrite(&text)) {
            write.execute(params![row, new])?;
        }
    }
    Ok(())
}

fn rewrite_json(text: &str, rewrite: Rewrite<'_>) -> Option<String> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return rewrite(text) };
    let new = rewrite_value(&value, rewrite);
    (new != value).then(|| new.to_string())
}

fn rewrite_value(value: &Value, rewrite: Rewrite<'_>) -> Value {
    match value {
        Value::String(text) => Value::String(rewrite(text).unwrap_or_else(|| text.clone())),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            let text = number.to_string();
            let new = if text.len() < SHORTEST_NUMBER { None } else { rewrite(&text) };
            new.map_or_else(|| value.clone(), Value::String)
        }
        Value::Array(items) => items.iter().map(|item| rewrite_value(item, rewrite)).collect(),
        Value::Object(fields) => {
            let mut new = Map::new();
            for (name, value) in fields {
                new.insert(rewrite(name).unwrap_or_else(|| name.clone()), rewrite_value(value, rewrite));
            }
            Value::Object(new)
        }
        other => other.clone(),
    }
}

/// Bodies that are text get a new form and a new digest; those that nothing names any more go.
fn bodies(path: &Path, connection: &Connection, rewrite: Rewrite<'_>) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| LAYOUT.explain(path, &error);
    let digests = connection
        .prepare("SELECT digest FROM bodies")
        .and_then(|mut all| all.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<Vec<u8>>>>())
        .map_err(failed)?;
    connection
        .execute_batch("CREATE TEMP TABLE renewed (old BLOB NOT NULL PRIMARY KEY, new BLOB NOT NULL)")
        .map_err(failed)?;
    for old in digests {
        let bytes = body::get(path, connection, &old)?;
        let Some(text) = str::from_utf8(&bytes).ok().and_then(&mut *rewrite) else { continue };
        let new = body::put(connection, text.as_bytes()).map_err(failed)?;
        connection
            .prepare("INSERT INTO renewed (old, new) VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![old, new]))
            .map_err(failed)?;
    }
    let mut named = String::new();
    for (table, column) in NAMED {
        let update = format!(
            "UPDATE {table} SET {column} = (SELECT new FROM renewed WHERE old = {column})
             WHERE {column} IN (SELECT old FROM renewed)"
        );
        connection.execute_batch(&update).map_err(failed)?;
        named.push_str(&format!(" AND digest NOT IN (SELECT {column} FROM {table} WHERE {column} IS NOT NULL)"));
    }
    connection.execute_batch(&format!("DELETE FROM bodies WHERE TRUE{named}; DROP TABLE renewed")).map_err(failed)
}
