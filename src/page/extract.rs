//! Rows by schema.

use serde_json::{Map, Value};

use super::document::{Document, ElementId};
use super::expectation::hold;
use super::explain::Explanation;
use super::field::read;
use super::plan::{Plan, PlannedField, plan_fields};
use super::schema::{ComputeId, FieldKind, Schema};
use super::tally::Tally;
use super::transform::{Outcome, run};

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
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExtractError<E> {
    /// Fewer rows than `min`.
    #[error("schema `{schema}` found {found} rows, and needs at least {min}")]
    TooFew { schema: String, found: u64, min: u64, explanation: Option<Explanation> },
    /// More rows than `max`.
    #[error("schema `{schema}` found {found} rows, and allows at most {max}")]
    TooMany { schema: String, found: u64, max: u64 },
    /// A field is filled in a smaller share of rows than `fill` asks.
    #[error("`{field}` of schema `{schema}` is filled in {filled} of {rows} rows, and `fill` asks for {}%", .wanted * 100.0)]
    Fill { schema: String, field: String, filled: u64, rows: u64, wanted: f64, evidence: Vec<String> },
    /// What stands in a field is not what it is to be read as.
    #[error("`{field}` of schema `{schema}` is not {wanted} in {unfit} of {seen} rows")]
    Type { schema: String, field: String, wanted: &'static str, unfit: u64, seen: u64, evidence: Vec<String> },
    /// Rows have the `unique` field of earlier ones.
    #[error("`{field}` of schema `{schema}` is not unique: {repeats} rows repeat that of an earlier one")]
    Unique { schema: String, field: String, repeats: u64, evidence: Vec<String> },
    /// A bad regular expression or date format.
    #[error("`{field}` of schema `{schema}`: {message}")]
    Transform { schema: String, field: String, message: String },
    /// A computed field failed.
    #[error("`{field}` of schema `{schema}` could not be computed")]
    Compute { schema: String, field: String, error: E },
}

/// Extracts all rows of `schema` from the document.
///
/// `compute` may itself read the document: it is not locked meanwhile.
pub fn extract<E>(
    document: &Document,
    schema: &Schema,
    compute: &mut Compute<'_, E>,
) -> Result<Extraction, ExtractError<E>> {
    let fields = plan_fields(&schema.fields, "").map_err(|fault| ExtractError::Transform {
        schema: schema.name.clone(),
        field: fault.field,
        message: fault.message,
    })?;
    let plan = Plan { schema, fields };
    let rows = document.select(&schema.at);
    let mut tally = Tally::new(&plan.fields);
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(record(document, *row, (&plan.fields, &plan), (&mut tally, &mut *compute))?);
        tally.next_row();
    }
    hold(document, schema, &items, &tally)?;
    Ok(Extraction { items, warnings: tally.warnings().collect() })
}

type Scope<'a, 'p> = (&'a [PlannedField<'p>], &'a Plan<'p>);
type Effects<'a, 'c, E> = (&'a mut Tally, &'a mut Compute<'c, E>);

/// One object: the fields read at `element`, in order.
fn record<E>(
    document: &Document,
    element: ElementId,
    (fields, plan): Scope<'_, '_>,
    (tally, compute): Effects<'_, '_, E>,
) -> Result<Map<String, Value>, ExtractError<E>> {
    let mut row = Map::with_capacity(fields.len());
    for field in fields {
        let raw = match &field.field.kind {
            FieldKind::Computed(id) => {
                let failed = |error| ExtractError::Compute {
                    schema: plan.schema.name.clone(),
                    field: field.path.clone(),
                    error,
                };
                match compute(*id, &row).map_err(failed)? {
                    Value::Null => Outcome::Absent,
                    value => Outcome::Found(value),
                }
            }
            FieldKind::Nested(at, _) => match document.select_first_in(element, at) {
                None => Outcome::Absent,
                Some(inner) => {
                    Outcome::Found(Value::Object(record(document, inner, (&field.inner, plan), (tally, compute))?))
                }
            },
            FieldKind::NestedList(at, _) => {
                Outcome::Found(records(document, &document.select_in(element, at), (field, plan), (tally, compute))?)
            }
            FieldKind::List(_) if field.lists_records() => {
                let found = field.field.kind.selector().map_or_else(Vec::new, |at| document.select_in(element, at));
                Outcome::Found(records(document, &found, (field, plan), (tally, compute))?)
            }
            _ => read(document, element, field),
        };
        let outcome = run(&field.steps, raw);
        tally.count(field.number, &outcome);
        let value = if let Outcome::Found(value) = outcome { value } else { Value::Null };
        row.insert(field.name.to_owned(), value);
    }
    Ok(row)
}

fn records<E>(
    document: &Document,
    elements: &[ElementId],
    (field, plan): (&PlannedField<'_>, &Plan<'_>),
    (tally, compute): Effects<'_, '_, E>,
) -> Result<Value, ExtractError<E>> {
    let mut list = Vec::with_capacity(elements.len());
    for element in elements {
        list.push(Value::Object(record(document, *element, (&field.inner, plan), (&mut *tally, &mut *compute))?));
    }
    Ok(Value::Array(list))
}
