//! Text and places in it: sources, spans, line and column, and the one "did you mean" function.

mod plain;
mod source;
mod suggest;

pub use plain::plain;
pub use source::{LineColumn, Source, Span};
pub use suggest::{nearest, nearest_in};
