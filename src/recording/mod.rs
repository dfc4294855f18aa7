//! Recorded runs: what went over the network and what each step came to, kept in a cassette and played again.

mod har;
mod rows;
mod vault;
mod worth;

pub use har::{HarError, Imported, export_har, import_har};
pub use rows::{from_row, to_row};
pub use vault::Vault;
