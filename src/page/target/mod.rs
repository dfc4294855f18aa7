//! What an act is aimed at: a text such as `role=button[name=Save]`, read into what the page is searched for.

mod role;
mod seek;
mod words;

use std::fmt;

use serde::Serialize;

use super::selector::{Selector, SelectorError};
use crate::text::{Span, nearest_in};

pub use role::STATES;
pub(super) use seek::{PLACEHOLDERS, TEST_IDS as TARGET_TEST_IDS, is_control, text};
pub use words::Words;

/// A target with its text. Its JSON is what the in-page finder takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// As written.
    pub text: String,
    /// What is searched for.
    #[serde(flatten)]
    pub query: Query,
}

/// The ways to say what is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Query {
    /// A CSS selector; each of its parts may lie within an open shadow root of the one before.
    Css { css: String },
    /// The smallest element with that text.
    Text { words: Words },
    /// An accessible role (WAI-ARIA 1.2), with a name and states.
    Role { role: String, name: Option<Words>, states: Vec<(String, String)>, hidden: bool },
    /// The control that a label names.
    Label { words: Words },
    /// The control with that placeholder.
    Placeholder { words: Words },
    /// The element with that `data-testid`.
    TestId { words: Words },
    /// An XPath 1.0 expression.
    XPath { path: String },
}

/// Why a text is no target.
pub type TargetError = SelectorError;

/// The prefixes of targets.
pub const PREFIXES: &[&str] = &["text=", "role=", "label=", "placeholder=", "testid=", "xpath=", "css="];

impl Target {
    /// Reads a target; the error's span counts in bytes of `text`.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let whole = text.trim();
        let shift = text.len() - text.trim_start().len();
        let query = read(whole).map_err(|mut error| {
            error.span = Span::new(error.span.start + shift, error.span.end + shift);
            error
        })?;
        Ok(Self { text: whole.to_owned(), query })
    }

    /// The selector, where it is CSS.
    #[must_use]
    pub fn css(&self) -> Option<&str> {
        match &self.query {
            Query::Css { css } => Some(css),
            _ => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn read(text: &str) -> Result<Query, TargetError> {
    if text.is_empty() {
        return Err(fault(text, 0..0, "a target cannot be empty", "such as `text=Save` or `#save`"));
    }
    if ["/", "(/", "./", "../"].iter().any(|start| text.starts_with(start)) {
        return path(text, 0);
    }
    let Some((prefix, rest)) = prefix(text) else { return css(text, 0) };
    let start = text.len() - rest.len();
    let words = |help: &str| {
        let words = Words::read(rest).map_err(|why| fault(text, start..text.len(), &why, help))?;
        if words.is_empty() {
            return Err(fault(text, 0..text.len(), &format!("`{prefix}=` needs what to look for"), help));
        }
        Ok(words)
    };
    match prefix {
        "text" => Ok(Query::Text { words: words("such as `text=Add to cart`, or exactly: `text=\"Add to cart\"`")? }),
        "label" => Ok(Query::Label { words: words("such as `label=E-mail`")? }),
        "placeholder" => Ok(Query::Placeholder { words: words("such as `placeholder=Search`")? }),
        "testid" | "data-testid" => {
            let words = words("such as `testid=cart`")?;
            Ok(Query::TestId { words: words.whole() })
        }
        "role" => role::read(text, start),
        "xpath" => path(rest.trim_start(), text.len() - rest.trim_start().len()),
        "css" => css(rest.trim_start(), text.len() - rest.trim_start().len()),
        other => {
            let names: Vec<&str> = PREFIXES.iter().map(|name| name.trim_end_matches('=')).collect();
            let mut error = fault(text, 0..other.len(), &format!("targets do not begin with `{other}=`"), "");
            error.help = nearest_in(other, "they begin with", &names);
            Err(error)
        }
    }
}

/// The word before `=` at the start, and what follows. CSS has no such beginning.
fn prefix(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_'))?;
    let rest = text[end..].strip_prefix('=')?;
    (end > 0).then(|| (&text[..end], rest))
}

fn css(text: &str, shift: usize) -> Result<Query, TargetError> {
    Selector::parse_live(text).map_err(|mut error| {
        error.span = Span::new(error.span.start + shift, error.span.end + shift);
        error
    })?;
    Ok(Query::Css { css: text.to_owned() })
}

/// The browser reads XPath; what is plainly half an expression is refused here.
fn path(text: &str, shift: usize) -> Result<Query, TargetError> {
    let mut open = Vec::new();
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some((mark, _)), _) if letter == mark => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some((letter, at)),
            (None, '[' | '(') => open.push((letter, at)),
            (None, ']' | ')') => {
                let fits = matches!((open.pop(), letter), (Some(('[', _)), ']') | (Some(('(', _)), ')'));
                if !fits {
                    let span = shift + at..shift + at + 1;
                    return Err(fault(
                        text,
                        span,
                        &format!("this `{letter}` closes nothing"),
                        "check the XPath's brackets",
                    ));
                }
            }
            _ => {}
        }
    }
    match quote.or(open.pop()) {
        Some((letter, at)) => {
            let span = shift + at..shift + at + 1;
            Err(fault(text, span, &format!("this `{letter}` is never closed"), "check the XPath's brackets and quotes"))
        }
        None if text.is_empty() => Err(fault(text, 0..shift, "`xpath=` needs an expression", "such as `xpath=//h1`")),
        None => Ok(Query::XPath { path: text.to_owned() }),
    }
}

fn fault(text: &str, span: std::ops::Range<usize>, message: &str, help: &str) -> TargetError {
    let end = span.end.max(span.start).min(text.len().max(span.end));
    SelectorError {
        message: message.to_owned(),
        span: Span::new(span.start, end),
        help: (!help.is_empty()).then(|| help.to_owned()),
        meant: None,
    }
}
