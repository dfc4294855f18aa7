//! Browsers, drivers and tabs. Names `thirtyfour`; nothing else does. Knows nothing of scripts.

mod block;
mod browsers;
mod cdp;
mod chromium;
mod condition;
mod deadline;
mod download;
mod driver;
mod emulation;
mod endpoint;
mod error;
mod family;
mod find;
mod footprint;
mod grid;
mod identity;
mod inpage;
mod lanes;
mod pointing;
mod process;
mod profile;
mod reaper;
mod rewrite;
mod run_dir;
mod running;
mod setup;
mod snapshot;
mod still;
mod tab;
mod tracker;
mod user_agent;
mod user_js;
mod webdriver;

pub(crate) use cdp::{CdpSocket, EventSink};
pub(crate) use footprint::{group_footprint, process_footprint};
pub(crate) use process::launch_flags;

pub use cdp::ProtocolLog;

pub use block::RESOURCE_KINDS;
pub use browsers::{Browsers, OpenedTab};
pub use condition::{Baseline, DomCondition, LastSeen};
pub use deadline::Deadline;
pub use download::{Download, DownloadState};
pub use emulation::{ColorScheme, Credentials, Geolocation, PERMISSIONS, Proxy, ProxyScheme};
pub use error::{BrowserError, JsException};
pub use family::DialogAnswer;
pub use find::{Program, download_folder, find};
pub use identity::{BrowserKind, Cookie, IDLE_QUIET, Identity, Launch, OriginStorage, WaitUntil};
pub use lanes::{LANES, LaneFacts};
pub use pointing::Pointed;
pub use process::delete_session;
pub use setup::{Ready, ready, set_up};
pub use snapshot::{ConsoleLine, FormPatch, Happenings, JsOutcome, Landing, Response, Snapshot, Taken};
pub use tab::{Acted, DownloadWait, Navigation, OpenPage, PageAct, Tab, UrlPattern};
