//! Schemas and their fields in the script, and the order in which records are written.

use std::sync::{Arc, PoisonError, RwLock};

use rhai::Map;

use crate::page::{Field, Schema};

/// A schema as a script holds it.
#[derive(Debug, Clone)]
pub struct SchemaValue(pub Arc<Schema>);

/// A field of a schema, made by a builder.
#[derive(Debug, Clone)]
pub struct FieldValue(pub Field);

/// Field names of the known schemas in written order, so that records are written as their schema reads.
///
/// Rhai's maps sort their keys; a record whose keys belong to a schema gets the schema's order back.
#[derive(Debug, Clone, Default)]
pub struct KeyOrder(Arc<RwLock<Vec<Vec<String>>>>);

impl KeyOrder {
    /// Adds a list of names in written order.
    pub fn add(&self, names: Vec<String>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !known.contains(&names) {
            known.push(names);
        }
    }

    /// The keys of a map in the order to write them.
    #[must_use]
    pub fn arrange(&self, map: &Map) -> Vec<String> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let has = |name: &String| map.contains_key(name.as_str());
        let whole = known.iter().filter(|names| names.iter().all(has)).max_by_key(|names| names.len());
        let part = || known.iter().find(|names| map.keys().all(|key| names.iter().any(|name| name == key.as_str())));
        let Some(order) = whole.or_else(part) else {
            return map.keys().map(ToString::to_string).collect();
        };
        let first = order.iter().filter(|name| has(name)).cloned();
        let rest = map.keys().filter(|key| !order.iter().any(|name| name == key.as_str())).map(ToString::to_string);
        first.chain(rest).collect()
    }
}
