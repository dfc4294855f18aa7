//! Golden cases: a script beside what it must print; found, run, compared, rewritten. Prints nothing itself.
//!
//! `x.crawl` is a case. `x.out` is its standard output, `x.err` its standard error, `x.exit` its exit code; a missing file
//! means nothing and 0. `x.records.jsonl` holds the records that it emits, `x.snapshots.json` what its tests wrote down.
//! Where `x.cassette` stands beside them, the case runs over that recording instead of the site.
//! Files and folders whose names begin with `_` or `.` are no cases: modules and data live there.

mod account;
mod assignment;
mod both;
mod called;
mod case;
mod changes;
mod compare;
mod discover;
mod entry;
mod error;
mod failure;
mod github;
mod json;
mod junit;
mod lost;
mod normalise;
mod over;
mod patch;
mod records;
mod result;
mod run;
mod snapshots;
mod spawn;
mod verdict;

pub use account::{Account, TestFailure, TestReport};
pub use assignment::Assignment;
pub use case::{Case, Expected, Settings};
pub use changes::{Change, Said, changes};
pub use compare::{Difference, compare};
pub use discover::discover;
pub use entry::{Entry, Verdict, entries};
pub use error::TestError;
pub use github::{annotation, harmless, harmless_json};
pub use json::{line as json_line, summary as json_summary};
pub use junit::junit;
pub use lost::{Lost, lost};
pub use normalise::normalise;
pub use over::Over;
pub use patch::patch;
pub use result::{CaseResult, Outcome, exit};
pub use run::{Options, Runner, run_all, run_case};
pub use spawn::{Ran, spawn};
pub use verdict::{Judged, LiveVerdict, judge};
