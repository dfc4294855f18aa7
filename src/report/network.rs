//! What a step's page asked for, as the rows of a waterfall.

use serde_json::{Value, json};

use crate::browser::Exchange;
use crate::text::cut;

/// So many requests are kept of a step.
pub const MOST_OF_A_STEP: usize = 5_000;

/// So many are kept of a run.
pub const MOST_OF_A_RUN: usize = 60_000;

/// Longer addresses are cut: those that hold their content (`data:`).
const MOST_CHARS: usize = 2_000;

/// Where a row has its address.
const ADDRESS: usize = 1;

/// A request as a row, which is an array to be small: method, address, kind, status, media type, bytes, when it began and
/// how long it took in milliseconds, why it failed, whether the browser's cache answered.
pub fn row(exchange: &Exchange) -> Value {
    json!([
        exchange.method,
        exchange.url,
        exchange.kind,
        exchange.status,
        exchange.mime,
        exchange.bytes,
        exchange.begun,
        exchange.took,
        exchange.failed,
        u8::from(exchange.from_cache),
    ])
}

/// Cuts the addresses of rows that are clean of secrets already.
pub fn shorten(rows: &mut Value) {
    let rows = rows.as_array_mut().into_iter().flatten();
    for address in rows.filter_map(|row| row.get_mut(ADDRESS)) {
        if let Some(cut) = address.as_str().filter(|text| text.len() > MOST_CHARS).map(|text| cut(text, MOST_CHARS)) {
            *address = cut.into();
        }
    }
}
