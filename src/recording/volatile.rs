//! Values that pages make up anew at each run: times, random numbers, identifiers. Two requests that differ in these alone
//! are taken for one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::request::{Body, Request};

/// How far from the recording, or from now, a number may lie that is a time: a month, in milliseconds.
const NEAR: f64 = 31.0 * 24.0 * 3_600_000.0;

/// UUIDs, fractions of one, hexadecimal strings that are long, and whole numbers as long as times are.
static MADE_UP: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|0\.[0-9]{6,}|[0-9a-f]{16,}|[0-9]{10,13}";
    Regex::new(pattern).expect("the pattern is one")
});

/// Tells what is made up.
pub(super) struct Volatile<'a> {
    /// When the recording began, and now: milliseconds since 1970.
    pub times: [f64; 2],
    /// Whether a recorded answer holds a text: then it was not made up here.
    pub told: &'a dyn Fn(&str) -> bool,
}

impl Volatile<'_> {
    /// Whether two requests differ in nothing but what is made up.
    pub fn same(&self, recorded: &Request, asked: &Request) -> bool {
        self.same_but_body(recorded, asked)
            && match (&recorded.body, &asked.body) {
                (Body::Json(recorded), Body::Json(asked)) => self.same_json(recorded, asked),
                (Body::Fields(recorded), Body::Fields(asked)) => self.same_pairs(recorded, asked),
                (Body::Bytes(recorded), Body::Bytes(asked)) => {
                    match (str::from_utf8(recorded), str::from_utf8(asked)) {
                        (Ok(recorded), Ok(asked)) => self.same_text(recorded, asked),
                        _ => recorded == asked,
                    }
                }
                (recorded, asked) => recorded == asked,
            }
    }

    /// Whether they differ in nothing else, whatever they send along.
    pub fn same_but_body(&self, recorded: &Request, asked: &Request) -> bool {
        recorded.method == asked.method
            && recorded.place == asked.place
            && self.same_pairs(&recorded.query, &asked.query)
    }

    fn same_pairs(&self, recorded: &[(String, String)], asked: &[(String, String)]) -> bool {
        let same = |((name, recorded), (other, asked)): (&(String, String), &(String, String))| {
            name == other && self.same_text(recorded, asked)
        };
        recorded.len() == asked.len() && recorded.iter().zip(asked).all(same)
    }

    fn same_json(&self, recorded: &Value, asked: &Value) -> bool {
        match (recorded, asked) {
            (Value::Object(recorded), Value::Object(asked)) => {
                let same = |(name, value): (&String, &Value)| {
                    asked.get(name).is_some_and(|other| self.same_json(value, other))
                };
                recorded.len() == asked.len() && recorded.iter().all(same)
            }
            (Value::Array(recorded), Value::Array(asked)) => {
                let mut both = recorded.iter().zip(asked);
                recorded.len() == asked.len() && both.all(|(recorded, asked)| self.same_json(recorded, asked))
            }
            (Value::String(recorded), Value::String(asked)) => self.same_text(recorded, asked),
            (Value::Number(recorded), Value::Number(asked)) => {
                recorded == asked || self.same_text(&recorded.to_string(), &asked.to_string())
            }
            (recorded, asked) => recorded == asked,
        }
    }

    /// Whether two texts are the same around what is made up in them.
    fn same_text(&self, recorded: &str, asked: &str) -> bool {
        if recorded == asked {
            return true;
        }
        let ((around, made), (other, made_now)) = (self.apart(recorded), self.apart(asked));
        around == other
            && made.len() == made_now.len()
            && made.iter().zip(&made_now).all(|(made, now)| made == now || !(self.told)(now))
    }

    /// A text without what is made up in it, and that.
    fn apart<'t>(&self, text: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
        let (mut around, mut made, mut at) = (Vec::new(), Vec::new(), 0);
        for found in MADE_UP.find_iter(text).filter(|found| self.is_made_up(text, found.range())) {
            around.push(&text[at..found.start()]);
            made.push(found.as_str());
            at = found.end();
        }
        around.push(&text[at..]);
        (around, made)
    }

    /// A whole number has to be a time, of seconds or milliseconds, or longer than any.
    fn is_made_up(&self, text: &str, at: Range<usize>) -> bool {
        let found = &text[at.clone()];
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        if found.len() > 13 || !found.bytes().all(|byte| byte.is_ascii_digit()) {
            return true;
        }
        let (before, after) = (text.as_bytes()[..at.start].last(), text.as_bytes().get(at.end));
        let scale = match found.len() {
            _ if digit(before) || digit(after) => return false,
            10 => 1000.0,
            13 => 1.0,
            _ => return false,
        };
        let time: f64 = found.parse().unwrap_or(0.0);
        self.times.iter().any(|about| (time * scale - about).abs() < NEAR)
    }
}
