//! The ways in which a text stands in other texts: in JSON and JS, in HTML, in addresses and forms, in
//! bytes written as letters, and in these within one another.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use url::form_urlencoded::byte_serialize;

/// A text as it stands somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// Where: `json`, `html-json`; empty for the text itself.
    pub name: String,
    /// How it stands there.
    pub text: String,
}

/// A way to write a text.
type Way = (&'static str, fn(&str) -> String);

/// Writers differ in what they escape where, and how. The better known ones come first.
const WAYS: &[Way] = &[
    ("json", json),
    ("json1", |text| ascii(&json(text), false)),
    ("json2", |text| ascii(&json(text), false).replace('/', "\\/")),
    ("json3", |text| json(text).replace('/', "\\/")),
    ("json4", |text| markup_free(&json(text), false)),
    ("json5", |text| markup_free(&json(text), true)),
    ("json6", |text| markup_free(&ascii(&json(text), true), true)),
    ("js", |text| text.replace('\\', "\\\\").replace('\'', "\\'")),
    ("html", |text| tags(text).replace('"', "&quot;")),
    ("html1", tags),
    ("html2", |text| text.replace('&', "&amp;").replace('"', "&quot;")),
    ("html3", |text| tags(text).replace('"', "&#34;").replace('\'', "&#39;")),
    ("html4", |text| tags(text).replace('"', "&quot;").replace('\'', "&#39;")),
    ("html5", |text| tags(text).replace('"', "&quot;").replace('\'', "&#x27;")),
    ("html6", |text| tags(text).replace('"', "&quot;").replace('\'', "&#039;")),
    ("form", form),
    ("form1", |text| form(text).replace('+', "%20")),
    ("url", component),
    // What the address parser escapes in a query, and in a path (WHATWG URL, section 1.3).
    ("url1", |text| percent(text, |byte| byte.is_ascii_graphic() && !b"\"#<>".contains(&byte))),
    ("url2", |text| percent(text, |byte| byte.is_ascii_graphic() && !b"\"#<>'".contains(&byte))),
    ("url3", |text| percent(text, |byte| byte.is_ascii_graphic() && !b"\"#<>?`{}^".contains(&byte))),
    ("urls", |text| lower(&component(text))),
    ("forms", |text| lower(&form(text))),
    // Its bytes, which may follow one or two others.
    ("base64a", |text| base64(text, text.as_bytes(), 0, false)),
    ("base64b", |text| base64(text, text.as_bytes(), 1, false)),
    ("base64c", |text| base64(text, text.as_bytes(), 2, false)),
    ("base64d", |text| base64(text, text.as_bytes(), 0, true)),
    ("base64e", |text| base64(text, text.as_bytes(), 1, true)),
    ("base64f", |text| base64(text, text.as_bytes(), 2, true)),
    // As `btoa` does: a byte is a character.
    ("base64g", |text| base64(text, &western(text).unwrap_or_default(), 0, false)),
    ("base64h", |text| base64(text, &western(text).unwrap_or_default(), 1, false)),
    ("base64i", |text| base64(text, &western(text).unwrap_or_default(), 2, false)),
    ("hex", |text| hex(text, false)),
    ("hex1", |text| hex(text, true)),
    // UTF-8 that was read as what it is not, and what pages in that other encoding send.
    ("latin", |text| text.bytes().map(char::from).collect()),
    ("latin1", |text| text.bytes().map(windows_1252).collect()),
    ("latin2", |text| western(text).map_or_else(|| text.to_owned(), |bytes| byte_serialize(&bytes).collect())),
];

/// What can stand around another way.
const AROUND: &[Way] =
    &[("json", json), ("html", |text| tags(text).replace('"', "&quot;")), ("url", component), ("form", form)];

/// The text itself and its spellings, each once.
#[must_use]
pub fn spellings(text: &str) -> Vec<Spelling> {
    let mut seen = HashSet::from([text.to_owned()]);
    let mut all = vec![Spelling { name: String::new(), text: text.to_owned() }];
    let mut add = |name: String, text: String| {
        if seen.insert(text.clone()) {
            all.push(Spelling { name, text });
        }
    };
    for (name, way) in WAYS {
        add((*name).to_owned(), way(text));
    }
    for (name, way) in WAYS {
        let inner = way(text);
        for (around, way) in AROUND {
            add(format!("{name}-{around}"), way(&inner));
        }
    }
    all
}

/// A pattern for the names of spellings.
#[must_use]
pub fn spelling_names() -> String {
    let one = |ways: &[Way]| {
        let mut names: Vec<&str> = ways.iter().map(|(name, _)| *name).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.join("|")
    };
    format!("(?:{})(?:-(?:{}))?", one(WAYS), one(AROUND))
}

/// Of fewer letters chance makes the same.
const SHORTEST_BASE64: usize = 6;

/// Of fewer bytes the digits could be any number.
const SHORTEST_HEX: usize = 6;

/// What stands for the bytes in the Base64 of a longer text, whatever else is in it; `before` other bytes are in the
/// three with which they begin. The text itself where that is too little.
fn base64(text: &str, bytes: &[u8], before: usize, for_urls: bool) -> String {
    let all = [&vec![0; before], bytes].concat();
    let letters = if for_urls { URL_SAFE_NO_PAD.encode(&all) } else { STANDARD_NO_PAD.encode(&all) };
    // A letter has six bits: those at the ends share theirs with what stands around.
    let own = letters.get((before * 8).div_ceil(6)..all.len() * 8 / 6).unwrap_or_default();
    if own.len() < SHORTEST_BASE64 { text.to_owned() } else { own.to_owned() }
}

fn hex(text: &str, upper: bool) -> String {
    if text.len() < SHORTEST_HEX {
        return text.to_owned();
    }
    text.bytes().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
}

/// What stands for the bytes from 0x80 to 0x9f in windows-1252; those that stand for nothing are themselves.
const WESTERN: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

fn windows_1252(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|place| WESTERN.chars().nth(usize::from(place)));
    special.unwrap_or(char::from(byte))
}

/// A text that is more than ASCII in windows-1252, where that has all of it.
fn western(text: &str) -> Option<Vec<u8>> {
    if text.is_ascii() {
        return None;
    }
    let byte = |c: char| match WESTERN.chars().position(|special| special == c) {
        Some(place) => u8::try_from(0x80 + place).ok(),
        None => u8::try_from(u32::from(c)).ok(),
    };
    text.chars().map(byte).collect()
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text).to_owned()
}

/// JSON in which all but ASCII is escaped.
fn ascii(json: &str, upper: bool) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            out.push_str(&if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") });
        }
    }
    out
}

/// JSON that means nothing to HTML: writers differ in whether quotes count, and in the letters.
fn markup_free(json: &str, upper: bool) -> String {
    let [less, more] = if upper { ["\\u003C", "\\u003E"] } else { ["\\u003c", "\\u003e"] };
    let free = json.replace('<', less).replace('>', more).replace('&', "\\u0026");
    if upper { free.replace('\'', "\\u0027") } else { free }
}

fn tags(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn form(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// As `encodeURIComponent` does (ECMA-262, section 19.2.6).
fn component(text: &str) -> String {
    percent(text, |byte| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte))
}

fn percent(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if stays(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Escapes of bytes in small letters.
fn lower(escaped: &str) -> String {
    let mut out = String::with_capacity(escaped.len());
    let mut digits = 0;
    for c in escaped.chars() {
        digits = if c == '%' { 3 } else { std::cmp::max(digits, 1) - 1 };
        out.push(if digits > 0 { c.to_ascii_lowercase() } else { c });
    }
    out
}
