//! Colours for a line of script, and the bracket that belongs to the one at the cursor.

use crate::script::builtins;
use crate::syntax::{FORM_WORDS, Token, TokenKind, is_keyword, lex};

const RESET: &str = "\u{1b}[0m";
const COMMENT: &str = "\u{1b}[2m";
const STRING: &str = "\u{1b}[32m";
const NUMBER: &str = "\u{1b}[33m";
const KEYWORD: &str = "\u{1b}[35m";
const BUILTIN: &str = "\u{1b}[34m";
const COMMAND: &str = "\u{1b}[36m";
const PARTNER: &str = "\u{1b}[1;4m";

/// The line in colours.
#[must_use]
pub fn highlight(line: &str, cursor: usize) -> String {
    if line.trim_start().starts_with(':') {
        let end = line.find(' ').unwrap_or(line.len());
        return format!("{COMMAND}{}{RESET}{}", &line[..end], &line[end..]);
    }
    let tokens = lex(line);
    let pair = partners(line, &tokens, cursor);
    let mut out = String::with_capacity(line.len() * 2);
    let mut at = 0;
    for (index, token) in tokens.iter().enumerate() {
        out.push_str(line.get(at..token.span.start).unwrap_or_default());
        let text = token.text(line);
        let next = tokens.get(index + 1).map_or("", |token| token.text(line));
        let color =
            if pair.is_some_and(|(a, b)| index == a || index == b) { PARTNER } else { color(token, text, next) };
        if color.is_empty() {
            out.push_str(text);
        } else {
            out.push_str(&format!("{color}{text}{RESET}"));
        }
        at = token.span.end.max(at);
    }
    out.push_str(line.get(at..).unwrap_or_default());
    out
}

fn color(token: &Token, text: &str, next: &str) -> &'static str {
    match token.kind {
        TokenKind::LineComment | TokenKind::BlockComment => COMMENT,
        TokenKind::String(_)
        | TokenKind::TemplateStart
        | TokenKind::TemplateMiddle
        | TokenKind::TemplateEnd
        | TokenKind::Character => STRING,
        TokenKind::Number => NUMBER,
        TokenKind::Identifier if is_keyword(text) || begins_form(text, next) => KEYWORD,
        TokenKind::Identifier if next == "(" && builtins::named(text).next().is_some() => BUILTIN,
        _ => "",
    }
}

/// Whether it is a word of a form that is ours, with what such a word stands before: a name, a string or arguments.
fn begins_form(word: &str, next: &str) -> bool {
    let goes_on = next.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '(' | '"' | '`' | '#'));
    FORM_WORDS.contains(&word) && goes_on
}

/// The bracket at the cursor, or the one just typed before it, and its partner.
#[must_use]
pub fn partners(line: &str, tokens: &[Token], cursor: usize) -> Option<(usize, usize)> {
    let is_bracket = |token: &Token| {
        matches!(token.kind, TokenKind::Symbol) && matches!(token.text(line), "(" | ")" | "[" | "]" | "{" | "}" | "#{")
    };
    let at = tokens
        .iter()
        .position(|token| is_bracket(token) && token.span.start == cursor)
        .or_else(|| tokens.iter().position(|token| is_bracket(token) && token.span.end == cursor))?;
    let opens = |token: &Token| matches!(token.text(line), "(" | "[" | "{" | "#{");
    let forward = opens(&tokens[at]);
    let mut depth = 0_i32;
    let places: Box<dyn Iterator<Item = usize>> =
        if forward { Box::new(at..tokens.len()) } else { Box::new((0..=at).rev()) };
    for place in places {
        let token = &tokens[place];
        if is_bracket(token) {
            depth += if opens(token) == forward { 1 } else { -1 };
            if depth == 0 {
                return fits(tokens[at].text(line), token.text(line)).then_some((at, place));
            }
        }
    }
    None
}

fn fits(one: &str, other: &str) -> bool {
    let kind = |bracket: &str| match bracket {
        "(" | ")" => 1,
        "[" | "]" => 2,
        _ => 3,
    };
    kind(one) == kind(other)
}
