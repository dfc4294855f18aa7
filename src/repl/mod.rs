//! The line editor of the REPL: history, completion, multi-line input. Names `rustyline`; nothing else does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Editor, Helper};

use crate::syntax::{Completeness, completeness};

/// What was read.
pub enum Input {
    /// A piece of script or a command.
    Text(String),
    /// Ctrl-C at the prompt.
    Cancelled,
    /// Ctrl-D, or the end of the pipe.
    End,
}

/// Words that can be completed; the program keeps them up to date.
pub type Words = Arc<Mutex<Vec<String>>>;

/// Reads pieces of script from a terminal.
pub struct Terminal {
    editor: Editor<Assistant, FileHistory>,
    history: Option<PathBuf>,
}

impl Terminal {
    /// A terminal with a history file, if there is a place for one.
    pub fn new(words: Words, history: Option<&Path>) -> Result<Self, String> {
        let mut editor = Editor::new().map_err(|error| error.to_string())?;
        editor.set_helper(Some(Assistant { words }));
        if let Some(path) = history {
            let _ = editor.load_history(path);
        }
        Ok(Self { editor, history: history.map(Path::to_owned) })
    }

    /// Reads one complete piece.
    pub fn read(&mut self, prompt: &str) -> Input {
        match self.editor.readline(prompt) {
            Ok(text) => {
                let _ = self.editor.add_history_entry(text.as_str());
                Input::Text(text)
            }
            Err(ReadlineError::Interrupted) => Input::Cancelled,
            Err(_) => Input::End,
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(path) = &self.history {
            let _ = path.parent().map(std::fs::create_dir_all);
            let _ = self.editor.save_history(path);
        }
    }
}

struct Assistant {
    words: Words,
}

impl Helper for Assistant {}
impl Highlighter for Assistant {}

impl Hinter for Assistant {
    type Hint = String;
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

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..position];
        let start = before
            .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':')))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let begun = &before[start..];
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let hits = words.iter().filter(|word| word.starts_with(begun) && !begun.is_empty());
        Ok((start, hits.map(|word| Pair { display: word.clone(), replacement: word.clone() }).collect()))
    }
}
