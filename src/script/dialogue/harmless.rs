//! Whether a piece did no more than look: nothing that comes after it would miss it.

use rhai::Scope;

use crate::script::builtin::Receiver;
use crate::script::builtins;
use crate::script::schema_value::KeyOrder;
use crate::script::value::to_json;
use crate::syntax::{Token, TokenKind, is_keyword, lex};

/// Keywords of expressions; any other one makes a statement.
const OF_EXPRESSIONS: &[&str] = &["true", "false", "in", "if", "else", "switch", "this"];

/// Functions with a value that do something beside.
const DOING: &[&str] = &["session", "crawl", "evaluate", "frame", "parallel"];

/// Whether the text is an expression that calls nothing that does something.
pub(super) fn reads_only(text: &str) -> bool {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|token| !token.is_comment()).collect();
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text(text));
    tokens.iter().enumerate().all(|(at, token)| match token.kind {
        TokenKind::Symbol => !is_assignment(word(at)),
        TokenKind::Identifier if is_keyword(word(at)) => OF_EXPRESSIONS.contains(&word(at)),
        TokenKind::Identifier if word(at) == "schema" => false,
        TokenKind::Identifier if word(at + 1) == "(" => {
            let method = at > 0 && matches!(word(at - 1), "." | "?.");
            method || gives_only(word(at))
        }
        _ => true,
    })
}

fn is_assignment(symbol: &str) -> bool {
    symbol.ends_with('=') && !matches!(symbol, "==" | "!=" | "<=" | ">=")
}

/// Whether it is a builtin that is there for its value.
fn gives_only(name: &str) -> bool {
    let mut known = builtins::named(name).filter(|builtin| builtin.receiver == Receiver::None).peekable();
    known.peek().is_some() && known.all(|builtin| builtin.result != "()" && !DOING.contains(&builtin.name))
}

/// The variables that are data, to see whether a method changed one.
pub(super) fn data(scope: &Scope<'_>, order: &KeyOrder) -> Vec<(String, Option<String>)> {
    let one = |(name, _, value): (&str, bool, rhai::Dynamic)| {
        let data = value.is_map() || value.is_array() || value.is_string();
        let text = data.then(|| to_json(&value, order).ok().map(|json| json.to_string())).flatten();
        (name.to_owned(), text)
    };
    scope.iter().map(one).collect()
}
