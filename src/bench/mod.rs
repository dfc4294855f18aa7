//! Speed and size, held against a raw-CDP floor in the same run: workloads, the floor, what a process took. Prints nothing.

mod author;
mod error;
mod floor;
mod measure;
mod pages;
mod report;
mod run;
mod soak;
mod workload;

pub use error::BenchError;
pub use floor::floor;
pub use report::{Report, Row, Target};
pub use run::{Plan, run};
pub use soak::{Mark, SoakPlan, Soaked, soak};
pub use workload::{Part, Workload};
