//! Which cookie values are secrets.
//!
//! A value that is hidden is hidden wherever it stands, and a page that is played again has the placeholder there: so a
//! value that is one of a page's words must stay. What scripts read under an ordinary name is a secret where it reads
//! as no word, product or date: its letters and digits, or its cases, mixed as these have them not, or written as Base64
//! is. Under a name such as `jwt` or `csrf_token` all but a word in small letters is one, and so is all but ordinary words
//! where scripts cannot read it (`HttpOnly`). What is left of the latter is a secret in cookie headers and lists alone:
//! `admin` also stands on pages. Of a value that is JSON each string is judged by itself, so that it stays JSON.

use serde_json::Value;
use url::form_urlencoded;

use super::ordinary::{odd, ordinary, plain};

/// Who reads a cookie beside its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readable {
    /// Scripts of its pages, or nobody said.
    ByScripts,
    /// Nobody: `HttpOnly`.
    ByNobody,
}

/// Parts of names that say that a value identifies somebody.
const TELLING: &[&str] = &["sess", "token", "csrf", "xsrf", "jwt", "oauth", "login", "passw", "secret", "ticket"];

/// Words of names that say that a value is nobody else's business.
const SAYING: &[&str] = &[
    "apikey",
    "auth",
    "bearer",
    "credential",
    "credentials",
    "csrf",
    "jwt",
    "key",
    "otp",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "pwd",
    "secret",
    "sess",
    "session",
    "sid",
    "sig",
    "signature",
    "token",
    "xsrf",
];

/// Of fewer characters nothing is a secret by its name alone, or because scripts cannot read it.
const SHORTEST: usize = 6;

/// Whether a value reads as a token whatever its name is.
#[must_use]
pub fn token_like(value: &str) -> bool {
    if value.contains(char::is_whitespace) {
        return false;
    }
    let runs = || value.split(|c: char| !c.is_ascii_alphanumeric());
    let hex = |run: &str| run.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mixed = |run: &str| run.contains(char::is_numeric) && run.contains(char::is_alphabetic);
    let long = runs().any(|run| {
        let (length, changes) = (run.len(), changes(run));
        length >= 16
            && (changes >= 4 || mixed(run) && (hex(run) || length >= 24) || run.bytes().all(|b| b.is_ascii_digit()))
            || length >= 12 && mixed(run) && changes >= 4
    });
    let uuid = value.len() == 36 && mixed(value) && runs().map(str::len).eq([8, 4, 4, 4, 12]) && runs().all(hex);
    let letters = value.chars().filter(char::is_ascii_alphanumeric).count();
    long || uuid || letters >= 16 && changes(value) * 3 >= letters
}

/// How often small letters, capital ones and digits take turns; a capital that begins a word is a part of it.
fn changes(text: &str) -> usize {
    let kind = |c: char| match c {
        'a'..='z' => Some(0),
        'A'..='Z' => Some(1),
        '0'..='9' => Some(2),
        _ => None,
    };
    let kinds: Vec<u8> = text.chars().filter_map(kind).collect();
    kinds.windows(2).filter(|pair| pair[0] != pair[1] && *pair != [1, 0]).count()
}

/// Whether a name says that its value identifies somebody.
fn telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let prefixed = name.starts_with("__host-") || name.starts_with("__secure-");
    let part = |part: &str| part == "auth" || part.ends_with("sid");
    prefixed || TELLING.iter().any(|word| name.contains(word)) || name.split(|c: char| !c.is_alphanumeric()).any(part)
}

/// Whether a word of a name says so plainly: `jwt`, `apiKey`, `PHPSESSID`, `csrftoken`.
fn saying(name: &str) -> bool {
    let mut words = vec![String::new()];
    let mut before = None;
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_some_and(char::is_lowercase);
        if begins || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    let ending = |word: &str| ["sid", "sessid", "session", "token"].iter().any(|end| word.ends_with(end));
    words.iter().any(|word| SAYING.contains(&word.as_str()) || ending(word))
}

/// Whether a value that is no cookie is a secret wherever it stands, though its name says that it is one.
#[must_use]
pub fn worth_hiding(value: &str) -> bool {
    value.chars().count() >= SHORTEST && !plain(value)
}

/// Whether the value under that name is a secret wherever it stands; `escaped`: it had percent escapes.
fn secret(name: &str, value: &str, escaped: bool, readable: Readable) -> bool {
    if token_like(value) || odd(value, escaped) || saying(name) && worth_hiding(value) {
        return true;
    }
    let (length, telling) = (value.chars().count(), telling(name));
    if readable == Readable::ByNobody && length >= SHORTEST && !ordinary(value) {
        return true;
    }
    if value.contains(char::is_whitespace) || !telling && readable == Readable::ByScripts {
        return false;
    }
    let any = |is: fn(char) -> bool| value.chars().any(is);
    let changes = changes(value);
    length >= 16
        || length >= 6 && any(char::is_alphabetic) && any(char::is_numeric) && (telling || changes >= 2)
        || length >= 8 && any(char::is_lowercase) && any(char::is_uppercase) && changes >= 2
}

/// Of a cookie's value, what is a secret wherever it stands.
#[must_use]
pub fn secrets_of(name: &str, value: &str, readable: Readable) -> Vec<String> {
    let decoded = decoded(value);
    let plain = decoded.as_deref().unwrap_or(value);
    if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(plain) {
        let mut found = Vec::new();
        strings(name, &json, readable, &mut found);
        return found;
    }
    if !secret(name, plain, decoded.is_some(), readable) {
        return Vec::new();
    }
    match decoded {
        // The one is a spelling of the other.
        Some(decoded) if super::spellings(&decoded).iter().any(|spelling| spelling.text == value) => vec![decoded],
        Some(decoded) => vec![value.to_owned(), decoded],
        None => vec![value.to_owned()],
    }
}

/// A field is judged by its own name: that of the cookie says what most of it is, not what each part is.
fn strings(name: &str, value: &Value, readable: Readable, found: &mut Vec<String>) {
    match value {
        Value::String(text) if secret(name, text, false, readable) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(name, item, readable, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| strings(name, value, readable, found)),
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
