//! Cassettes: what a run was, in one SQLite file. A recording, a run's journal and a capsule are all of this kind; they
//! differ in what is in them. `format.md` beside this file describes it.

mod backlog;
mod body;
mod read;
mod rewrite;
mod row;
mod seal;
mod write;
mod writer;

pub use read::Cassette;
pub use rewrite::Rewrite;
pub use row::{ExchangeRow, OutputRow, SightRow, StepRow};
pub use writer::CassetteWriter;

use super::FileKind;
use super::layout::Layout;

/// "crwr", in the first version.
const LAYOUT: Layout =
    Layout { kind: FileKind::Cassette, application: 0x6372_7772, version: 1, schema: include_str!("schema.sql") };
