//! HTML in, data out: documents, selection, text, links, Markdown, extraction, explain. Names `scraper`; does no I/O.

mod document;
mod explain;
mod extract;
mod schema;
mod selector;

pub use document::{Document, ElementId, Link};
pub use explain::{Explanation, explain};
pub use extract::{Compute, ExtractError, Extraction, Warning, extract};
pub use schema::{ComputeId, Field, FieldKind, Schema, Transform};
pub use selector::{Selector, SelectorError};
