//! What Tab offers at a place of the line: commands, options of the call around, ids, parts of values, names.

use super::place::{Argument, Place};

/// Everything that can be completed; the program keeps it up to date.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// `:help` and the like.
    pub commands: Vec<String>,
    /// Functions, and keywords of the language.
    pub names: Vec<String>,
    /// A builtin's options by its name.
    pub options: Vec<(String, Vec<String>)>,
    /// Variables, and what may follow each after a dot.
    pub variables: Vec<(String, Vec<String>)>,
    /// What may follow a dot where the value is not known.
    pub members: Vec<String>,
    /// The open sessions' ids.
    pub sessions: Vec<String>,
    /// The words that a builtin's first argument, a string, may be.
    pub words: Vec<(String, Vec<String>)>,
}

/// Functions whose first argument is a session's id.
pub(super) const TAKES_SESSION: &[&str] = &["session", "close", "kill_session", "save_state"];

/// Where the completed word begins, and the candidates for it.
#[must_use]
pub fn complete(line: &str, position: usize, vocabulary: &Vocabulary) -> (usize, Vec<String>) {
    let before = line.get(..position).unwrap_or(line);
    if before.trim_start().starts_with(':') {
        return command(before, vocabulary);
    }
    let place = Place::at_end(before);
    if let Some(start) = place.string {
        let first = place.argument == Argument::Position(0);
        let call = place.call.filter(|_| first).unwrap_or_default();
        let ids = vocabulary.sessions.iter().filter(|_| TAKES_SESSION.contains(&call.as_str()));
        let words = vocabulary.words.iter().filter(|(name, _)| *name == call).flat_map(|(_, words)| words);
        return (start, begun(&before[start..], ids.chain(words)));
    }
    let start = before
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let (word, earlier) = (&before[start..], &before[..start]);
    if let Some(owner) = earlier.strip_suffix('.') {
        return (start, begun(word, members(owner, vocabulary).iter()));
    }
    let options = place.call.filter(|_| place.fresh).and_then(|call| {
        let known = vocabulary.options.iter().find(|(name, _)| *name == call);
        known.map(|(_, options)| options.iter().map(|option| format!("{option}: ")).collect::<Vec<_>>())
    });
    let options = options.unwrap_or_default();
    if word.is_empty() && options.is_empty() {
        return (start, Vec::new());
    }
    let optional =
        |name: &str| options.iter().any(|option| option.trim_end_matches(": ") == name.trim_end_matches('('));
    let names = vocabulary.variables.iter().map(|(name, _)| name).chain(&vocabulary.names);
    let names = names.filter(|name| !optional(name));
    let mut found = begun(word, options.iter());
    if !word.is_empty() {
        found.extend(begun(word, names));
    }
    (start, found)
}

fn command(before: &str, vocabulary: &Vocabulary) -> (usize, Vec<String>) {
    let indent = before.len() - before.trim_start().len();
    let typed = &before[indent..];
    let Some((name, rest)) = typed.split_once(' ') else {
        return (indent, begun(typed, vocabulary.commands.iter()));
    };
    let candidates = if name == ":doc" { begun(rest, vocabulary.names.iter()) } else { Vec::new() };
    (before.len() - rest.len(), candidates)
}

fn begun<'w>(word: &str, candidates: impl Iterator<Item = &'w String>) -> Vec<String> {
    let mut found: Vec<String> = candidates.filter(|candidate| candidate.starts_with(word)).cloned().collect();
    found.sort();
    found.dedup();
    found
}

fn members<'v>(owner: &str, vocabulary: &'v Vocabulary) -> &'v [String] {
    let word: &str = owner.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
    let bare = !word.is_empty() && !owner[..owner.len() - word.len()].ends_with('.');
    let known = vocabulary.variables.iter().find(|(name, _)| bare && name == word);
    known.map_or(&vocabulary.members, |(_, members)| members)
}
