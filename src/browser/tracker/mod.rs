//! What every lane knows of its tab from events alone, and the waits that need no more than that.

mod exchanges;
mod follow;
mod mending;
mod settle;
mod state;
mod traffic;
mod wait;
mod watched;

pub(super) use exchanges::Exchanges;
pub use exchanges::MOST_EXCHANGES;
pub(super) use follow::Arrival;
pub(super) use state::{Document, DocumentLoad, PendingNavigation, State};
pub(super) use traffic::{Arriving, InFlight, SeenResponse};
pub(super) use watched::Tracker;
