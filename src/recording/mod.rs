//! Recorded runs: what went over the network and what each step came to, kept in a cassette and played again.

mod answer;
mod facts;
mod har;
mod named;
mod placeholder;
mod replay;
mod request;
mod rows;
mod sheet;
mod tape;
mod track;
mod vault;
mod volatile;

pub use facts::Facts;
pub use har::{HarError, Imported, OfHar, export_har, import_har};
pub use named::Named;
pub use replay::Replay;
pub use rows::{from_row, to_row};
pub use tape::{Recorded, Tape};
pub use vault::Vault;
