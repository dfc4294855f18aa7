//! What Tab offers, all kinds together: inside strings by what the string is for, behind dots by what the value has.

use std::sync::Arc;

use super::path::paths;
use crate::ide::{Argument, Place, SelectorPart, Vocabulary, complete, selectors, targets};
use crate::page::SelectorNames;
use crate::script::builtin::Kind;
use crate::script::{builtins, modules};

/// One thing that can stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is put in.
    pub text: String,
    /// What is listed.
    pub shown: String,
}

impl Candidate {
    /// A candidate that is listed as it is.
    #[must_use]
    pub fn plain(text: String) -> Self {
        Self { shown: text.trim_end().to_owned(), text }
    }

    /// A candidate with how often it is there.
    #[must_use]
    pub fn counted(text: String, count: usize) -> Self {
        Self { shown: format!("{text} ({count})"), text }
    }
}

impl From<SelectorPart> for Candidate {
    fn from(part: SelectorPart) -> Self {
        match part.count {
            Some(count) => Self::counted(part.text, count),
            None => Self::plain(part.text),
        }
    }
}

fn listed((at, parts): (usize, Vec<SelectorPart>)) -> (usize, Vec<Candidate>) {
    (at, parts.into_iter().map(Candidate::from).collect())
}

/// What follows a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing, or what cannot be told beforehand.
    Anything,
    /// A selector for the page.
    Selector,
    /// A target on the page: a selector, `role=…` and the like.
    Target,
    /// A file.
    Path,
    /// A session's id.
    Session,
}

/// What is known beside the words of the language; the program keeps it up to date.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The names in the last page.
    pub page: Arc<SelectorNames>,
    /// What may follow a dot behind what variables hold, by the way there.
    pub fields: Vec<(String, Vec<String>)>,
    /// The dialogue's own functions: name and signature.
    pub functions: Vec<(String, String)>,
    /// The commands: name, what it takes, what it does.
    pub commands: Vec<(String, Takes, String)>,
}

/// Where the completed part begins, and what can stand there.
#[must_use]
pub fn offer(line: &str, cursor: usize, words: &Vocabulary, known: &Surroundings) -> (usize, Vec<Candidate>) {
    let before = line.get(..cursor).unwrap_or(line);
    if let Some((start, found)) = of_command(before, words, known) {
        return (start, found);
    }
    let place = Place::at_end(before);
    if let Some(start) = place.string {
        let typed = &before[start..];
        let found = match wanted(&place, before) {
            Some(Wanted::Selector) => Some(listed(selectors(typed, &known.page))),
            Some(Wanted::Target) => Some(listed(targets(typed, &known.page))),
            Some(Wanted::Path) => Some(paths(typed)),
            Some(Wanted::Module) => Some(module(typed)),
            None => None,
        };
        if let Some((at, found)) = found {
            return (start + at, found);
        }
    } else if let Some((start, found)) = behind_dot(before, known) {
        return (start, found);
    }
    let (start, found) = complete(line, cursor, words);
    (start, found.into_iter().map(Candidate::plain).collect())
}

fn of_command(before: &str, words: &Vocabulary, known: &Surroundings) -> Option<(usize, Vec<Candidate>)> {
    let typed = before.trim_start();
    let (name, rest) = typed.strip_prefix(':')?.split_once(' ')?;
    let (_, takes, _) = known.commands.iter().find(|(command, ..)| command[1..] == *name)?;
    let start = before.len() - rest.len();
    let (at, found) = match takes {
        Takes::Selector => listed(selectors(rest, &known.page)),
        Takes::Target => listed(targets(rest, &known.page)),
        Takes::Path => paths(rest),
        Takes::Session => {
            let ids = words.sessions.iter().filter(|id| id.starts_with(rest));
            (0, ids.cloned().map(Candidate::plain).collect())
        }
        Takes::Anything => return None,
    };
    Some((start + at, found))
}

enum Wanted {
    Selector,
    Target,
    Path,
    Module,
}

/// What the string at the cursor is for.
fn wanted(place: &Place, before: &str) -> Option<Wanted> {
    match place.before.as_deref() {
        Some("import") => return Some(Wanted::Module),
        Some("at") if before.trim_start().starts_with("schema ") || before.contains("\nschema ") => {
            return Some(Wanted::Selector);
        }
        _ => {}
    }
    let call = place.call.as_deref()?;
    let find = |builtin: &crate::script::builtin::Builtin| match &place.argument {
        Argument::Named(name) => builtin.kind_of(name).map(|kind| (name.clone(), kind)),
        Argument::Position(at) => {
            let param = builtin.params.get(*at).or_else(|| builtin.params.last().filter(|_| builtin.variadic));
            param.map(|param| (param.name.to_owned(), param.kind))
        }
    };
    builtins::named(call).filter_map(find).find_map(|(name, kind)| match kind {
        Kind::Css | Kind::RowCss | Kind::Condition => Some(Wanted::Selector),
        Kind::Target => Some(Wanted::Target),
        Kind::Text if matches!(name.as_str(), "path" | "file") => Some(Wanted::Path),
        _ => None,
    })
}

/// Modules of the standard library, and scripts beside.
fn module(typed: &str) -> (usize, Vec<Candidate>) {
    let own = modules::STDLIB.iter().map(|(name, _)| *name).filter(|name| name.starts_with(typed));
    let own: Vec<Candidate> = own.map(|name| Candidate::plain(name.to_owned())).collect();
    if !own.is_empty() && typed.starts_with("std") {
        return (0, own);
    }
    let (at, beside) = paths(typed);
    let scripts = beside.into_iter().filter_map(|entry| {
        let name = entry.text.strip_suffix(".crawl").or_else(|| entry.text.ends_with('/').then_some(&*entry.text))?;
        Some(Candidate::plain(format!("{}{name}", &typed[..at])))
    });
    (0, own.into_iter().chain(scripts).collect())
}

/// The members of what stands before a dot, where it is known: `rows[0].`, `page.items.first.`.
fn behind_dot(before: &str, known: &Surroundings) -> Option<(usize, Vec<Candidate>)> {
    let word = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    let owner = before.get(..word)?.strip_suffix('.')?;
    let way = way(owner.trim_end_matches('?'))?;
    if !way.contains(['.', '[']) {
        return None;
    }
    let (_, members) = known.fields.iter().find(|(known, _)| *known == way)?;
    let begun = &before[word..];
    let mut found: Vec<String> = members.iter().filter(|member| member.starts_with(begun)).cloned().collect();
    found.sort();
    found.dedup();
    Some((word, found.into_iter().map(Candidate::plain).collect()))
}

/// The way at the end of a text, every place of a list written as `[]`.
fn way(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut at = chars.len();
    while let Some(c) = at.checked_sub(1).map(|before| chars[before]) {
        match c {
            ']' => at = chars[..at].iter().rposition(|c| *c == '[')?,
            c if c.is_alphanumeric() || matches!(c, '_' | '.' | '?') => at -= 1,
            _ => break,
        }
    }
    let mut way = String::new();
    let mut inside = false;
    for c in &chars[at..] {
        match c {
            '[' => inside = true,
            ']' => {
                inside = false;
                way.push_str("[]");
            }
            '?' => {}
            c if !inside => way.push(*c),
            _ => {}
        }
    }
    let way = way.replace(".first", "[]").replace(".last", "[]");
    (!way.is_empty() && !way.starts_with('.')).then_some(way)
}

/// The signature of the call around the cursor, or what a command takes; nothing elsewhere.
#[must_use]
pub fn hint(line: &str, cursor: usize, known: &Surroundings) -> Option<String> {
    let before = line.get(..cursor).unwrap_or(line);
    if let Some(command) = before.trim_start().strip_prefix(':') {
        let name = command.split(' ').next().unwrap_or_default();
        let (_, _, about) = known.commands.iter().find(|(known, ..)| known[1..] == *name)?;
        return Some(about.clone());
    }
    let call = Place::at_end(before).call?;
    let own = known.functions.iter().filter(|(name, _)| *name == call).map(|(_, signature)| signature.clone());
    let mut signatures: Vec<String> = own.collect();
    for builtin in builtins::named(&call) {
        let signature = builtin.call_signature();
        if !signatures.contains(&signature) {
            signatures.push(signature);
        }
    }
    signatures.truncate(2);
    (!signatures.is_empty()).then(|| signatures.join("   "))
}
