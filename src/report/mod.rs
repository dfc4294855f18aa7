//! Reports: one HTML page that shows what a run did, step by step, and needs nothing beside itself. [`Collector`] listens
//! to the run, [`Collector::write`] writes the page. Pages of sites are strangers' texts: what of them is shown is data to
//! the report's own script, and their documents stand in frames in which nothing runs.

mod clean;
mod collect;
mod identity;
mod network;
mod said;
mod shelf;
mod step;
mod write;

pub use collect::Collector;
pub use write::Ending;
