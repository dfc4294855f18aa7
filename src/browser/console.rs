//! What pages write to their console, as a console shows it.

use serde_json::Value;

/// So many properties of an object are shown.
pub(super) const MOST_PROPERTIES: usize = 5;

/// So many items of a list are shown.
pub(super) const MOST_ITEMS: usize = 100;

/// What a function of `console` was called with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Logged {
    Text(String),
    Number(f64, String),
    /// Anything else, as it is shown.
    Shown(String),
}

impl Logged {
    fn shown(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(_, text) | Self::Shown(text) => text,
        }
    }

    /// In the place of `%` and that letter.
    fn formatted(&self, letter: char) -> String {
        match (letter, self) {
            // A style shows nowhere.
            ('c', _) => String::new(),
            ('d' | 'i', Self::Number(number, _)) => number.trunc().to_string(),
            _ => self.shown().to_owned(),
        }
    }
}

/// The arguments as one line; the first one may say how the others are put into it (Console Standard, "Formatter").
pub(super) fn line(args: &[Logged]) -> String {
    let (first, rest) = match args {
        [Logged::Text(format), rest @ ..] if !rest.is_empty() => {
            let (first, taken) = formatted(format, rest);
            (Some(first), &rest[taken..])
        }
        _ => (None, args),
    };
    let rest = rest.iter().map(|arg| arg.shown().to_owned());
    first.into_iter().chain(rest).collect::<Vec<_>>().join(" ")
}

/// The text with arguments in it, and how many.
fn formatted(format: &str, args: &[Logged]) -> (String, usize) {
    let (mut out, mut taken, mut format) = (String::new(), 0, format);
    while let Some((before, after)) = format.split_once('%') {
        out.push_str(before);
        let letter = after.chars().next().filter(|letter| "sdifoOc%".contains(*letter));
        match (letter, args.get(taken)) {
            (Some('%'), _) => out.push('%'),
            (Some(letter), Some(arg)) => {
                taken += 1;
                out.push_str(&arg.formatted(letter));
            }
            _ => {
                out.push('%');
                format = after;
                continue;
            }
        }
        format = &after[1..];
    }
    out.push_str(format);
    (out, taken)
}

/// An object with some of what is in it, each as it is shown.
pub(super) fn object(class: &str, properties: Vec<String>, more: bool) -> String {
    let class = if class == "Object" { String::new() } else { format!("{class} ") };
    format!("{class}{{{}}}", listed(properties, more))
}

/// A list with some of its items.
pub(super) fn list(items: Vec<String>, more: bool) -> String {
    format!("[{}]", listed(items, more))
}

fn listed(mut parts: Vec<String>, more: bool) -> String {
    if more {
        parts.push("…".to_owned());
    }
    parts.join(", ")
}

/// A text within an object.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
