//! Reads pieces of script from a terminal: history, several lines, what the assistant has to say.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, CompletionType, Config, Editor};

use super::assistant::{Assistant, Known, Words};

/// How many entries the history keeps.
const HISTORY: usize = 2_000;

/// Of a terminal that does not say how wide it is.
const COLUMNS: usize = 80;

/// What was read.
pub enum Input {
    /// A piece of script or a command.
    Text(String),
    /// Ctrl-C at the prompt.
    Cancelled,
    /// Ctrl-D, or the end of the pipe.
    End,
}

/// Reads pieces of script from a terminal.
pub struct Terminal {
    editor: Editor<Assistant, FileHistory>,
    history: Option<PathBuf>,
}

impl Terminal {
    /// A terminal with a history file, if there is a place for one, and with colours if they are wanted.
    pub fn new(words: Words, known: Known, history: Option<&Path>, colors: bool) -> Result<Self, String> {
        let config = Config::builder().completion_type(CompletionType::List).color_mode(if colors {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        });
        let config = config.history_ignore_dups(true).and_then(|config| config.max_history_size(HISTORY));
        let config = config.map_err(|error| error.to_string())?.build();
        let mut editor = Editor::with_config(config).map_err(|error| error.to_string())?;
        let assistant = Assistant { words: Arc::clone(&words), known, colors, width: COLUMNS };
        editor.set_helper(Some(assistant));
        if let Some(path) = history {
            let _ = path.parent().map(std::fs::create_dir_all);
            let _ = editor.load_history(path);
        }
        Ok(Self { editor, history: history.map(Path::to_owned) })
    }

    /// How wide the terminal is now, in columns.
    pub fn width(&mut self) -> usize {
        self.editor.dimensions().map_or(COLUMNS, |(columns, _)| usize::from(columns)).max(20)
    }

    /// Reads one complete piece. It is in the history's file before it is returned.
    pub fn read(&mut self, prompt: &str) -> Input {
        let width = self.width();
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.width = width;
        }
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
