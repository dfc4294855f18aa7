//! Of what kind the values of a field are: numbers, money, dates, or text.

use serde_json::Value;

use super::super::date::iso;
use super::super::number::{decimal, money, whole};

/// What the values of a field have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Int,
    Float,
    Money,
    Date,
}

/// The kind that all values have; text where they do not agree.
pub(super) fn kind(values: &[String]) -> Kind {
    if values.is_empty() || values.iter().any(|value| value.len() > 60) {
        return Kind::Text;
    }
    if values.iter().all(|value| is_money(value)) {
        return Kind::Money;
    }
    if values.iter().all(|value| numbers(value) == 1) && alike(values) && !values.iter().any(|value| is_code(value)) {
        if values.iter().all(|value| whole(value).is_some()) {
            return Kind::Int;
        }
        if values.iter().all(|value| decimal(value).is_some()) {
            return Kind::Float;
        }
    }
    let bare = |value: &String| value.chars().all(|c| c.is_ascii_digit() || c == '.');
    if values.iter().all(|value| !bare(value) && iso(value, None).is_some()) {
        return Kind::Date;
    }
    Kind::Text
}

/// Whether a text is a date by itself.
pub(super) fn is_date(value: &str) -> bool {
    iso(value, None).is_some()
}

/// Whether a text is an amount with a currency, and no more.
pub(super) fn is_money(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let named = money(text).is_some_and(|money| !money.get("currency").is_none_or(Value::is_null));
    named && words <= 4 && numbers(text) == 1
}

/// How many numbers are in a text, as a person counts them.
fn numbers(text: &str) -> usize {
    let mut count = 0;
    let mut inside = false;
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let joins = matches!(c, '.' | ',' | '\'' | '’' | '\u{a0}' | '\u{202f}' | ' ')
            && chars.get(at + 1).is_some_and(char::is_ascii_digit)
            && (*c != ' ' || chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count() == 3);
        if c.is_ascii_digit() {
            count += usize::from(!inside);
            inside = true;
        } else if !(inside && joins) {
            inside = false;
        }
    }
    count
}

/// Whether the texts say the same around their numbers: `12 in stock`, `3 in stock`.
fn alike(values: &[String]) -> bool {
    let around = |value: &String| -> String {
        let kept = value.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-' | '+' | '−'));
        let words = kept.collect::<String>();
        words.split_whitespace().map(|word| word.trim_end_matches('s')).collect::<Vec<_>>().join(" ")
    };
    let first = around(&values[0]);
    // A word before the number is a name: `Chapter 3`.
    let leads = |value: &String| value.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| c.is_ascii_digit());
    first.len() <= 20 && values.iter().all(leads) && values.iter().all(|value| around(value) == first)
}

/// Whether digits are a code rather than a number: leading zeros, or too many of them.
fn is_code(value: &str) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let leading = digits.len() > 1 && digits.starts_with('0') && !value.contains(['.', ',']);
    leading || digits.len() > 15
}
