//! The line editor of the REPL: history, completion, multi-line input. Names `rustyline`; nothing else does.

mod transcript;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, Helper};

pub use crate::ide::{Vocabulary, complete};
pub use transcript::transcript;

use crate::syntax::{Completeness, completeness};

/// How many entries the history keeps.
const HISTORY: usize = 2_000;

/// What was read.
pub enum Input {
    /// A piece of script or a command.
    Text(String),
    /// Ctrl-C at the prompt.
    Cancelled,
    /// Ctrl-D, or the end of the pipe.
    End,
}

/// The vocabulary as the line editor sees it.
pub type Words = Arc<Mutex<Vocabulary>>;

/// Reads pieces of script from a terminal.
pub struct Terminal {
    editor: Editor<Assistant, FileHistory>,
    history: Option<PathBuf>,
}

impl Terminal {
    /// A terminal with a history file, if there is a place for one, and with colours if they are wanted.
    pub fn new(words: Words, history: Option<&Path>, colors: bool) -> Result<Self, String> {
        let config = Config::builder().completion_type(CompletionType::List).color_mode(if colors {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        });
        let config = config.history_ignore_dups(true).and_then(|config| config.max_history_size(HISTORY));
        let config = config.map_err(|error| error.to_string())?.build();
        let mut editor = Editor::with_config(config).map_err(|error| error.to_string())?;
        editor.set_helper(Some(Assistant { words, colors }));
        if let Some(path) = history {
            let _ = path.parent().map(std::fs::create_dir_all);
            let _ = editor.load_history(path);
        }
        Ok(Self { editor, history: history.map(Path::to_owned) })
    }

    /// Reads one complete piece. It is in the history's file before it is returned.
    pub fn read(&mut self, prompt: &str) -> Input {
        match self.editor.readline(prompt) {
            Ok(text) => {
                // A history that cannot be written is no reason to stop.
                if self.editor.add_history_entry(text.as_str()).unwrap_or(false)
                    && let Some(path) = &self.history
                {
                    let _ = self.editor.append_history(path);
                }
                Input::Text(text)
            }
            Err(ReadlineError::Interrupted) => Input::Cancelled,
            Err(_) => Input::End,
        }
    }
}

struct Assistant {
    words: Words,
    colors: bool,
}

impl Helper for Assistant {}

impl Highlighter for Assistant {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if self.colors { Cow::Owned(format!("\u{1b}[1;36m{prompt}\u{1b}[0m")) } else { Cow::Borrowed(prompt) }
    }
}

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
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, found) = complete(line, position, &words);
        Ok((
            start,
            found.into_iter().map(|word| Pair { display: word.trim_end().to_owned(), replacement: word }).collect(),
        ))
    }
}
