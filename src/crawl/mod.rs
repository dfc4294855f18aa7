//! What a step is: the session table, a request and its result, hooks, the journal. Knows no Rhai and prints nothing.

mod act;
mod branch;
mod condition;
mod crawler;
mod error;
mod host;
mod journal;
mod page;
mod request;
mod source;

pub use act::{Act, ActRequest, ActValue, Verb};
pub use branch::{Branch, BranchPath, Fork, Turn};
pub use condition::{ClosureRef, Condition};
pub use crawler::{Crawler, CrawlerConfig, SessionInfo};
pub use error::{CrawlError, ErrorPlace, Trouble};
pub use host::{ComputeFn, Event, HookPoint, Host, LivePage};
pub use journal::{Mode, Observation, Outcome, RunStatus, StepSummary};
pub use page::Page;
pub use request::{CacheMode, CrawlRequest, Reading, SessionOptions};
pub use source::{OpenedTab, PageCache, TabSource};
