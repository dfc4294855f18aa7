//! Rows by schema.

use serde_json::{Map, Value};

use super::{ComputeId, Document, Explanation, Schema};

/// Runs a computed field: its number and the row so far → the value or the script's error.
pub type Compute<'a, E> = dyn FnMut(ComputeId, &Map<String, Value>) -> Result<Value, E> + 'a;

/// The rows and what is worth a word.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extraction {
    /// One object per row, fields in written order.
    pub items: Vec<Map<String, Value>>,
    /// At most one per field.
    pub warnings: Vec<Warning>,
}

/// A field that some rows lack, or that could not be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// In words: `` `when` is missing in 3 of 35 rows``.
    pub message: String,
}

/// Why a page does not fit a schema.
#[derive(Debug, Clone, PartialEq)]
pub enum ExtractError<E> {
    /// Fewer rows than `min`.
    TooFew { schema: String, found: u64, min: u64, explanation: Option<Explanation> },
    /// More rows than `max`.
    TooMany { schema: String, found: u64, max: u64 },
    /// A field is filled in a smaller share of rows than `fill` asks.
    Fill { schema: String, field: String, filled: u64, rows: u64, wanted: f64 },
    /// A bad regular expression or date format.
    Transform { schema: String, field: String, message: String },
    /// A computed field failed.
    Compute { schema: String, field: String, error: E },
}

/// Extracts all rows of `schema` from the document.
pub fn extract<E>(
    _document: &Document,
    _schema: &Schema,
    _compute: &mut Compute<'_, E>,
) -> Result<Extraction, ExtractError<E>> {
    todo!("the page branch brings it")
}
