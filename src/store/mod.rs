//! What outlives a run: the cache of pages, cassettes, the files that records go to, the last page of a failed run.

mod cache;
mod cassette;
mod error;
mod files;
mod last;
mod layout;
mod module_file;
mod output;
mod seen;
mod spool;

pub use cache::{Cache, Cached, default_cache_path};
pub use cassette::{Cassette, CassetteWriter, ExchangeRow, OutputRow, Rewrite, SightRow, StepRow};
pub use error::{FileKind, StoreError};
pub use files::{Replacement, nearest_file, write_atomic, write_private};
pub use last::{Kept, keep_last, own_folder};
pub use module_file::{cache_folder, module_file};
pub use output::{ENDINGS, Output, Written};
pub use seen::{SeenStep, WatchedPages, make_folder as make_seen_folder, seen_at, seen_file, seen_steps};
pub use spool::{Spool, Spooled};
