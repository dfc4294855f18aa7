//! Where the cursor stands: in which call, at which of its arguments, inside which string.

use crate::syntax::{Token, TokenKind, scan};

/// The surroundings of the end of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The name before the bracket around it.
    pub call: Option<String>,
    /// Which argument of the call.
    pub argument: Argument,
    /// Where the text of the string begins that is open at the end.
    pub string: Option<usize>,
    /// The word right before the string, such as `import` or `at`.
    pub before: Option<String>,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// By its number, from 0.
    Position(usize),
    /// By its name.
    Named(String),
}

impl Default for Argument {
    fn default() -> Self {
        Self::Position(0)
    }
}

impl Place {
    /// The place at the end of `text`, which is what stands before the cursor.
    #[must_use]
    pub fn at_end(text: &str) -> Self {
        let scan = scan(text);
        let open = scan.open_at_end.filter(|span| {
            let quote = text.get(span.start..).unwrap_or_default();
            quote.starts_with('"') || quote.starts_with('`')
        });
        let limit = open.map_or(text.len(), |span| span.start);
        let tokens: Vec<&Token> =
            scan.tokens.iter().filter(|token| !token.is_comment() && token.span.end <= limit).collect();
        let before = tokens.last().filter(|token| token.kind == TokenKind::Identifier);
        let (call, argument) = around(text, &tokens);
        Self {
            call,
            argument,
            string: open.map(|span| span.start + 1),
            before: before.map(|token| token.text(text).to_owned()),
        }
    }
}

/// The call around the end of the tokens. A list in an argument counts as the argument.
fn around(text: &str, tokens: &[&Token]) -> (Option<String>, Argument) {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text(text));
    let (mut depth, mut commas, mut end) = (0_usize, 0, tokens.len());
    for at in (0..tokens.len()).rev() {
        match word(at) {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" | "#{" if depth > 0 => depth -= 1,
            "," if depth == 0 => {
                end = if commas == 0 { at + 1 } else { end };
                commas += 1;
            }
            "(" => {
                let first = if commas == 0 { at + 1 } else { end };
                let callee = at.checked_sub(1).map(|at| tokens[at]);
                let callee = callee.filter(|token| token.kind == TokenKind::Identifier);
                let named =
                    word(first + 1) == ":" && tokens.get(first).is_some_and(|t| t.kind == TokenKind::Identifier);
                let argument = if named { Argument::Named(word(first).to_owned()) } else { Argument::Position(commas) };
                return (callee.map(|token| token.text(text).to_owned()), argument);
            }
            "[" => (commas, end) = (0, tokens.len().min(at)),
            "{" | "#{" | ";" if depth == 0 => return (None, Argument::default()),
            _ => {}
        }
    }
    (None, Argument::default())
}
