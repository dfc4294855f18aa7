//! What transforms do to a value on its way into a row.

use regex::Regex;
use serde_json::Value;

use super::schema::Transform;
use super::{date, number};

/// A transform, ready to run.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Trim,
    Lower,
    Upper,
    Regex(Regex, usize),
    Replace(String, String),
    Split(String),
    Int,
    Float,
    Date(Option<String>),
    Default(Value),
}

/// What a field came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// There is a value.
    Found(Value),
    /// There is nothing.
    Absent,
    /// There is something that is not what it should be: what was wanted, and an example.
    Unfit(&'static str, String),
}

/// Compiles transforms; the error says what is wrong with one.
pub(super) fn compile(transforms: &[Transform]) -> Result<Vec<Step>, String> {
    transforms.iter().map(compile_one).collect()
}

fn compile_one(transform: &Transform) -> Result<Step, String> {
    Ok(match transform {
        Transform::Trim => Step::Trim,
        Transform::Lower => Step::Lower,
        Transform::Upper => Step::Upper,
        Transform::Regex(pattern, group) => {
            let regex = regular_expression(pattern)?;
            let group = *group as usize;
            if group >= regex.captures_len() {
                let groups = regex.captures_len() - 1;
                return Err(format!("the regular expression `{pattern}` has {groups} groups, not {group}"));
            }
            Step::Regex(regex, group)
        }
        Transform::Replace(from, to) => Step::Replace(from.clone(), to.clone()),
        Transform::Split(by) => Step::Split(by.clone()),
        Transform::Int => Step::Int,
        Transform::Float => Step::Float,
        Transform::Date(format) => {
            if let Some(format) = format {
                date::check_format(format).map_err(|why| format!("bad date format `{format}`: {why}"))?;
            }
            Step::Date(format.clone())
        }
        Transform::Default(value) => Step::Default(value.clone()),
    })
}

/// The compiled regular expression; the error says in a sentence what is wrong with it.
pub fn regular_expression(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| {
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ").trim();
        format!("bad regular expression `{pattern}`: {last}")
    })
}

impl Transform {
    /// Checks the transform by itself: its regular expression and group, or its date format.
    pub fn check(&self) -> Result<(), String> {
        compile_one(self).map(drop)
    }
}

/// Runs the steps in order.
pub(super) fn run(steps: &[Step], outcome: Outcome) -> Outcome {
    steps.iter().fold(outcome, |outcome, step| match (outcome, step) {
        (Outcome::Found(Value::Null) | Outcome::Absent | Outcome::Unfit(..), Step::Default(value)) => {
            Outcome::Found(value.clone())
        }
        (Outcome::Found(Value::Null), _) => Outcome::Absent,
        (Outcome::Found(Value::Array(values)), step) if !matches!(step, Step::Default(_)) => each(values, step),
        (Outcome::Found(value), step) => apply(value, step),
        (other, _) => other,
    })
}

/// A step over an array works on each of its values; what comes to nothing is left out.
fn each(values: Vec<Value>, step: &Step) -> Outcome {
    let mut kept = Vec::with_capacity(values.len());
    for value in values {
        match apply(value, step) {
            Outcome::Found(value) => kept.push(value),
            Outcome::Absent => {}
            unfit @ Outcome::Unfit(..) => return unfit,
        }
    }
    Outcome::Found(Value::Array(kept))
}

fn apply(value: Value, step: &Step) -> Outcome {
    let text = match &value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return Outcome::Found(value),
    };
    let string = |text: String| Outcome::Found(Value::String(text));
    match step {
        Step::Trim if value.is_string() => string(text.trim().to_owned()),
        Step::Lower if value.is_string() => string(text.to_lowercase()),
        Step::Upper if value.is_string() => string(text.to_uppercase()),
        Step::Trim | Step::Lower | Step::Upper => Outcome::Found(value),
        Step::Regex(regex, group) => {
            let found = regex.captures(&text).and_then(|captures| captures.get(*group));
            found.map_or(Outcome::Absent, |hit| string(hit.as_str().to_owned()))
        }
        Step::Replace(from, to) => string(if from.is_empty() { text } else { text.replace(from, to) }),
        Step::Split(by) => Outcome::Found(split(&text, by)),
        Step::Int => whole(&text),
        Step::Float => decimal(&text),
        Step::Date(format) => day(&text, format.as_deref()),
        Step::Default(_) => Outcome::Found(value),
    }
}

fn split(text: &str, by: &str) -> Value {
    let strings =
        |parts: Vec<&str>| Value::Array(parts.into_iter().map(|part| Value::String(part.to_owned())).collect());
    if by.is_empty() {
        strings(text.split_whitespace().collect())
    } else {
        strings(text.split(by).map(str::trim).collect())
    }
}

/// A whole number in the text; nothing in an empty text.
pub(super) fn whole(text: &str) -> Outcome {
    found(text, "a whole number", number::whole(text).map(Value::from))
}

/// A decimal number in the text; nothing in an empty text.
pub(super) fn decimal(text: &str) -> Outcome {
    found(text, "a number", number::decimal(text).map(Value::from))
}

/// An amount of money in the text; nothing in an empty text.
pub(super) fn money(text: &str) -> Outcome {
    found(text, "an amount of money", number::money(text))
}

/// A date in the text; nothing in an empty text.
pub(super) fn day(text: &str, format: Option<&str>) -> Outcome {
    let wanted = if format.is_some() { "a date of that format" } else { "a known date (a format says how to read it)" };
    found(text, wanted, date::iso(text, format).map(Value::from))
}

fn found(text: &str, wanted: &'static str, value: Option<Value>) -> Outcome {
    match value {
        Some(value) => Outcome::Found(value),
        None if text.trim().is_empty() => Outcome::Absent,
        None => Outcome::Unfit(wanted, text.trim().chars().take(60).collect()),
    }
}
