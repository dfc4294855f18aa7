//! What branches side by side say, held until it is their turn: in a test and in a replay the same is said in the same
//! order. A plain run says it when it comes.

use std::sync::Mutex;

use serde_json::Value;

use super::output::ConsoleError;
use super::run::{Run, lock};

/// What a branch said so far.
#[derive(Debug, Default)]
pub struct Held(Mutex<Vec<Said>>);

/// Something that is said.
#[derive(Debug)]
pub enum Said {
    /// A line.
    Line(String),
    /// A record, of a data set.
    Record(Option<String>, Value),
}

impl Run {
    /// Whether branches say what they say in the order of their items.
    #[must_use]
    pub fn holds_branches(&self) -> bool {
        self.tester().is_some() || self.crawler.reaches_no_site()
    }

    /// Says it, or holds it until it is the turn of the branch that the calling thread is on.
    pub(super) fn say(&self, said: Said) -> Result<(), ConsoleError> {
        if let Some(held) = self.held() {
            lock(&held.0).push(said);
            return Ok(());
        }
        match said {
            Said::Line(line) => self.settings.console.print(&line),
            Said::Record(data_set, record) => self.settings.console.emit(data_set.as_deref(), record),
        }
    }

    /// Says what a branch said; it is that branch's turn, and the calling thread is on it.
    pub fn say_held(&self, held: &Held) -> Result<(), ConsoleError> {
        std::mem::take(&mut *lock(&held.0)).into_iter().try_for_each(|said| self.say(said))
    }
}
