//! Text and places in it: sources, spans, line and column, the one "did you mean" function, and what differs between values.

mod cut;
mod field_change;
mod plain;
mod source;
mod suggest;

pub use cut::{cut, one_line};
pub use field_change::{FieldChange, field_changes};
pub use plain::plain;
pub use source::{LineColumn, Source, Span};
pub use suggest::{nearest, nearest_in};
