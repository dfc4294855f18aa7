//! A dialogue as a script: what belongs to the top of a script first, the rest inside the dialogue's session.

use crate::syntax::{Token, TokenKind, lex};

/// Writes the pieces as one script. With `session`, what was said in the dialogue's own session stands in a block of it.
#[must_use]
pub fn transcript(pieces: &[String], session: Option<&str>) -> String {
    let mut top: Vec<Definition> = Vec::new();
    let mut body: Vec<String> = Vec::new();
    for piece in pieces {
        let (definitions, rest) = split(piece);
        for definition in definitions {
            // Said again, it took the place of what was said before.
            top.retain(|known| (known.rank, &known.name) != (definition.rank, &definition.name));
            top.push(definition);
        }
        body.extend(rest);
    }
    top.sort_by_key(|definition| definition.rank);
    let mut script: String = top.iter().map(|definition| format!("{}\n", definition.text)).collect();
    if !script.is_empty() && !body.is_empty() {
        script.push('\n');
    }
    match session {
        Some(id) if !body.is_empty() => {
            script.push_str(&format!("session({}) {{\n", serde_json::json!(id)));
            body.iter().for_each(|statement| script.push_str(&format!("  {statement}\n")));
            script.push_str("}\n");
        }
        _ => body.iter().for_each(|statement| script.push_str(&format!("{statement}\n"))),
    }
    script
}

/// What stands at the top of a script: imports, constants, schemas and functions, in this order.
struct Definition {
    rank: u8,
    name: String,
    text: String,
}

/// A piece's definitions, and what is left of it, if anything.
fn split(piece: &str) -> (Vec<Definition>, Option<String>) {
    let tokens: Vec<Token> = lex(piece).into_iter().filter(|token| !token.is_comment()).collect();
    let (mut definitions, mut rest) = (Vec::new(), String::new());
    let (mut at, mut kept, mut start, mut depth) = (0, 0, true, 0_i32);
    while let Some(token) = tokens.get(at) {
        if start
            && depth == 0
            && let Some((definition, next)) = definition(piece, &tokens, at)
        {
            rest.push_str(&piece[kept..token.span.start]);
            definitions.push(definition);
            at = next;
            kept = tokens.get(next).map_or(piece.len(), |token| token.span.start);
            continue;
        }
        let text = token.text(piece);
        depth += nesting(token, text);
        start = text == ";" || text == "}";
        at += 1;
    }
    rest.push_str(piece.get(kept..).unwrap_or_default());
    (definitions, statement(&rest))
}

fn nesting(token: &Token, text: &str) -> i32 {
    match (token.kind, text) {
        (TokenKind::InterpolationOpen, _) | (TokenKind::Symbol, "(" | "[" | "{" | "#{") => 1,
        (TokenKind::InterpolationClose, _) | (TokenKind::Symbol, ")" | "]" | "}") => -1,
        _ => 0,
    }
}

/// The definition that begins at a token, and the token after it.
fn definition(piece: &str, tokens: &[Token], at: usize) -> Option<(Definition, usize)> {
    let word = |index: usize| tokens.get(index).map_or("", |token| token.text(piece));
    let keyword = if word(at) == "private" { at + 1 } else { at };
    let (rank, braces) = match word(keyword) {
        "import" => (0, false),
        "const" => (1, false),
        "schema" => (2, true),
        "fn" => (3, true),
        _ => return None,
    };
    let (mut depth, mut end) = (0, keyword);
    while let Some(token) = tokens.get(end) {
        depth += nesting(token, token.text(piece));
        let over = if braces { word(end) == "}" } else { word(end) == ";" };
        if depth == 0 && over {
            break;
        }
        end += 1;
    }
    let last = end.min(tokens.len().checked_sub(1)?);
    let inner = tokens.get(keyword + 1..=last)?;
    if rank < 2 && !inner.iter().all(|token| plain(piece, token, rank)) {
        return None;
    }
    let name = inner.iter().find(|token| rank == 0 || token.kind == TokenKind::Identifier)?.text(piece).to_owned();
    let mut text = piece.get(tokens[at].span.start..tokens[last].span.end)?.to_owned();
    if !braces && !text.ends_with(';') {
        text.push(';');
    }
    let next =
        if tokens.get(last + 1).is_some_and(|token| braces && token.text(piece) == ";") { last + 2 } else { last + 1 };
    Some((Definition { rank, name, text }, next))
}

/// Whether an import or a constant depends on nothing that was said before: it is made of literals alone.
fn plain(piece: &str, token: &Token, rank: u8) -> bool {
    match token.kind {
        TokenKind::Identifier => {
            let text = token.text(piece);
            rank == 0
                || text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
                || matches!(text, "true" | "false")
        }
        TokenKind::TemplateStart => false,
        _ => true,
    }
}

/// What is left as statements that end in `;`, so that the next ones may begin with anything.
fn statement(text: &str) -> Option<String> {
    let text = text.trim();
    let tokens = lex(text);
    let last = tokens.iter().rfind(|token| !token.is_comment())?;
    let (code, comment) = text.split_at(last.span.end);
    let end = if code.ends_with(';') { "" } else { ";" };
    Some(format!("{code}{end}{comment}"))
}
