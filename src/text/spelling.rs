//! The ways in which a text stands in other texts: in JSON and JS, in HTML, in addresses and forms, and in these within
//! one another.

use std::collections::HashSet;

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
