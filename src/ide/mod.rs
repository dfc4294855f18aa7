//! What an editor asks about a script, as plain functions over its text: data in, data out. Knows no protocol.

mod completion;

pub use completion::{Vocabulary, complete};
