//! Which variables a piece of a script changes, as far as its text tells.

use super::{Token, lex};

/// Methods that change what they are called on.
const CHANGING: &[&str] = &[
    "append",
    "chop",
    "clear",
    "crop",
    "dedup",
    "drain",
    "extract",
    "fill_with",
    "insert",
    "make_lower",
    "make_upper",
    "mixin",
    "order_by",
    "pad",
    "pop",
    "push",
    "remove",
    "replace",
    "retain",
    "reverse",
    "set",
    "shift",
    "sort",
    "sort_by",
    "sort_desc",
    "splice",
    "trim",
    "truncate",
];

/// Operators that give what is before them another value.
const GIVING: &[&str] = &["=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^="];

/// Whether the text changes the variable of that name, or what is in it.
#[must_use]
pub fn changes(text: &str, name: &str) -> bool {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|token| !token.is_comment()).collect();
    let words: Vec<&str> = tokens.iter().map(|token| token.text(text)).collect();
    let own = |at: &usize| words[*at] == name && (*at == 0 || ![".", "?.", "::"].contains(&words[*at - 1]));
    (0..words.len()).filter(own).any(|at| is_changed(&words[at + 1..]))
}

/// Whether what follows a variable changes it: `.a[0].push(…)`, `.b += 1`.
fn is_changed(mut rest: &[&str]) -> bool {
    loop {
        match rest {
            ["." | "?.", method, "(", ..] if CHANGING.contains(method) => return true,
            ["." | "?.", _, "(", ..] => return false,
            ["." | "?.", _, after @ ..] => rest = after,
            ["[" | "?[", ..] => match after_brackets(rest) {
                Some(after) => rest = after,
                None => return false,
            },
            [next, ..] => return GIVING.contains(next),
            [] => return false,
        }
    }
}

/// What follows the brackets with which the words begin.
fn after_brackets<'w, 't>(words: &'w [&'t str]) -> Option<&'w [&'t str]> {
    let mut open = 0_u32;
    for (at, word) in words.iter().enumerate() {
        match *word {
            "[" | "?[" | "#[" => open += 1,
            "]" => open -= 1,
            _ => {}
        }
        if open == 0 {
            return words.get(at + 1..);
        }
    }
    None
}
