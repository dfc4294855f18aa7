//! Which cookie values are secrets.
//!
//! A value that looks like a token - a letter and a digit among six characters or more, capital and small letters among
//! eight or more, or sixteen of any kind - is one wherever it stands, for it identifies somebody and means nothing else.
//! Another one that scripts cannot read (`HttpOnly`) is one in cookie headers and lists alone: `admin` also stands on pages.
//! Plain words of cookies that scripts read (`dark`, `en-US`, `accepted`) are none, else a page that is played again would
//! behave otherwise. Of a value that is JSON each string is judged by itself, so that it stays JSON.

use serde_json::Value;
use url::form_urlencoded;

/// Whether a value means nothing but the one it was given to.
pub(super) fn token_like(value: &str) -> bool {
    let length = value.chars().count();
    let any = |is: fn(char) -> bool| value.chars().any(is);
    length >= 16
        || length >= 6 && any(char::is_alphabetic) && any(char::is_numeric)
        || length >= 8 && any(char::is_lowercase) && any(char::is_uppercase)
}

/// Of a cookie's value, what is a secret wherever it stands.
pub(super) fn secrets_of(value: &str) -> Vec<String> {
    let decoded = decoded(value);
    let plain = decoded.as_deref().unwrap_or(value);
    if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(plain) {
        let mut found = Vec::new();
        strings(&json, &mut found);
        return found;
    }
    if !token_like(value) {
        return Vec::new();
    }
    match decoded {
        // The one is a spelling of the other.
        Some(decoded) if crate::text::spellings(&decoded).iter().any(|spelling| spelling.text == value) => {
            vec![decoded]
        }
        Some(decoded) => vec![value.to_owned(), decoded],
        None => vec![value.to_owned()],
    }
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if token_like(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

/// The value without its percent escapes, where it has some.
fn decoded(value: &str) -> Option<String> {
    if !value.contains('%') {
        return None;
    }
    // What means something to forms alone stays.
    let kept = value.replace('+', "%2B").replace('&', "%26");
    let pair = format!("={kept}");
    let (_, decoded) = form_urlencoded::parse(pair.as_bytes()).next()?;
    (decoded != value && !decoded.contains('\u{fffd}')).then(|| decoded.into_owned())
}
