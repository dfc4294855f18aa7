//! Single keys from the terminal: no Enter needed, nothing echoed, and the terminal as it was on every way out.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::super::terminal_state::TerminalState;
use crate::script::lock;

/// The keys that answer a question; others are commands meanwhile too.
const ANSWERS: [char; 9] = ['y', 'Y', 'n', 'N', 'a', 'A', '\r', '\n', '\u{1b}'];

/// The terminal's keys. A question gets them first; else they are commands.
pub struct Keyboard {
    /// The settings to go back to.
    before: TerminalState,
    /// Whether single keys are wanted now.
    single: Mutex<bool>,
    question: Mutex<Option<UnboundedSender<char>>>,
    /// Questions are asked one at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Keyboard {
    /// The keyboard, if standard input is a terminal and ours to read.
    pub fn open() -> Option<Arc<Self>> {
        let before = TerminalState::now()?;
        let keyboard =
            Self { before, single: Mutex::default(), question: Mutex::default(), turn: tokio::sync::Mutex::default() };
        keyboard.single_keys(true);
        Some(Arc::new(keyboard))
    }

    /// Calls `command` for every key that answers no question, on a thread of its own, until the terminal is gone.
    pub fn listen(self: &Arc<Self>, command: impl Fn(char) + Send + 'static) {
        let keyboard = Arc::clone(self);
        let listener = std::thread::Builder::new().name("crawl-keys".to_owned());
        // Without the thread there are no keys, and watching works.
        let _ = listener.spawn(move || {
            let mut bytes = [0_u8; 64];
            while let Ok(count @ 1..) = rustix::io::read(std::io::stdin(), &mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]);
                // The sequences of arrow and function keys are no commands.
                let escape = text.len() > 1 && text.starts_with('\u{1b}');
                text.chars().filter(|_| !escape).for_each(|key| keyboard.pressed(key, &command));
            }
        });
    }

    fn pressed(&self, key: char, command: &impl Fn(char)) {
        let asked =
            ANSWERS.contains(&key) && lock(&self.question).as_ref().is_some_and(|question| question.send(key).is_ok());
        if !asked {
            command(key);
        }
    }

    /// The keys that are pressed from now on, until what is returned is dropped.
    pub async fn answers(&self) -> Answers<'_> {
        let turn = self.turn.lock().await;
        let (sender, keys) = unbounded_channel();
        *lock(&self.question) = Some(sender);
        Answers { keys, _turn: turn }
    }

    /// Shows something and waits for Enter; `false` when the terminal is gone. Can be dropped while it waits.
    pub async fn enter(&self, show: impl FnOnce()) -> bool {
        let mut answers = self.answers().await;
        show();
        loop {
            match answers.next().await {
                Some('\r' | '\n') => return true,
                Some(_) => {}
                None => return false,
            }
        }
    }

    /// Asks the terminal for single keys, or gives it back as it was.
    pub fn single_keys(&self, wanted: bool) {
        let mut single = self.single.lock().unwrap_or_else(PoisonError::into_inner);
        *single = wanted;
        if wanted {
            self.before.single_keys();
        } else {
            self.before.restore();
        }
    }

    /// Asks again for what was asked for: a shell gave the terminal back to us.
    pub fn resume(&self) {
        let single = *self.single.lock().unwrap_or_else(PoisonError::into_inner);
        self.single_keys(single);
    }
}

/// Gives the terminal back as it was when it is dropped, on a panic's way out too.
pub struct GivenBack(Arc<Keyboard>);

impl GivenBack {
    /// When what is returned ends.
    pub fn at_the_end(keyboard: &Arc<Keyboard>) -> Self {
        Self(Arc::clone(keyboard))
    }
}

impl Drop for GivenBack {
    fn drop(&mut self) {
        self.0.single_keys(false);
    }
}

/// Keys that answer a question.
pub struct Answers<'a> {
    keys: UnboundedReceiver<char>,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl Answers<'_> {
    /// The next key.
    pub async fn next(&mut self) -> Option<char> {
        self.keys.recv().await
    }
}
