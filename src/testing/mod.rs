//! Golden cases: a script beside what it must print; found, run, compared, rewritten. Prints nothing itself.
//!
//! `x.crawl` is a case. `x.out` is its standard output, `x.err` its standard error, `x.exit` its exit code; a missing file
//! means nothing and 0. Files and folders whose names begin with `_` or `.` are no cases: modules and data live there.

mod case;
mod changes;
mod compare;
mod discover;
mod error;
mod normalise;
mod patch;
mod run;
mod spawn;

pub use case::{Case, Expected, Settings};
pub use changes::{Change, Said, changes};
pub use compare::{Difference, compare};
pub use discover::discover;
pub use error::TestError;
pub use normalise::normalise;
pub use patch::patch;
pub use run::{CaseResult, Options, Outcome, Runner, run_all, run_case};
pub use spawn::{Ran, spawn};
