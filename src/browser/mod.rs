//! Browsers, drivers and tabs. Names `thirtyfour`; nothing else does. Knows nothing of scripts.

mod aim;
mod browsers;
mod cdp;
mod chromium;
mod condition;
mod deadline;
mod driver;
mod error;
mod find;
mod footprint;
mod grid;
mod history;
mod identity;
mod inpage;
mod input;
mod key;
mod lanes;
mod locate;
mod process;
mod reaper;
mod rewrite;
mod run_dir;
mod running;
mod setup;
mod snapshot;
mod tab;
mod tracker;
mod undo;
mod user_js;
mod webdriver;

pub(crate) use cdp::{CdpSocket, EventSink};
pub(crate) use footprint::{group_footprint, process_footprint};
pub(crate) use process::launch_flags;

pub use cdp::ProtocolLog;

pub use aim::{Candidate, Check, Choice, Deed, Did, Found, How, Missed, Place, Why, Wish};
pub use browsers::{Browsers, OpenedTab};
pub use condition::{Baseline, DomCondition, LastSeen};
pub use deadline::Deadline;
pub use error::{BrowserError, JsException};
pub use find::{Program, download_folder, find};
pub use identity::{BrowserKind, Cookie, IDLE_QUIET, Identity, Launch, OriginStorage, WaitUntil};
pub use input::{Button, Input};
pub use key::{Chord, Key, KeyError, Modifier};
pub use lanes::{LANES, LaneFacts};
pub use process::delete_session;
pub use setup::{Ready, ready, set_up};
pub use snapshot::{ConsoleLine, FormPatch, Happenings, JsOutcome, Landing, Response, Snapshot, Taken};
pub use tab::{ActMark, Acted, Navigation, PageAct, Tab, Traversal, UrlPattern};
