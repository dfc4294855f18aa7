//! Text and places in it: sources, spans, line and column, and the one "did you mean" function.

mod cut;
mod plain;
mod source;
mod spelling;
mod suggest;

pub use cut::{cut, one_line};
pub use plain::plain;
pub use source::{LineColumn, Source, Span};
pub use spelling::spellings;
pub use suggest::{nearest, nearest_in};
