//! Text to text: the lexer, the rewrite of `.crawl` forms into plain Rhai, and the form of embedded JavaScript.
//! Knows neither Rhai's engine nor the browser.

mod completeness;
mod error;
mod format;
mod javascript;
mod lexer;
mod literal;
mod mutation;
mod password;
mod rewrite;
mod token;

pub use completeness::{Completeness, completeness};
pub use error::SyntaxError;
pub use format::{Blocks, format};
pub use javascript::{JsError, JsForm, JsProgram};
pub use lexer::{Scan, lex, scan};
pub use literal::StringLiteral;
pub use mutation::changes;
pub use password::passwords;
pub use rewrite::{
    ArgumentFact, CallFact, CallKind, Facts, FunctionFact, ImportFact, PositionMap, Rewritten, SchemaFact, SessionFact,
    facts, rewrite,
};
pub use token::{FORM_WORDS, KEYWORDS, StringKind, Token, TokenKind, is_keyword, token_at};
