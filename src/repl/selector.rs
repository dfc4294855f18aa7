//! What can come next in a selector: tags, classes, ids, roles and test ids of the page, each with its count.

use super::offer::Candidate;
use crate::page::SelectorNames;

/// More candidates than this nobody reads.
const MOST: usize = 100;

/// The offset in `typed` where the completed part begins, and what can stand there.
#[must_use]
pub fn selectors(typed: &str, names: &SelectorNames) -> (usize, Vec<Candidate>) {
    if let Some(open) = typed.rfind('[').filter(|open| !typed[*open..].contains(']')) {
        return (open, in_brackets(&typed[open + 1..].replace('"', "'"), names));
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

fn named(sign: &str, begun: &str, names: &[(String, usize)]) -> Vec<Candidate> {
    let fitting = names.iter().filter(|(name, _)| name.starts_with(begun) && name.chars().all(is_name));
    fitting.take(MOST).map(|(name, count)| Candidate::counted(format!("{sign}{name}"), *count)).collect()
}

/// Marks such as `[role='button']`, and attributes.
fn in_brackets(begun: &str, names: &SelectorNames) -> Vec<Candidate> {
    let marks = names.marks.iter().filter(|(mark, _)| mark.starts_with(begun));
    let marks = marks.map(|(mark, count)| Candidate::counted(format!("[{mark}]"), *count));
    let attributes = names.attributes.iter().filter(|(name, _)| name.starts_with(begun));
    let attributes = attributes.map(|(name, count)| Candidate::counted(format!("[{name}"), *count));
    marks.chain(attributes).take(MOST).collect()
}

/// Everything that a part of a selector can begin with, the most lasting first.
fn all(names: &SelectorNames) -> Vec<Candidate> {
    let mut found = in_brackets("", &SelectorNames { attributes: Vec::new(), ..names.clone() });
    found.extend(named("#", "", &names.ids));
    found.extend(named(".", "", &names.classes));
    found.extend(named("", "", &names.tags));
    found.truncate(MOST);
    found
}
