//! What a step is: the session table, a request and its result, hooks, the journal. Knows no Rhai and prints nothing.

mod condition;
mod error;
mod host;
mod page;
mod request;

pub use condition::{ClosureRef, Condition};
pub use error::{CrawlError, ErrorPlace, Trouble};
pub use host::{ComputeFn, Event, HookPoint, Host, LivePage};
pub use page::Page;
pub use request::{CacheMode, CrawlRequest, Reading, SessionOptions};
