//! Data of steps on its way through the vault: JSON, and large parts that are text or JSON.

use memchr::memmem;
use serde_json::{Map, Value};

use super::Vault;
use crate::browser::Cookie;

/// A part with this in it may be a list of cookies.
const COOKIES: &[u8] = b"httpOnly";

/// Where data has what an origin stored.
const STORED: &str = "localStorage";

/// So many brackets that begin no JSON are looked at.
const MOST_STARTS: usize = 1000;

/// Data without secrets.
pub(super) fn hide(vault: &Vault, value: &Value) -> Value {
    if vault.knows_nothing() {
        return value.clone();
    }
    let cookie = value.get("httpOnly").and_then(|_| serde_json::from_value::<Cookie>(value.clone()).ok());
    if let Some(hidden) = cookie.and_then(|cookie| vault.hide_cookies(&[cookie]).pop()) {
        let mut fields = walk(value, &|text| vault.hide(text).into_owned());
        fields["value"] = hidden.value.into();
        return fields;
    }
    match value {
        Value::Array(items) => items.iter().map(|item| hide(vault, item)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (vault.hide(name).into_owned(), hide(vault, value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::String(text) => hide_written(vault, text).unwrap_or_else(|| vault.hide(text).into_owned()).into(),
        other => other.clone(),
    }
}

/// Cookies that are written in a text, without secrets; `None`: there are none.
fn hide_written(vault: &Vault, text: &str) -> Option<String> {
    let cookies = may_list(text.as_bytes()).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    let written = cookies.filter(|value| value.is_object() || value.is_array())?;
    let hidden = hide(vault, &written);
    if hidden == written {
        return None;
    }
    // As whoever wrote it would have.
    Some(if text.contains('\n') { format!("{hidden:#}") } else { hidden.to_string() })
}

/// Learns of the cookies in data, also of those in JSON within a text.
pub(super) fn learn(vault: &mut Vault, value: &Value) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("httpOnly")
                && let Ok(cookie) = serde_json::from_value::<Cookie>(value.clone())
            {
                vault.learn_cookies(&[cookie]);
            }
            for item in fields.get(STORED).and_then(Value::as_array).into_iter().flatten() {
                // As pairs, and as Playwright writes them.
                let [name, value] = [(0, "name"), (1, "value")].map(|(at, key)| item.get(at).or_else(|| item.get(key)));
                if let (Some(name), Some(value)) = (name.and_then(Value::as_str), value.and_then(Value::as_str)) {
                    vault.learn_stored(name, value);
                }
            }
            fields.values().for_each(|value| learn(vault, value));
        }
        Value::Array(items) => items.iter().for_each(|item| learn(vault, item)),
        Value::String(text) => learn_part(vault, text.as_bytes()),
        _ => {}
    }
}

/// What was printed, without secrets: also cookies that stand between other words.
pub(super) fn hide_said(vault: &Vault, said: &str) -> String {
    if !has_cookies(said.as_bytes()) {
        return vault.hide(said).into_owned();
    }
    let (mut out, mut rest) = (String::with_capacity(said.len()), said);
    while let Some((before, written, value, after)) = next_written(rest) {
        let hidden = hide(vault, &value);
        out.push_str(before);
        out.push_str(&if hidden == value { written.to_owned() } else { hidden.to_string() });
        rest = after;
    }
    out.push_str(rest);
    // What is hidden stays so.
    vault.hide(&out).into_owned()
}

/// Learns of the cookies in what was printed.
pub(super) fn learn_said(vault: &mut Vault, said: &str) {
    let mut rest = if has_cookies(said.as_bytes()) { said } else { "" };
    while let Some((_, _, value, after)) = next_written(rest) {
        learn(vault, &value);
        rest = after;
    }
}

/// The first list or map in a text that is one: what is before it, how it is written, what it is, and what is after it.
fn next_written(text: &str) -> Option<(&str, &str, Value, &str)> {
    let starts = text.match_indices(['[', '{']).map(|(start, _)| start);
    starts.take(MOST_STARTS).find_map(|start| {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        let value = values.next()?.ok()?;
        let end = start + values.byte_offset();
        Some((&text[..start], &text[start..end], value, &text[end..]))
    })
}

/// The same for a large part.
pub(super) fn learn_part(vault: &mut Vault, part: &[u8]) {
    if may_list(part)
        && let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_slice(part)
    {
        learn(vault, &value);
    }
}

/// A large part without secrets.
pub(super) fn hide_part(vault: &Vault, part: Vec<u8>) -> Vec<u8> {
    let cookies = may_list(&part).then(|| serde_json::from_slice::<Value>(&part).ok());
    match cookies.flatten() {
        Some(value) => hide(vault, &value).to_string().into_bytes(),
        None => vault.hide_body(part),
    }
}

/// Whether it may be a list or a map with such in it. Most texts are neither.
fn may_list(part: &[u8]) -> bool {
    let first = part.iter().find(|byte| !byte.is_ascii_whitespace());
    first.is_some_and(|first| b"[{".contains(first)) && has_cookies(part)
}

fn has_cookies(part: &[u8]) -> bool {
    memmem::find(part, COOKIES).is_some() || memmem::find(part, STORED.as_bytes()).is_some()
}

/// Data with the secrets that are known.
pub(super) fn reveal(vault: &Vault, value: &Value) -> Value {
    walk(value, &|text| vault.reveal(text).into_owned())
}

/// Data with every text, names too, made anew.
fn walk(value: &Value, make: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => make(text).into(),
        Value::Array(items) => items.iter().map(|item| walk(item, make)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (make(name), walk(value, make)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}
