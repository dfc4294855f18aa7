//! The line editor's helper: completion, hints, colours, and when a piece is complete.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Context, Helper};

use super::highlight::highlight;
use super::offer::{Surroundings, hint, offer};
use crate::ide::Vocabulary;
use crate::syntax::{Completeness, completeness};
use crate::text::cut;

/// The vocabulary as the line editor sees it.
pub type Words = Arc<Mutex<Vocabulary>>;

/// What is known beside it, as the line editor sees it.
pub type Known = Arc<Mutex<Surroundings>>;

/// Helps with the line that is typed.
pub(super) struct Assistant {
    pub words: Words,
    pub known: Known,
    pub colors: bool,
    /// How wide the terminal is.
    pub width: usize,
}

impl Helper for Assistant {}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, cursor: usize) -> Cow<'l, str> {
        if self.colors { Cow::Owned(highlight(line, cursor)) } else { Cow::Borrowed(line) }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if self.colors { Cow::Owned(format!("\u{1b}[1;36m{prompt}\u{1b}[0m")) } else { Cow::Borrowed(prompt) }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.colors { Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m")) } else { Cow::Borrowed(hint) }
    }

    /// The list is written over the hint below: what is left of it behind a candidate goes.
    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        Cow::Owned(format!("{candidate}\u{1b}[K"))
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colors
    }
}

/// A line below the one that is typed; it is never put in.
pub(super) struct Below(String);

impl Hint for Below {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Assistant {
    type Hint = Below;

    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<Below> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let hint = hint(line, cursor, &known).filter(|_| cursor == line.len())?;
        Some(Below(format!("\n{}", cut(&format!("  {hint}"), self.width.saturating_sub(1)))))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let open = !text.starts_with(':') && matches!(completeness(text), Completeness::Incomplete { .. });
        Ok(if open { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, found) = offer(line, cursor, &words, &known);
        let pair = |candidate: super::offer::Candidate| Pair { display: candidate.shown, replacement: candidate.text };
        Ok((start, found.into_iter().map(pair).collect()))
    }
}
