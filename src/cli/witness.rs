//! The console of a run for `crawl test`: what the script says goes where it always goes, and into the account.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::console::Terminal;
use super::test::problem;
use crate::crawl::Event;
use crate::diag::Diagnostic;
use crate::script::{Console, ConsoleError, Tester};
use crate::testing::Account;

/// A terminal with somebody who writes down. What a test says is written down alone.
pub struct Witness {
    terminal: Arc<Terminal>,
    account: Arc<Account>,
}

impl Witness {
    /// A witness with the assignment in a file.
    pub fn open(assignment: &Path, terminal: Arc<Terminal>) -> Result<Self, Box<Diagnostic>> {
        let account = Account::open(assignment).map_err(|error| Box::new(problem(&error)))?;
        Ok(Self { terminal, account: Arc::new(account) })
    }

    /// Who takes the results of tests.
    pub fn tester(&self) -> Arc<dyn Tester> {
        Arc::clone(&self.account) as _
    }
}

#[async_trait]
impl Console for Witness {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        if self.account.keep(line) { Ok(()) } else { self.terminal.print(line) }
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        if self.account.keep(&record.to_string()) {
            return Ok(());
        }
        let failed = |error: std::io::Error| ConsoleError::Failed(format!("cannot write the account: {error}"));
        self.account.record(data_set, &record).map_err(failed)?;
        if self.account.records_apart() && !self.terminal.to_files() {
            return Ok(());
        }
        self.terminal.emit(data_set, record)
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
