//! Text to text: the lexer, the rewrite of `.crawl` forms into plain Rhai, and the form of embedded JavaScript.
//! Knows neither Rhai's engine nor the browser.

mod error;
mod javascript;
mod rewrite;

pub use error::SyntaxError;
pub use javascript::{JsError, JsForm, JsProgram};
pub use rewrite::{Facts, PositionMap, Rewritten, SchemaFact, rewrite};
