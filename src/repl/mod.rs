//! The line editor of the REPL, and how values look in a terminal. Names `rustyline`; nothing else does.

mod assistant;
mod highlight;
mod offer;
mod path;
mod picture;
mod render;
mod table;
mod terminal;
mod transcript;

pub use crate::ide::{Vocabulary, complete};
pub use assistant::{Known, Words};
pub use highlight::{highlight, partners};
pub use offer::{Candidate, Surroundings, Takes, hint, offer};
pub use picture::{Protocol, inline};
pub use render::{render, text};
pub use table::table;
pub use terminal::{Input, Terminal};
pub use transcript::{Said, Script, merge, script};
