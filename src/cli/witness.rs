//! The console of a run for `crawl test`: what the script says goes where it always goes, and into the account; secrets do
//! not, for golden files are kept of it. What stands for them there is what stands for them in recordings.

use std::path::Path;
use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use serde_json::Value;

use super::console::Terminal;
use super::test::problem;
use crate::crawl::Event;
use crate::diag::Diagnostic;
use crate::recording::{Named, Replay, Tape};
use crate::script::{Console, ConsoleError, Run, Tester, lock};
use crate::testing::Account;

/// A terminal with somebody who writes down. What a test says is written down alone.
pub struct Witness {
    terminal: Arc<Terminal>,
    account: Arc<Account>,
}

/// What must not be told, as far as the run has come to know it.
struct Discretion {
    run: Weak<Run>,
    named: Mutex<Named>,
    /// Knows of cookies too, where the run is recorded.
    tape: Option<Arc<Tape>>,
}

impl Discretion {
    /// The text without it, where it has any.
    fn hide(&self, text: &str) -> Option<String> {
        let run = self.run.upgrade()?;
        let mut named = lock(&self.named);
        lock(&run.secrets).iter().for_each(|(name, value)| named.add(name, value));
        let without = named.conceal(text);
        let taped = self.tape.as_ref().and_then(|tape| tape.hidden(without.as_deref().unwrap_or(text)));
        taped.or(without)
    }
}

impl Witness {
    /// A witness with the assignment in a file.
    pub fn open(assignment: &Path, terminal: Arc<Terminal>) -> Result<Self, Box<Diagnostic>> {
        let account = Account::open(assignment).map_err(|error| Box::new(problem(&error)))?;
        Ok(Self { terminal, account: Arc::new(account) })
    }

    /// Says of which run it is the console, and what records it.
    pub fn belongs_to(&self, run: &Arc<Run>, tape: Option<Arc<Tape>>) {
        let discretion = Discretion { run: Arc::downgrade(run), named: Mutex::default(), tape };
        self.account.hide_by(Box::new(move |text| discretion.hide(text)));
        // One that cannot be read is told of where it is played.
        let recording = self.account.recording().and_then(|recording| Replay::open(recording, |_| None).ok());
        if let Some(sights) = recording.and_then(|recording| recording.sights().ok()) {
            run.crawler.see_as(sights);
        }
    }

    /// Who takes the results of tests.
    pub fn tester(&self) -> Arc<dyn Tester> {
        Arc::clone(&self.account) as _
    }
}

#[async_trait]
impl Console for Witness {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        let line = self.account.hidden(line);
        if self.account.keep(&line) { Ok(()) } else { self.terminal.print(&line) }
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        let hidden = self.account.hidden_in(&record);
        if self.account.keep(&hidden.to_string()) {
            return Ok(());
        }
        let failed = |error: std::io::Error| ConsoleError::Failed(format!("cannot write the account: {error}"));
        self.account.record(data_set, &hidden).map_err(failed)?;
        if self.account.records_apart() && !self.terminal.to_files() {
            return Ok(());
        }
        // A file that the script's user names gets what the script gives.
        self.terminal.emit(data_set, if self.terminal.to_files() { record } else { hidden })
    }

    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool {
        self.terminal.may_send_again(session, sent).await
    }

    async fn pause(&self, message: &str) -> bool {
        self.terminal.pause(message).await
    }

    fn event(&self, event: &Event) {
        self.terminal.event(event);
    }
}
