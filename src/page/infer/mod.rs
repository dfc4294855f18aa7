//! What repeats on a page, as a schema: rows, fields with names and kinds, all checked against the page itself.

mod field;
mod name;
mod region;
mod row;
mod value;
mod write;

use serde_json::{Map, Value};

use super::outline::Outline;
use super::{Document, Field, Schema, Selector, extract};
use region::Region;
use row::Slot;

/// A schema that a page suggests.
#[derive(Debug, Clone, PartialEq)]
pub struct Inference {
    /// The schema.
    pub schema: Schema,
    /// Its text in a script.
    pub text: String,
    /// Its rows on this page, as the schema extracts them.
    pub rows: Vec<Map<String, Value>>,
}

/// A field with its text in a script.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    name: String,
    field: Field,
    text: String,
}

/// Fewer elements than this are no repetition.
const FEWEST_ROWS: usize = 3;

/// How many regions are looked at closely.
const CLOSELY: usize = 10;

/// Schemas for what repeats on the page, the most telling first; none where nothing does.
///
/// With `within`, only for what lies in its matches; where it matches several elements, these are the rows themselves.
/// Every schema was run over the document: it extracts the rows that come with it, and what it does not call optional
/// is there in each of them.
#[must_use]
pub fn infer(document: &Document, within: Option<&Selector>) -> Vec<Inference> {
    let outline = Outline::of(document);
    let mut found: Vec<(f64, Region, Inference)> = Vec::new();
    for region in region::regions(document, &outline, within).into_iter().take(CLOSELY) {
        let slots = row::slots(document, &outline, &region.rows);
        let Some(inference) = propose(document, &outline, &region, &slots) else { continue };
        found.push((score(&inference, &region), region, inference));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<(Region, Inference)> = Vec::new();
    for (_, region, inference) in found {
        // A part of each row says less of the same.
        if !kept.iter().any(|(better, _)| is_part(&outline, &region, better)) {
            kept.push((region, inference));
        }
    }
    kept.into_iter().map(|(_, inference)| inference).collect()
}

/// Whether each element of a region lies in, or around, one of another region's of its own.
fn is_part(outline: &Outline, part: &Region, whole: &Region) -> bool {
    let one_in_another = |(a, b): (&usize, &usize)| outline.below(*a).contains(b) || outline.below(*b).contains(a);
    part.rows.len() == whole.rows.len() && part.rows.iter().zip(&whole.rows).all(one_in_another)
}

/// The schema of a region, as far as it holds.
fn propose(document: &Document, outline: &Outline, region: &Region, slots: &[Slot]) -> Option<Inference> {
    let at = Selector::parse(&region.css).ok()?;
    let mut fields = field::fields(document, outline, &region.rows, slots);
    if fields.len() < 2 {
        return None;
    }
    let name = name::of_rows(outline, region.rows[0]);
    // What turns out to be missing in a row is optional, and what is never there no field.
    for _ in 0..2 {
        let rows = run(document, &schema(&name, &at, &fields))?;
        fields = settled(fields, &rows);
    }
    let schema = schema(&name, &at, &fields);
    let rows = run(document, &schema)?;
    let whole = rows.len() == region.rows.len() && fields.len() >= 2;
    let text = write::schema(&name, &region.css, &fields);
    whole.then_some(Inference { schema, text, rows })
}

fn schema(name: &str, at: &Selector, fields: &[Written]) -> Schema {
    let fields = fields.iter().map(|written| (written.name.clone(), written.field.clone())).collect();
    Schema::new(name, at.clone(), fields)
}

fn run(document: &Document, schema: &Schema) -> Option<Vec<Map<String, Value>>> {
    let mut compute = |_, _: &Map<String, Value>| Err::<Value, ()>(());
    extract(document, schema, &mut compute).ok().map(|extraction| extraction.items)
}

fn settled(fields: Vec<Written>, rows: &[Map<String, Value>]) -> Vec<Written> {
    let missing = |name: &str| rows.iter().filter(|row| row.get(name).is_none_or(Value::is_null)).count();
    fields
        .into_iter()
        .filter(|written| missing(&written.name) < rows.len())
        .map(|written| if missing(&written.name) > 0 { write::optional(written) } else { written })
        .collect()
}

/// How much the rows say: their number times what is filled in them.
fn score(inference: &Inference, region: &Region) -> f64 {
    let filled = |value: &Value| match value {
        Value::Null | Value::Bool(_) => 0.0,
        Value::String(text) => 1.0 + count(text.chars().count().min(60)) / 60.0,
        Value::Array(list) => 1.0 + count(list.len().min(3)) / 3.0,
        _ => 1.5,
    };
    let rows = &inference.rows;
    // What is found by its place alone says little of what it is.
    let named = |name: &str| {
        let field = inference.schema.fields.iter().find(|(known, _)| known == name);
        let selector = field.and_then(|(_, field)| field.kind.selector());
        if selector.is_some_and(|selector| selector.as_str().starts_with('>')) { 0.4 } else { 1.0 }
    };
    let of_row = |row: &Map<String, Value>| row.iter().map(|(name, value)| filled(value) * named(name)).sum::<f64>();
    let content: f64 = rows.iter().take(40).map(of_row).sum();
    let cells: Vec<&Value> = rows.iter().take(40).flat_map(Map::values).collect();
    // Rows that are alike have the same fields.
    let alike = count(cells.iter().filter(|value| !value.is_null()).count()) / count(cells.len().max(1));
    let few = if rows.len() < 5 { 0.8 } else { 1.0 };
    content * alike.powi(4) * few * region.weight
}

#[expect(clippy::cast_precision_loss, reason = "a page has far fewer than 2^52 of anything")]
fn count(number: usize) -> f64 {
    number as f64
}
