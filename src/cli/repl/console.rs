//! The console of a dialogue: the terminal's, but that it can be silenced, and that a question is answered between lines.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use serde_json::Value;

use crate::cli::consent;
use crate::cli::console::Terminal;
use crate::crawl::Event;
use crate::script::{Console, ConsoleError};

/// What a dialogue wants of the console behind it.
pub(in crate::cli) trait Stage {
    /// Leaves out text and records, or no longer.
    fn mute(&self, muted: bool);

    /// Shows all that was written so far, and removes the live line.
    fn settle(&self);
}

/// Where a dialogue's text, records and questions go.
pub(super) struct DialogueConsole {
    terminal: Terminal,
    /// Data may be sent again without a question.
    consent: bool,
    /// What is said again is not shown again.
    muted: AtomicBool,
}

impl DialogueConsole {
    /// A dialogue's console on the terminal's.
    pub fn new(terminal: Terminal, consent: bool) -> Self {
        Self { terminal, consent, muted: AtomicBool::new(false) }
    }

    fn muted(&self) -> bool {
        self.muted.load(Ordering::SeqCst)
    }
}

impl Stage for DialogueConsole {
    fn mute(&self, muted: bool) {
        self.muted.store(muted, Ordering::SeqCst);
    }

    fn settle(&self) {
        self.terminal.settle();
    }
}

#[async_trait]
impl Console for DialogueConsole {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        if self.muted() { Ok(()) } else { self.terminal.print(line) }
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        if self.muted() { Ok(()) } else { self.terminal.emit(data_set, record) }
    }

    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool {
        self.consent || consent::by_line(&self.terminal.progress, session, sent).await
    }

    async fn pause(&self, message: &str) -> bool {
        self.terminal.pause(message).await
    }

    fn event(&self, event: &Event) {
        self.terminal.event(event);
    }
}
