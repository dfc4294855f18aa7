//! A schema made ready to run: transforms compiled once, fields numbered for the tally.

use super::schema::{Field, FieldKind, Schema};
use super::transform::{Step, compile};

/// A schema with its fields made ready.
pub(super) struct Plan<'a> {
    pub schema: &'a Schema,
    pub fields: Vec<PlannedField<'a>>,
}

/// A field made ready.
pub(super) struct PlannedField<'a> {
    /// Its place among all fields of the schema, inner ones included, outer before inner.
    pub number: usize,
    pub name: &'a str,
    /// The name with those of the records around it: `stats.added`.
    pub path: String,
    pub field: &'a Field,
    pub steps: Vec<Step>,
    /// A list's transforms for each of its values.
    pub inner_steps: Vec<Step>,
    /// The fields of nested records.
    pub inner: Vec<PlannedField<'a>>,
}

/// A transform that cannot run.
pub(super) struct PlanFault {
    pub field: String,
    pub message: String,
}

impl PlannedField<'_> {
    /// Whether it is a list whose inner field is a record.
    pub(super) fn lists_records(&self) -> bool {
        match &self.field.kind {
            FieldKind::List(inner) => matches!(inner.kind, FieldKind::Nested(..) | FieldKind::NestedList(..)),
            _ => false,
        }
    }
}

/// Makes the fields of a schema ready.
pub(super) fn plan_fields<'a>(fields: &'a [(String, Field)], around: &str) -> Result<Vec<PlannedField<'a>>, PlanFault> {
    let mut number = 0;
    plan(fields, around, &mut number)
}

fn plan<'a>(
    fields: &'a [(String, Field)],
    around: &str,
    number: &mut usize,
) -> Result<Vec<PlannedField<'a>>, PlanFault> {
    let mut planned = Vec::with_capacity(fields.len());
    for (name, field) in fields {
        let path = if around.is_empty() { name.clone() } else { format!("{around}.{name}") };
        let own = *number;
        *number += 1;
        let steps = compile(&field.transforms).map_err(|message| PlanFault { field: path.clone(), message })?;
        let mut inner_steps = Vec::new();
        let mut below: &[(String, Field)] = &[];
        match &field.kind {
            FieldKind::Nested(_, fields) | FieldKind::NestedList(_, fields) => below = fields,
            FieldKind::List(inner) => {
                inner_steps =
                    compile(&inner.transforms).map_err(|message| PlanFault { field: path.clone(), message })?;
                if let FieldKind::Nested(_, fields) | FieldKind::NestedList(_, fields) = &inner.kind {
                    below = fields;
                }
            }
            FieldKind::Date(_, Some(format)) => {
                let fault =
                    |why| PlanFault { field: path.clone(), message: format!("bad date format `{format}`: {why}") };
                super::date::check_format(format).map_err(fault)?;
            }
            _ => {}
        }
        let inner = plan(below, &path, number)?;
        planned.push(PlannedField { number: own, name, path, field, steps, inner_steps, inner });
    }
    Ok(planned)
}
