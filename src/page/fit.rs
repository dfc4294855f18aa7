//! Whether data fits a schema: its fields, their types, and the schema's conditions on the rows together.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::schema::{Field, FieldKind, Schema, Transform};
use super::{date, regular_expression};
use crate::text::{cut, nearest_in};

/// The longest value that is shown whole, in columns.
const SHOWN: usize = 60;

/// What keeps a record, or a list of records, from being what the schema extracts; nothing when it fits.
///
/// A list is held against `min` (1 when not given), `max`, `unique` and `fill` as well. A field that is not there, or `()`,
/// fits where the schema foresees it: `optional`, a default, or a list with `fill`.
#[must_use]
pub fn fit(schema: &Schema, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        Value::Array(rows) => {
            count(schema, rows, &mut found);
            for (index, row) in rows.iter().enumerate() {
                record(&schema.fields, row, &format!("record {}: ", index + 1), schema.fill.is_some(), &mut found);
            }
            unique(schema, rows, &mut found);
            filled(schema, rows, &mut found);
        }
        one => record(&schema.fields, one, "", false, &mut found),
    }
    found
}

fn count(schema: &Schema, rows: &[Value], found: &mut Vec<String>) {
    let count = rows.len() as u64;
    let least = schema.min.unwrap_or(1);
    if count < least {
        found.push(format!("{count} records, and `min` is {least}"));
    }
    if let Some(most) = schema.max.filter(|most| count > *most) {
        found.push(format!("{count} records, and `max` is {most}"));
    }
}

fn unique(schema: &Schema, rows: &[Value], found: &mut Vec<String>) {
    let Some(name) = &schema.unique else { return };
    let mut seen = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let Some(value) = row.get(name).filter(|value| !value.is_null()) else { continue };
        if let Some(first) = seen.insert(value.to_string(), index) {
            let value = shown(value);
            found.push(format!("record {}: `{name}` is {value}, as in record {}", index + 1, first + 1));
        }
    }
}

fn filled(schema: &Schema, rows: &[Value], found: &mut Vec<String>) {
    let Some(least) = schema.fill.filter(|_| !rows.is_empty()) else { return };
    for (name, _) in schema.fields.iter().filter(|(_, field)| !field.may_be_absent()) {
        let filled = rows.iter().filter(|row| row.get(name).is_some_and(|value| !value.is_null())).count();
        #[expect(clippy::cast_precision_loss, reason = "a share of rows that fit in memory")]
        let share = filled as f64 / rows.len() as f64;
        if share < least {
            found.push(format!("`{name}` is there in {filled} of {} records, and `fill` is {least}", rows.len()));
        }
    }
}

fn record(fields: &[(String, Field)], value: &Value, at: &str, gaps: bool, found: &mut Vec<String>) {
    let Value::Object(row) = value else {
        found.push(format!("{at}{} is no record", shown(value)));
        return;
    };
    for (name, field) in fields {
        match row.get(name) {
            None | Some(Value::Null) if gaps || field.may_be_absent() || may_be_null(&field.kind) => {}
            None => found.push(format!("{at}`{name}` is missing")),
            Some(Value::Null) => found.push(format!("{at}`{name}` is ()")),
            Some(value) => whole(field, value, &format!("{at}`{name}`"), found),
        }
    }
    unknown(fields, row, at, found);
}

fn unknown(fields: &[(String, Field)], row: &Map<String, Value>, at: &str, found: &mut Vec<String>) {
    let known: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    for key in row.keys().filter(|key| !known.contains(&key.as_str())) {
        let near = nearest_in(key, "its fields", &known).map(|near| format!(" ({near})")).unwrap_or_default();
        found.push(format!("{at}`{key}` is no field of the schema{near}"));
    }
}

fn may_be_null(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Computed(_) | FieldKind::Value(Value::Null))
}

/// A field's value after its transforms.
fn whole(field: &Field, value: &Value, at: &str, found: &mut Vec<String>) {
    let default = |transform: &Transform| matches!(transform, Transform::Default(default) if default == value);
    if field.transforms.iter().any(default) {
        return;
    }
    match (&field.kind, value) {
        (FieldKind::Computed(_), _) if field.transforms.is_empty() => {}
        (FieldKind::Value(constant), _) if field.transforms.is_empty() => {
            if constant != value {
                found.push(format!("{at} is {}, not {}", shown(value), shown(constant)));
            }
        }
        (FieldKind::Nested(_, fields), _) => record(fields, value, &format!("{at}: "), false, found),
        (FieldKind::NestedList(_, fields), Value::Array(rows)) => {
            for (index, row) in rows.iter().enumerate() {
                record(fields, row, &format!("{at}[{index}]: "), false, found);
            }
        }
        (FieldKind::List(inner), Value::Array(values)) => {
            let element = Field {
                kind: inner.kind.clone(),
                transforms: inner.transforms.iter().chain(&field.transforms).cloned().collect(),
                optional: false,
            };
            for (index, value) in values.iter().enumerate() {
                whole(&element, value, &format!("{at}[{index}]"), found);
            }
        }
        (FieldKind::List(_) | FieldKind::NestedList(..), other) => {
            found.push(format!("{at} is {}, not a list", shown(other)));
        }
        _ => plain(field, value, at, found),
    }
}

/// What a value is to be, by the last transform that makes it something else.
#[derive(Clone, Copy)]
enum Wanted<'f> {
    Text,
    Int,
    Number,
    Bool,
    Money,
    Date,
    Texts,
    Match(&'f str),
    Any,
}

fn plain(field: &Field, value: &Value, at: &str, found: &mut Vec<String>) {
    let wanted = field.transforms.iter().fold(of_kind(&field.kind), after);
    if !holds(wanted, value) {
        found.push(format!("{at} is {}, not {}", shown(value), words(wanted)));
    }
}

fn of_kind(kind: &FieldKind) -> Wanted<'_> {
    match kind {
        FieldKind::Int(_) => Wanted::Int,
        FieldKind::Float(_) => Wanted::Number,
        FieldKind::Money(_) => Wanted::Money,
        FieldKind::Date(..) => Wanted::Date,
        FieldKind::Bool(_) => Wanted::Bool,
        FieldKind::Value(_) | FieldKind::Computed(_) => Wanted::Any,
        _ => Wanted::Text,
    }
}

fn after<'f>(wanted: Wanted<'f>, transform: &'f Transform) -> Wanted<'f> {
    match transform {
        Transform::Int => Wanted::Int,
        Transform::Float => Wanted::Number,
        Transform::Date(_) => Wanted::Date,
        Transform::Split(_) => Wanted::Texts,
        Transform::Regex(pattern, 0) => Wanted::Match(pattern),
        Transform::Regex(..) => Wanted::Text,
        Transform::Trim | Transform::Default(_) => wanted,
        Transform::Lower | Transform::Upper | Transform::Replace(..) => match wanted {
            Wanted::Match(_) => Wanted::Text,
            other => other,
        },
    }
}

fn holds(wanted: Wanted<'_>, value: &Value) -> bool {
    match (wanted, value) {
        (Wanted::Any, _) | (Wanted::Text, Value::String(_)) | (Wanted::Bool, Value::Bool(_)) => true,
        (Wanted::Int, Value::Number(number)) => !number.is_f64(),
        (Wanted::Number, Value::Number(_)) => true,
        (Wanted::Money, Value::Object(money)) => money.get("amount").is_some_and(Value::is_number),
        (Wanted::Date, Value::String(text)) => date::iso(text, None).is_some_and(|iso| iso == *text),
        (Wanted::Texts, Value::Array(parts)) => parts.iter().all(Value::is_string),
        (Wanted::Match(pattern), Value::String(text)) => {
            // A pattern that does not parse is the schema's error, told where it is written.
            regular_expression(pattern).is_ok_and(|pattern| pattern.is_match(text))
        }
        _ => false,
    }
}

fn words(wanted: Wanted<'_>) -> String {
    let word = match wanted {
        Wanted::Text => "a text",
        Wanted::Int => "a whole number",
        Wanted::Number => "a number",
        Wanted::Bool => "true or false",
        Wanted::Money => "an amount of money",
        Wanted::Date => "a date",
        Wanted::Texts => "a list of texts",
        Wanted::Match(pattern) => return format!("a match of `{pattern}`"),
        Wanted::Any => "a value",
    };
    word.to_owned()
}

fn shown(value: &Value) -> String {
    cut(&value.to_string(), SHOWN)
}
