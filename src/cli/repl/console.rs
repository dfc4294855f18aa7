//! The console of a dialogue: the terminal's, but that it can be silenced, and that a question is answered between lines.

use std::io::{BufRead, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::Value;

use crate::cli::console::Terminal;
use crate::crawl::Event;
use crate::script::{Console, ConsoleError};

/// How often the terminal is asked whether a line was typed.
const LOOK: Duration = Duration::from_millis(50);

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

    /// Leaves out text and records, or no longer.
    pub fn mute(&self, muted: bool) {
        self.muted.store(muted, Ordering::SeqCst);
    }

    /// Shows all that was written so far, and removes the live line.
    pub fn settle(&self) {
        self.terminal.settle();
    }

    fn muted(&self) -> bool {
        self.muted.load(Ordering::SeqCst)
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
        let somebody = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        if self.consent || !somebody {
            return self.consent;
        }
        let more = if sent.len() > 1 { format!(" and {} more", sent.len() - 1) } else { String::new() };
        let first = sent.first().map_or("", String::as_str);
        self.terminal.progress.aside(|| {
            eprintln!("session `{session}` has to send `{first}`{more} again to go on from here: send? [y/N]");
        });
        let answer = one_line().await;
        answer.is_some_and(|answer| ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
    }

    fn event(&self, event: &Event) {
        self.terminal.event(event);
    }
}

/// The next line that is typed. Dropped while it waits, it has read nothing: a terminal is readable once its line is whole.
async fn one_line() -> Option<String> {
    loop {
        let stdin = std::io::stdin();
        let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
        if poll(&mut asked, Some(&Timespec::default())).ok()? > 0 {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.ok().filter(|bytes| *bytes > 0).map(|_| line)
}
