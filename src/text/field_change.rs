//! What differs between two JSON values, field by field.

use std::fmt;

use serde_json::Value;

use super::{cut, cut_apart};

/// The longest value that is shown whole, in columns.
const SHOWN: usize = 60;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// `stats.added`, `tags[2]`; empty for the value as a whole.
    pub path: String,
    /// What was there; `None`: there was no such field.
    pub old: Option<Value>,
    /// What is there now.
    pub new: Option<Value>,
}

impl FieldChange {
    /// The value that was there, short enough for a line.
    #[must_use]
    pub fn before(&self) -> String {
        self.sides().0
    }

    /// The value that is there now, short enough for a line.
    #[must_use]
    pub fn after(&self) -> String {
        self.sides().1
    }

    fn sides(&self) -> (String, String) {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => cut_apart(&old.to_string(), &new.to_string(), SHOWN),
            (old, new) => (shown(old.as_ref()), shown(new.as_ref())),
        }
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "`{}` ", self.path)?;
        }
        let (before, after) = self.sides();
        write!(f, "{before} → {after}")
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| cut(&value.to_string(), SHOWN))
}

/// The fields that differ from `old` to `new`, in the order of `new`; none when the values are the same. `1` and `1.0` are
/// the same number.
#[must_use]
pub fn field_changes(old: &Value, new: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    walk(String::new(), Some(old), Some(new), &mut found);
    found
}

fn walk(path: String, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<FieldChange>) {
    match (old, new) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let gone = before.keys().filter(|key| !after.contains_key(*key));
            for key in after.keys().chain(gone) {
                walk(of_key(&path, key), before.get(key), after.get(key), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            // What came or went before equal ends moves these, and changes none of them.
            let ends = before.iter().rev().zip(after.iter().rev());
            let moved = if before.len() == after.len() { 0 } else { ends.take_while(|(old, new)| old == new).count() };
            let starts = before.iter().zip(after).take_while(|(old, new)| old == new).count();
            let moved = moved.min(before.len().min(after.len()) - starts);
            let (before, after) = (&before[..before.len() - moved], &after[..after.len() - moved]);
            for index in 0..before.len().max(after.len()) {
                walk(format!("{path}[{index}]"), before.get(index), after.get(index), found);
            }
        }
        (Some(Value::Number(before)), Some(Value::Number(after))) if before.as_f64() == after.as_f64() => {
            // Large whole numbers are told apart although they are one as decimals.
            if before.is_f64() == after.is_f64() && before != after {
                found.push(FieldChange { path, old: old.cloned(), new: new.cloned() });
            }
        }
        _ if old == new => {}
        _ => found.push(FieldChange { path, old: old.cloned(), new: new.cloned() }),
    }
}

fn of_key(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
