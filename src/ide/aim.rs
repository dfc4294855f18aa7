//! What can come next in a target: the ways to say what is meant, and what each finds on the page, with its count.

use super::selector::{MOST, Part, selectors, single_quoted};
use crate::page::{Counted, PREFIXES, STATES, SelectorNames};

/// The offset in `typed` where the completed part begins, and what can stand there.
#[must_use]
pub fn targets(typed: &str, names: &SelectorNames) -> (usize, Vec<Part>) {
    let start = typed.len() - typed.trim_start().len();
    let text = &typed[start..];
    if text.starts_with(['/', '(', '.']) && text.trim_start_matches(['(', '.']).starts_with('/') {
        return (typed.len(), Vec::new());
    }
    let word = text.find(|c: char| !(c.is_ascii_alphabetic() || c == '-')).unwrap_or(text.len());
    let Some(rest) = text[word..].strip_prefix('=').filter(|_| word > 0) else {
        let (at, found) = selectors(text, names);
        let ways = PREFIXES.iter().filter(|way| word == text.len() && way.starts_with(text));
        let ways = ways.map(|way| Part { text: (*way).to_owned(), count: None });
        return (start + at, ways.chain(found).collect());
    };
    let after = typed.len() - rest.len();
    let (at, found) = match &text[..word] {
        "role" => of_role(rest, names),
        "testid" | "data-testid" => (0, plain(rest, &names.targets.test_ids)),
        "label" => (0, words(rest, &names.targets.labels)),
        "placeholder" => (0, words(rest, &names.targets.placeholders)),
        "text" => (0, words(rest, &names.targets.texts)),
        "css" => selectors(rest, names),
        _ => (rest.len(), Vec::new()),
    };
    (after + at, found)
}

/// Names that can stand between any quotes.
fn writable(names: &Counted) -> impl Iterator<Item = &(String, usize)> {
    names.iter().filter(|(name, _)| !name.contains(['"', '\'', '\\', '`', '$']))
}

fn plain(begun: &str, names: &Counted) -> Vec<Part> {
    let fitting = writable(names).filter(|(name, _)| name.starts_with(begun));
    fitting.take(MOST).map(|(name, count)| Part::counted(name.clone(), *count)).collect()
}

/// Words that a target looks for: in quotes where they are part of another name, which would be meant as well.
fn words(begun: &str, names: &Counted) -> Vec<Part> {
    let bare = begun.trim_start_matches('\\').trim_start_matches(['"', '\'']);
    let quoted = bare.len() < begun.len();
    let wanted = bare.to_lowercase();
    let all: Vec<String> = names.iter().map(|(name, _)| name.to_lowercase()).collect();
    let fitting =
        writable(names).filter(|(name, _)| !name.starts_with('/') && name.to_lowercase().starts_with(&wanted));
    let part = |(name, count): &(String, usize)| {
        let lower = name.to_lowercase();
        let alone = all.iter().filter(|other| other.contains(&lower)).count() == 1;
        Part::counted(if quoted || !alone { format!("'{name}'") } else { name.clone() }, *count)
    };
    fitting.take(MOST).map(part).collect()
}

/// Roles; in brackets the names of the elements with one, and states.
fn of_role(rest: &str, names: &SelectorNames) -> (usize, Vec<Part>) {
    let end = rest.find('[').unwrap_or(rest.len());
    let role = rest[..end].trim();
    if let Some(open) = rest.rfind('[') {
        return match rest[open..].contains(']') {
            true => (rest.len(), Vec::new()),
            false => (open, conditions(role, &single_quoted(&rest[open + 1..]), names)),
        };
    }
    let mut fitting = names.targets.roles.iter().filter(|(name, _)| name.starts_with(role)).peekable();
    match (fitting.next(), fitting.peek()) {
        (Some((name, _)), None) if name == role => (rest.len(), conditions(role, "", names)),
        (first, _) => {
            let found = first.into_iter().chain(fitting);
            (0, found.map(|(name, count)| Part::counted(name.clone(), *count)).collect())
        }
    }
}

fn conditions(role: &str, begun: &str, names: &SelectorNames) -> Vec<Part> {
    let named = names.targets.named.get(role).into_iter().flat_map(writable);
    let named = named.map(|(name, count)| Part::counted(format!("[name='{name}']"), *count));
    let states = STATES.iter().map(|state| match *state {
        "level" => "[level=".to_owned(),
        state => format!("[{state}]"),
    });
    let states = states.map(|text| Part { text, count: None });
    named.take(MOST).chain(states).filter(|part| part.text[1..].starts_with(begun)).collect()
}
