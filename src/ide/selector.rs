//! What can come next in a selector: tags, classes, ids, attributes, roles and test ids of the page, each with its count.

use crate::page::{Counted, SelectorNames};

/// More candidates than this nobody reads.
pub(super) const MOST: usize = 100;

/// One thing that can stand at the end of a selector or a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What is put in.
    pub text: String,
    /// How often it is on the page; none for words of the language.
    pub count: Option<usize>,
}

impl Part {
    pub(super) fn counted(text: String, count: usize) -> Self {
        Self { text, count: Some(count) }
    }
}

/// The offset in `typed` where the completed part begins, and what can stand there.
#[must_use]
pub fn selectors(typed: &str, names: &SelectorNames) -> (usize, Vec<Part>) {
    if let Some(open) = typed.rfind('[').filter(|open| !typed[*open..].contains(']')) {
        return (open, in_brackets(&single_quoted(&typed[open + 1..]), names));
    }
    let word =
        typed.rfind(|c: char| !is_name(c)).map_or(0, |at| at + typed[at..].chars().next().map_or(1, char::len_utf8));
    let (before, name) = typed.split_at(word);
    match before.chars().next_back() {
        Some('.') => (word - 1, named(".", name, &names.classes)),
        Some('#') => (word - 1, named("#", name, &names.ids)),
        Some(':' | '(') if before.ends_with(':') => (word, Vec::new()),
        _ if name.is_empty() => (word, all(names)),
        _ => (word, named("", name, &names.tags)),
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// What was typed with the quotes that need no escape in a string; a value that has none yet gets its first.
pub(super) fn single_quoted(begun: &str) -> String {
    let begun = begun.replace("\\\"", "'").replace('"', "'");
    match begun.split_once('=') {
        Some((name, value)) if !value.starts_with('\'') => format!("{name}='{value}"),
        _ => begun,
    }
}

fn named(sign: &str, begun: &str, names: &Counted) -> Vec<Part> {
    let fitting = names.iter().filter(|(name, _)| name.starts_with(begun) && name.chars().all(is_name));
    fitting.take(MOST).map(|(name, count)| Part::counted(format!("{sign}{name}"), *count)).collect()
}

/// Marks such as `[role='button']`, attributes, and, where one is named, its values.
fn in_brackets(begun: &str, names: &SelectorNames) -> Vec<Part> {
    let values = names.values.iter().filter(|_| begun.contains('='));
    let whole = names.marks.iter().chain(values).filter(|(mark, _)| mark.starts_with(begun));
    let whole = whole.map(|(mark, count)| Part::counted(format!("[{mark}]"), *count));
    let attributes = names.attributes.iter().filter(|(name, _)| name.starts_with(begun));
    let attributes = attributes.map(|(name, count)| Part::counted(format!("[{name}"), *count));
    whole.chain(attributes).take(MOST).collect()
}

/// Everything that a part of a selector can begin with, the most lasting first.
fn all(names: &SelectorNames) -> Vec<Part> {
    let marks = names.marks.iter().map(|(mark, count)| Part::counted(format!("[{mark}]"), *count));
    let mut found: Vec<Part> = marks.collect();
    found.extend(named("#", "", &names.ids));
    found.extend(named(".", "", &names.classes));
    found.extend(named("", "", &names.tags));
    found.truncate(MOST);
    found
}
