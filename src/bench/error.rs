//! What can go wrong while measuring.

use super::Workload;

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The system refused: a process, a file, a port.
    #[error("cannot {action}: {reason}")]
    System {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        reason: String,
    },
    /// The floor's browser is missing, or did not do what was asked.
    #[error("the raw-CDP floor failed: {0}")]
    Floor(String),
    /// A measured process failed.
    #[error("{who} failed in {workload}:\n{stderr}")]
    Process {
        /// `crawl run` or the floor.
        who: &'static str,
        /// What it was doing.
        workload: &'static str,
        /// What it said.
        stderr: String,
    },
    /// A measured process did other work than it should have: its time means nothing.
    #[error("{who} counted {counted} in {}, {} were there", workload.name(), workload.expected())]
    Wrong {
        /// `crawl run` or the floor.
        who: &'static str,
        /// What it was doing.
        workload: Workload,
        /// What it came to.
        counted: u64,
    },
}

impl BenchError {
    /// A system's refusal.
    pub(super) fn system(action: &'static str, error: &impl ToString) -> Self {
        Self::System { action, reason: error.to_string() }
    }
}
