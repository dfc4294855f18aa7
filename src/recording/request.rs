//! A request in the form in which it is compared: what differs from run to run without meaning is not in it.

use serde_json::Value;
use url::form_urlencoded;

use crate::browser::Asked;
use crate::text::{FieldChange, field_changes};

/// What stands in the place of a multipart body's boundary.
const BOUNDARY: &str = "boundary";

/// A request as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    /// The method.
    pub method: String,
    /// The address up to the query.
    pub place: String,
    /// The names and values of the query, in order.
    pub query: Vec<(String, String)>,
    /// What is sent along.
    pub body: Body,
}

/// A request's body as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// None.
    Empty,
    /// One that the browser did not give away, such as that of a form with a file.
    Unknown,
    /// JSON, whatever its layout.
    Json(Value),
    /// A form's fields, in order.
    Fields(Vec<(String, String)>),
    /// Anything else; of a multipart body without its boundary.
    Bytes(Vec<u8>),
}

impl Request {
    /// The form of a request.
    pub fn of(asked: &Asked) -> Self {
        let (place, query) = asked.url.split_once('?').unwrap_or((&asked.url, ""));
        Self {
            method: asked.method.clone(),
            place: place.to_owned(),
            query: pairs(query.as_bytes()),
            body: Body::of(asked),
        }
    }

    /// Its address, as people read it.
    pub fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(&self.query).finish();
        if query.is_empty() { self.place.clone() } else { format!("{}?{query}", self.place) }
    }

    /// What differs from this recorded request to one that is asked, in words; nothing when they are equal.
    pub fn differences(&self, asked: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if self.method != asked.method {
            found.push(format!("the method: {} recorded, {} asked", self.method, asked.method));
        }
        if self.place != asked.place {
            let (recorded, wanted) = (self.place.as_str(), asked.place.as_str());
            found.push(match (place(recorded), place(wanted)) {
                ((one, recorded), (other, wanted)) if one == other => {
                    format!("the path: `{recorded}` recorded, `{wanted}` asked")
                }
                _ => format!("the address: `{recorded}` recorded, `{wanted}` asked"),
            });
        }
        found.extend(changes("query", &of_pairs(&self.query), &of_pairs(&asked.query)));
        match (&self.body, &asked.body) {
            (one, other) if one == other => {}
            (Body::Unknown, _) | (_, Body::Unknown) => {}
            (Body::Json(one), Body::Json(other)) => found.extend(changes("body", one, other)),
            (Body::Fields(one), Body::Fields(other)) => {
                found.extend(changes("field", &of_pairs(one), &of_pairs(other)));
            }
            (one, other) => found.push(format!("the body: {} recorded, {} asked", one.words(), other.words())),
        }
        found
    }
}

impl Body {
    fn of(asked: &Asked) -> Self {
        let header =
            |wanted: &str| asked.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let kind = header("content-type").unwrap_or_default();
        let Some(bytes) = asked.body.as_deref().filter(|bytes| !bytes.is_empty()) else {
            let length = header("content-length").and_then(|length| length.trim().parse::<u64>().ok());
            let sends = length.map_or_else(|| kind.starts_with("multipart/form-data"), |length| length > 0);
            let carries = !matches!(asked.method.as_str(), "GET" | "HEAD" | "OPTIONS");
            return if carries && sends { Self::Unknown } else { Self::Empty };
        };
        if let Some(boundary) = boundary(kind) {
            return Self::Bytes(without(bytes, boundary));
        }
        if kind.starts_with("application/x-www-form-urlencoded") {
            return Self::Fields(pairs(bytes));
        }
        // Pages send JSON under any name.
        match serde_json::from_slice::<Value>(bytes) {
            Ok(json) if json.is_object() || json.is_array() => Self::Json(json),
            _ => Self::Bytes(bytes.to_vec()),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Empty => "none".to_owned(),
            Self::Unknown => "one that nobody knows".to_owned(),
            Self::Json(_) => "JSON".to_owned(),
            Self::Fields(fields) => format!("a form of {} fields", fields.len()),
            Self::Bytes(bytes) => match str::from_utf8(bytes) {
                Ok(text) if text.len() <= 60 => format!("`{text}`"),
                _ => format!("{} bytes", bytes.len()),
            },
        }
    }
}

/// An address as origin and path.
fn place(address: &str) -> (&str, &str) {
    let host = address.find("://").map_or(0, |at| at + 3);
    let path = address[host..].find('/').map_or(address.len(), |at| host + at);
    address.split_at(path)
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// Pairs as JSON, so that they compare by name: values of a name that stands more than once are a list.
fn of_pairs(pairs: &[(String, String)]) -> Value {
    let mut all = serde_json::Map::new();
    for (name, value) in pairs {
        let value = Value::from(value.as_str());
        match all.get_mut(name) {
            None => drop(all.insert(name.clone(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
        }
    }
    Value::Object(all)
}

fn changes(what: &str, recorded: &Value, asked: &Value) -> Vec<String> {
    let words = |change: FieldChange| {
        let (before, after) = (change.before(), change.after());
        let path = if change.path.is_empty() { String::new() } else { format!(" `{}`", change.path) };
        format!("{what}{path}: {before} recorded, {after} asked")
    };
    field_changes(recorded, asked).into_iter().map(words).collect()
}

fn boundary(kind: &str) -> Option<&str> {
    let (_, boundary) = kind.strip_prefix("multipart/")?.split_once("boundary=")?;
    let boundary = boundary.split(';').next().unwrap_or(boundary).trim().trim_matches('"');
    (!boundary.is_empty()).then_some(boundary)
}

fn without(bytes: &[u8], boundary: &str) -> Vec<u8> {
    let boundary = boundary.as_bytes();
    let mut left = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(boundary) {
            left.extend_from_slice(BOUNDARY.as_bytes());
            at += boundary.len();
        } else {
            left.push(bytes[at]);
            at += 1;
        }
    }
    left
}
