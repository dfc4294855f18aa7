//! The formatter: a script's text in its one style. It moves white space only; what the script says stays to the letter.
//!
//! - Two spaces a level, in `{ }`, `< >` and brackets alike: what the README and the samples show, and what embedded
//!   JavaScript, which often stands deep inside calls, is mostly written with.
//! - Line breaks are the author's, except: a block that has one between its statements gets one between all of them, and
//!   behind its opening and before its closing sign; so does a schema between its fields; `{`, `<`, `else`, `catch`, `,`
//!   and `;` do not begin a line; two top-level statements do not share one. At most one line is left blank.
//! - A line of more than 120 columns is broken in its widest bracket or block, one item a line, until it fits or nothing
//!   can be broken; of a list that goes on over its end, further items move to the next line. No comma is added or taken
//!   away.
//! - The values of a schema's fields are aligned; nothing else is.
//! - Strings are kept to the byte, back-tick strings with the code inside their `${ }`. A line with a `"…"` that goes on
//!   over line ends (`\`) is left as it is: what such a string says depends on its column.
//! - Line ends are those of the text's first line.

mod blocks;
mod breaks;
mod class;
mod layout;
mod measure;
mod piece;
mod place;
mod space;
mod structure;

use super::SyntaxError;
use super::lexer::lex;
use super::rewrite::rewrite;
use crate::text::Source;

pub use blocks::Blocks;

/// The text in its one style; with `blocks`, the blocks of sessions are written that way where they can be.
///
/// # Errors
/// Everything that [`rewrite`] finds wrong: a text with open strings or brackets has no layout yet.
pub fn format(source: &Source, blocks: Option<Blocks>) -> Result<String, Vec<SyntaxError>> {
    let text = styled(source.text())?;
    let Some(blocks) = blocks else { return Ok(text) };
    styled(&blocks::convert(text, blocks)?)
}

fn styled(text: &str) -> Result<String, Vec<SyntaxError>> {
    let facts = rewrite(&Source::new("", text))?.facts;
    let marks = place::Marks::of(&facts);
    let pieces = piece::pieces(text, &lex(text), &marks);
    let structure = structure::Structure::of(&pieces, &marks);
    let breaks = breaks::Breaks::of(&pieces, &structure);
    Ok(layout::lay_out(&pieces, &structure, breaks, line_end(text)))
}

fn line_end(text: &str) -> &'static str {
    let first = text.find('\n').map_or("", |at| &text[..at]);
    if first.ends_with('\r') { "\r\n" } else { "\n" }
}
