//! Makes data fit for a report: without secrets, then cut where nobody would read on. In this order, for half a secret is
//! one too.

use std::borrow::Cow;

use serde_json::Value;

use crate::text::Secrets;

/// Longer texts are cut.
const MOST_CHARS: usize = 20_000;

/// Leaves secrets and what is too long out of data.
pub fn clean(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(without) = secrets.hide_in(text) {
                *text = without;
            }
            if let Some(cut) = shortened(text) {
                *text = cut;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clean(item, secrets)),
        Value::Object(map) => map.values_mut().for_each(|item| clean(item, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn shortened(text: &str) -> Option<String> {
    let (end, _) = text.char_indices().nth(MOST_CHARS)?;
    let mark = " characters)";
    // What was cut already is long enough to be cut again.
    (!text.ends_with(mark)).then(|| format!("{}… ({}{mark}", &text[..end], text.chars().count()))
}
