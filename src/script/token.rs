//! Words that Rhai reserves but never uses are ordinary names in `.crawl`.

use rhai::Token;

/// Reserved words that become identifiers, so that `.default("N/A")` and `#{ new: 1 }` mean what they say.
const FREE: &[&str] = &[
    "async",
    "await",
    "case",
    "default",
    "go",
    "goto",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "protected",
    "public",
    "shared",
    "spawn",
    "static",
    "super",
    "sync",
    "thread",
    "use",
    "var",
    "void",
    "with",
    "yield",
];

/// Turns a reserved word into the identifier it is to us; `eval` becomes `evaluate`, since Rhai keeps that name for itself.
#[must_use]
pub fn free_reserved(token: Token) -> Token {
    match token {
        Token::Reserved(word) if word.as_str() == "eval" => Token::Identifier(Box::new("evaluate".into())),
        Token::Identifier(word) if word.as_str() == "eval" => Token::Identifier(Box::new("evaluate".into())),
        Token::Reserved(word) if FREE.contains(&word.as_str()) => Token::Identifier(word),
        other => other,
    }
}
