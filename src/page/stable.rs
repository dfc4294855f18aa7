//! Which names are likely to stay: no tool made them up, and no state comes and goes with them.

/// Attributes that are there for tests, most common first.
pub(super) const TEST_IDS: &[&str] = &["data-testid", "data-test-id", "data-test", "data-qa", "data-cy"];

/// Words that say how an element stands at the moment or where it is put.
const PASSING: &[&str] = &[
    "active",
    "col",
    "clearfix",
    "collapsed",
    "current",
    "disabled",
    "even",
    "expanded",
    "first",
    "flex",
    "focus",
    "grid",
    "hidden",
    "hover",
    "last",
    "odd",
    "open",
    "row",
    "selected",
    "show",
    "visible",
];

/// What utility classes begin with.
const UTILITIES: &[&str] = &[
    "align-", "bg-", "border-", "col-", "css-", "d-", "flex-", "float-", "font-", "gap-", "grid-", "h-", "has-", "is-",
    "items-", "js-", "jsx-", "justify-", "m-", "mb-", "ml-", "mr-", "mt-", "mx-", "my-", "p-", "pb-", "pl-", "pr-",
    "pt-", "px-", "py-", "rounded-", "row-", "sc-", "shadow-", "text-", "w-",
];

/// Whether a class or an id can be written without escapes and is likely to mean the same tomorrow.
pub(super) fn is_stable(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    is_plain(name)
        && name.len() <= 40
        && !PASSING.contains(&lower.as_str())
        && !UTILITIES.iter().any(|start| lower.starts_with(start))
        && !name.starts_with('_')
        && !name.split(['-', '_']).any(is_made_up)
}

/// Whether a name can stand in a selector as it is.
pub(super) fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Whether a word looks like a digest or a counter: long with digits in it, or of changing case.
fn is_made_up(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let letters = word.chars().filter(char::is_ascii_alphabetic).count();
    let upper = word.chars().skip(1).filter(char::is_ascii_uppercase).count();
    let vowels = word.chars().filter(|c| "aeiouyAEIOUY".contains(*c)).count();
    (digits > 0 && letters > 0 && word.len() >= 5)
        || (digits == word.len() && digits >= 3)
        || (upper >= if word.len() < 8 { 2 } else { 3 } && letters > upper)
        || (letters >= 5 && vowels == 0)
}

/// A value between the single quotes of an attribute selector; `None` where that takes escapes.
pub(super) fn quoted(value: &str) -> Option<String> {
    let plain = !value.is_empty() && value.len() <= 80 && !value.contains(['\'', '"', '\\', '`']);
    (plain && !value.chars().any(char::is_control)).then(|| format!("'{value}'"))
}
