//! A schema's text tried out on a document.

use serde_json::{Map, Value};

use super::interpreter::Interpreter;
use super::schema_value::SchemaValue;
use crate::page::{Document, extract};
use crate::text::Source;

impl Interpreter {
    /// The rows that a schema's definition extracts from a document; `None` when it does not compile, fails the check or
    /// does not fit the document. Nothing of it stays.
    #[must_use]
    pub fn extracts(&self, definition: &str, document: &Document) -> Option<Vec<Map<String, Value>>> {
        let apart = self.apart();
        let name = definition.strip_prefix("schema ")?.split_whitespace().next()?;
        let text = format!("{definition}\n{name}");
        let compiled = apart.compile(Source::new("<schema>", text), &[]).ok()?;
        let value = apart.evaluate(&compiled).ok()?;
        let schema = value.read_lock::<SchemaValue>()?.0.clone();
        let mut compute = |_, _: &Map<String, Value>| Err::<Value, ()>(());
        extract(document, &schema, &mut compute).ok().map(|extraction| extraction.items)
    }
}
