//! What a schema expects of its rows together: how many there are, what is in them, and with what evidence they fail it.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::document::Document;
use super::explain::explain;
use super::extract::ExtractError;
use super::schema::Schema;
use super::tally::Tally;
use crate::text::one_line;

/// So many rows stand in evidence.
const SHOWN: usize = 5;

/// The longest text in it, in columns.
const WIDTH: usize = 60;

/// Holds rows against their schema.
///
/// A field that cannot be read as what it is to be fails; where it may be absent, or `fill` says how many gaps there may be,
/// it counts as a gap.
pub(super) fn hold<E>(
    document: &Document,
    schema: &Schema,
    items: &[Map<String, Value>],
    tally: &Tally,
) -> Result<(), ExtractError<E>> {
    count(document, schema, items.len() as u64)?;
    if schema.fill.is_none()
        && let Some(unfit) = tally.unfit().next()
    {
        return Err(ExtractError::Type {
            schema: schema.name.clone(),
            field: unfit.path.to_owned(),
            wanted: unfit.wanted,
            unfit: unfit.count as u64,
            seen: unfit.seen as u64,
            evidence: listed(unfit.examples.iter().map(|(row, text)| quoted(*row, text)), unfit.count),
        });
    }
    unique(schema, items)?;
    filled(schema, items, tally)
}

fn count<E>(document: &Document, schema: &Schema, found: u64) -> Result<(), ExtractError<E>> {
    let name = schema.name.clone();
    let min = schema.min.unwrap_or(1);
    if found < min {
        let explanation = (found == 0).then(|| explain(document, &[], &schema.at));
        return Err(ExtractError::TooFew { schema: name, found, min, explanation });
    }
    match schema.max {
        Some(max) if found > max => Err(ExtractError::TooMany { schema: name, found, max }),
        _ => Ok(()),
    }
}

fn unique<E>(schema: &Schema, items: &[Map<String, Value>]) -> Result<(), ExtractError<E>> {
    let Some(field) = &schema.unique else { return Ok(()) };
    let (mut seen, mut repeats, mut evidence) = (HashMap::new(), 0, Vec::new());
    for (row, item) in (1..).zip(items) {
        let Some(value) = item.get(field).filter(|value| !value.is_null()) else { continue };
        let first = *seen.entry(value.to_string()).or_insert(row);
        if first != row {
            repeats += 1;
            evidence.push(format!("{} as row {first}", quoted(row, &plain(value))));
        }
    }
    if repeats == 0 {
        return Ok(());
    }
    let evidence = listed(evidence.into_iter().take(SHOWN), repeats);
    Err(ExtractError::Unique { schema: schema.name.clone(), field: field.clone(), repeats: repeats as u64, evidence })
}

fn filled<E>(schema: &Schema, items: &[Map<String, Value>], tally: &Tally) -> Result<(), ExtractError<E>> {
    let Some(wanted) = schema.fill.filter(|_| !items.is_empty()) else { return Ok(()) };
    for (name, _) in schema.fields.iter().filter(|(_, field)| !field.optional) {
        let is_empty = |item: &Map<String, Value>| !item.get(name).is_some_and(is_filled);
        let empty: Vec<usize> = (1..).zip(items).filter(|(_, item)| is_empty(item)).map(|(row, _)| row).collect();
        let filled = items.len() - empty.len();
        #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
        let share = filled as f64 / items.len() as f64;
        if share < wanted {
            let unfit = tally.unfit().find(|unfit| unfit.path == name.as_str());
            let told =
                |row: &usize| match unfit.as_ref().and_then(|unfit| unfit.examples.iter().find(|(at, _)| at == row)) {
                    Some((row, text)) => quoted(*row, text),
                    None => format!("row {row}: nothing"),
                };
            let evidence = listed(empty.iter().take(SHOWN).map(told), empty.len());
            let (schema, field) = (schema.name.clone(), name.clone());
            let (filled, rows) = (filled as u64, items.len() as u64);
            return Err(ExtractError::Fill { schema, field, filled, rows, wanted, evidence });
        }
    }
    Ok(())
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn quoted(row: usize, text: &str) -> String {
    format!("row {row}: `{}`", one_line(text, WIDTH))
}

/// The first of them in words, and how many more there are.
fn listed(first: impl Iterator<Item = String>, all: usize) -> Vec<String> {
    let mut lines: Vec<String> = first.collect();
    if all > lines.len() {
        lines.push(format!("and {} more", all - lines.len()));
    }
    lines
}
