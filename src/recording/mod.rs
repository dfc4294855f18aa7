//! Recorded runs: what went over the network and what each step came to, kept in a cassette and played again.

mod rows;

pub use rows::{from_row, to_row};
