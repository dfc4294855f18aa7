//! Passwords of sessions that stand in a script's text: known before anything runs, so that whatever is kept of the run has
//! none of them, also where it ends before their session is opened.

use super::{StringLiteral, Token, lex};

/// The passwords after `auth:` and `proxy:`, each with which of both: those of maps, and those in addresses such as
/// `http://user:password@host`.
#[must_use]
pub fn passwords(text: &str) -> Vec<(&'static str, String)> {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|token| !token.is_comment()).collect();
    let word = |index: Option<usize>| index.and_then(|index| tokens.get(index)).map_or("", |token| token.text(text));
    let before = |index: usize, back: usize| word(index.checked_sub(back));
    let named = |index: usize| {
        let option = before(index, 2).trim_matches('"');
        ["auth", "proxy"].into_iter().find(|known| *known == option && before(index, 1) == ":")
    };
    // The option that each open brace is within.
    let (mut found, mut open) = (Vec::new(), vec![None]);
    for (index, token) in tokens.iter().enumerate() {
        match token.text(text) {
            "#{" => open.push(named(index).or(open.last().copied().flatten())),
            "{" => open.push(None),
            "}" => drop(open.pop()),
            _ => {}
        }
        let inside = open.last().copied().flatten();
        let Some(literal) = StringLiteral::decode(text, token) else { continue };
        let is_password = before(index, 1) == ":" && before(index, 2).trim_matches('"') == "password";
        if let Some(option) = inside.filter(|_| is_password) {
            found.push((option, literal.value));
        } else if let Some(option) = named(index).or(inside) {
            found.extend(in_address(&literal.value).map(|password| (option, password)));
        }
    }
    found.retain(|(_, password)| !password.is_empty());
    found
}

fn in_address(text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password.to_owned())
}
