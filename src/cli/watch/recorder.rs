//! The console of a watched script: what a run says is kept, to be held against the next run's.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;

use super::super::consent;
use super::super::console::Terminal;
use super::super::repl::Stage;
use super::super::say::tell;
use super::consent::Consent;
use super::keyboard::Keyboard;
use crate::crawl::Event;
use crate::script::{Console, ConsoleError, lock};
use crate::testing::Said;

/// So many lines and records of a run are kept.
const MOST: usize = 50_000;

/// A terminal that remembers.
pub struct Recorder {
    terminal: Arc<Terminal>,
    consent: Consent,
    keyboard: Option<Arc<Keyboard>>,
    said: Mutex<Vec<Said>>,
    held: AtomicBool,
    /// A prompt is open.
    prompting: AtomicBool,
    /// What is said at the prompt is not shown.
    muted: AtomicBool,
}

impl Recorder {
    /// A recorder before a terminal.
    pub fn new(terminal: Arc<Terminal>, consent: Consent, keyboard: Option<Arc<Keyboard>>) -> Self {
        Self {
            terminal,
            consent,
            keyboard,
            said: Mutex::default(),
            held: AtomicBool::new(false),
            prompting: AtomicBool::new(false),
            muted: AtomicBool::new(false),
        }
    }

    /// Begins another run. Held back, what it says is kept alone: the last run's output stays on the screen, and what
    /// changed is told afterwards.
    pub fn begin(&self, held: bool) {
        lock(&self.said).clear();
        self.held.store(held, Ordering::SeqCst);
    }

    /// A prompt is open, or no more: what is said there is shown and not kept.
    pub fn prompting(&self, prompting: bool) {
        self.prompting.store(prompting, Ordering::SeqCst);
    }

    /// What was said since the run began.
    pub fn take(&self) -> Vec<Said> {
        std::mem::take(&mut *lock(&self.said))
    }

    fn keep(&self, said: Said) {
        if self.at_prompt() {
            return;
        }
        let mut all = lock(&self.said);
        if all.len() < MOST {
            all.push(said);
        }
    }

    fn held(&self) -> bool {
        if self.at_prompt() { self.muted.load(Ordering::SeqCst) } else { self.held.load(Ordering::SeqCst) }
    }

    fn at_prompt(&self) -> bool {
        self.prompting.load(Ordering::SeqCst)
    }
}

impl Stage for Recorder {
    fn mute(&self, muted: bool) {
        self.muted.store(muted, Ordering::SeqCst);
    }

    fn settle(&self) {
        self.terminal.settle();
    }
}

#[async_trait]
impl Console for Recorder {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        self.keep(Said::Line(line.to_owned()));
        if self.held() { Ok(()) } else { self.terminal.print(line) }
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        self.keep(Said::Record(data_set.map(str::to_owned), record.clone()));
        let known = self.at_prompt() || !self.terminal.to_files();
        if self.held() && known { Ok(()) } else { self.terminal.emit(data_set, record) }
    }

    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool {
        if self.at_prompt() {
            return self.consent.at_prompt(session, sent, &self.terminal.progress).await;
        }
        let show = |question: &str| self.terminal.progress.aside(|| tell!("{question}"));
        self.consent.to_send_again(session, sent, show).await
    }

    async fn pause(&self, message: &str) -> bool {
        if self.at_prompt() {
            return self.terminal.pause(message).await;
        }
        let Some(keyboard) = self.keyboard.as_ref().filter(|_| std::io::stderr().is_terminal()) else { return false };
        self.terminal.settle();
        keyboard.enter(|| consent::show(&self.terminal.progress, message)).await
    }

    fn event(&self, event: &Event) {
        if !(self.at_prompt() && self.muted.load(Ordering::SeqCst)) {
            self.terminal.event(event);
        }
    }
}
