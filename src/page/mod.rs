//! HTML in, data out: documents, selection, text, links, Markdown, extraction, explain. Names `scraper`; does no I/O.

mod census;
mod control;
mod css;
mod date;
mod document;
mod explain;
mod extract;
mod field;
mod link;
mod markdown;
mod meta;
mod node;
mod number;
mod plan;
mod pseudo;
mod reader;
mod repair;
mod schema;
mod schema_json;
mod selector;
mod shadow;
mod tally;
mod transform;

pub use control::ControlState;
pub use document::{Document, ElementId};
pub use explain::{Explanation, explain};
pub use extract::{Compute, ExtractError, Extraction, Warning, extract};
pub use link::Link;
pub use number::{decimal, whole};
pub use schema::{ComputeId, Field, FieldKind, Schema, Transform};
pub use schema_json::{SchemaError, schema_from_json};
pub use selector::{Selector, SelectorError};
pub use transform::regular_expression;
