//! Where a run's text, records and events go: the seam between a script and whoever runs it.

use async_trait::async_trait;
use serde_json::Value;

use crate::crawl::Event;

/// Receives what a script says. `cli/` writes it out, the REPL shows it, watch keeps it per run.
#[async_trait]
pub trait Console: Send + Sync {
    /// `print`: a line of text.
    fn print(&self, line: &str) -> Result<(), ConsoleError>;

    /// `emit`: one record, with the data set's name if it has one.
    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError>;

    /// Whether a session may be rebuilt although that sends these requests again, which may change something on a
    /// server. Only programs that run a script more than once are asked.
    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool;

    /// Tells a person something and waits for Enter; `false` where nobody can be asked. Can be dropped while it waits.
    async fn pause(&self, message: &str) -> bool;

    /// Progress and warnings. Must not block.
    fn event(&self, event: &Event);
}

/// Why something could not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsoleError {
    /// The reader went away: the run ends quietly.
    BrokenPipe,
    /// Any other reason, in words.
    Failed(String),
}
