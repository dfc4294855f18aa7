//! What a step is: the session table, a request and its result, hooks, the journal. Knows no Rhai and prints nothing.

mod act;
mod address;
mod branch;
mod cache;
mod capture;
mod closing;
mod condition;
mod crawler;
mod deed;
mod error;
mod failure;
mod host;
pub mod journal;
mod page;
mod reading;
mod rebuild;
mod request;
mod session;
mod source;
mod stage;
mod step;
mod table;
mod timeout;
mod turn;
mod wait;
mod words;

pub use act::{Act, ActRequest, ActValue, Verb};
pub use branch::{Branch, BranchPath, Fork, Turn};
pub use condition::{ClosureRef, Condition};
pub use crawler::{Crawler, CrawlerConfig, SessionInfo};
pub use error::{CrawlError, ErrorPlace, Trouble};
pub use host::{ComputeFn, Event, HookPoint, Host, LivePage};
pub use journal::{Mode, Observation, Outcome, RunStatus, StepSummary};
pub use page::{Page, Timing};
pub use request::{CacheMode, CrawlRequest, Reading, SessionOptions};
pub use source::{OpenedTab, PageCache, TabSource};
