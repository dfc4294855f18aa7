//! The journal: every step of a run with its keys and outcome, and what of the last run a new one may reuse.

mod entry;

pub use entry::{Mode, Observation, Outcome, RunStatus, StepSummary};
