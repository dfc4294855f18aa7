//! The journal: every step of a run with its keys and outcome, and what of the last run a new one may reuse.
//!
//! A *lane* is the steps of one session on one branch, in order. A run *follows* the last one on a lane as long as each
//! step's act key equals that of the step of the same ordinal; such steps are answered from their entries. The first
//! step that differs (changed, appended, or failed last time) runs live, and from there on so does its session, and
//! every session that this run comes to later, except on branches that run side by side with it: between those there
//! is no order to speak of.

mod archive;
mod decision;
mod decode;
mod encode;
mod entry;
mod key;
mod ledger;
mod replay;
mod why;

pub use archive::{Archive, ArchivedSight, ArchivedStep};
pub use decision::{Again, Beyond, Decision, Finished, Resume, Ticket, Unknown};
pub(super) use encode::sight_of;
pub use entry::{
    Aside, Before, Call, Entry, Mode, Observation, Omitted, Outcome, Place, RunStatus, SessionKey, Stand, StepSummary,
};
pub use key::{KeyContext, StepKeys, act_key, act_keys, crawl_keys, digest, reading_key};
pub(super) use key::{close_keys, conditions};
pub use ledger::Journal;
