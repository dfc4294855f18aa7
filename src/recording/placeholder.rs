//! Placeholders: how they are written, and what is known of one beside what it stands for.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::bytes::{Captures, Regex};
use serde_json::{Value, json};

use crate::text::spelling_names;

/// Follows a placeholder that something else follows.
pub(super) const END: &str = "-end";

/// What all of them begin with.
const START: &str = "crawl-";

/// What is known of a placeholder beside what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placeholder {
    /// How it is written.
    pub text: String,
    /// What it stands for: `secret`, `typed`, `cookie`, `header`.
    pub kind: String,
    /// Whose value that is.
    pub name: String,
}

impl Placeholder {
    /// It as JSON.
    pub fn fact(&self) -> Value {
        json!({ "placeholder": self.text, "kind": self.kind, "name": self.name })
    }

    /// Those of a list of [`Placeholder::fact`]; what is none is left out.
    pub fn all(facts: &Value) -> Vec<Self> {
        let text = |fact: &Value, name: &str| fact.get(name)?.as_str().map(str::to_owned);
        let one = |fact: &Value| {
            let (kind, name) = (text(fact, "kind")?, text(fact, "name")?);
            let text = text(fact, "placeholder").filter(|text| text.len() > START.len() && text.starts_with(START))?;
            Some(Self { text, kind, name })
        };
        facts.as_array().into_iter().flatten().filter_map(one).collect()
    }
}

/// Placeholders of what is unknown, without the spellings: they need no escapes anywhere.
pub(super) fn in_one_spelling(bytes: &[u8]) -> Cow<'_, [u8]> {
    static SPELLED: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = || format!("(crawl-[A-Za-z0-9-]+?)-as-{}({END}|[^A-Za-z0-9-]|$)", spelling_names());
    match SPELLED.get_or_init(|| Regex::new(&pattern()).ok()) {
        Some(spelled) => spelled.replace_all(bytes, |found: &Captures<'_>| [&found[1], &found[2]].concat()),
        None => Cow::Borrowed(bytes),
    }
}

/// How many bytes belong to the placeholder before them: the name of a spelling, and the end.
pub(super) fn rest_of_placeholder(bytes: &[u8]) -> usize {
    static REST: OnceLock<Option<Regex>> = OnceLock::new();
    let rest = REST.get_or_init(|| Regex::new(&format!("^(?:-as-{})?(?:{END})?", spelling_names())).ok());
    rest.as_ref().and_then(|rest| rest.find(bytes)).map_or(0, |found| found.len())
}

/// A name as a part of a placeholder.
pub(super) fn word(name: &str) -> String {
    let word: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let word = word.trim_matches('-');
    // It would be taken for the end.
    if word.ends_with(END) { format!("{word}-0") } else { word.to_owned() }
}

pub(super) fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}
