//! Browsers, drivers and tabs. Names `thirtyfour`; nothing else does. Knows nothing of scripts.

mod condition;
mod deadline;
mod error;
mod identity;
mod snapshot;
mod tab;

pub use condition::{Baseline, DomCondition, LastSeen};
pub use deadline::Deadline;
pub use error::{BrowserError, JsException};
pub use identity::{BrowserKind, Cookie, IDLE_QUIET, Identity, Launch, WaitUntil};
pub use snapshot::{ConsoleLine, FormPatch, Happenings, JsOutcome, Landing, Response, Snapshot};
pub use tab::{Navigation, Tab, UrlPattern};
