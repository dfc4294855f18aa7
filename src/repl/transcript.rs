//! A dialogue as a script: what belongs to the top of a script first, the rest inside the dialogue's session.

use crate::syntax::{Token, TokenKind, lex};

/// A piece of a dialogue on its way into a script.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// Its text.
    pub text: &'a str,
    /// The session that it was said in.
    pub session: &'a str,
    /// Whether it took a step, so that the session matters.
    pub acts: bool,
}

/// A dialogue as a script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// What belongs to the top: imports, constants, schemas and functions.
    pub top: String,
    /// The rest.
    pub body: String,
}

impl Script {
    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        let between = if self.top.is_empty() || self.body.is_empty() { "" } else { "\n" };
        format!("{}{between}{}", self.top, self.body)
    }
}

/// Writes the pieces as one script that is to stand in the block of the session `around`, or in none. What was said in
/// another session stands in a block of it; blocks lie within one another, so that variables are seen in all that follows.
#[must_use]
pub fn script(pieces: &[Said<'_>], around: Option<&str>) -> Script {
    let mut top: Vec<Definition> = Vec::new();
    let mut body = String::new();
    let (mut current, mut depth) = (around, 0);
    for piece in pieces {
        let (definitions, rest) = split(piece.text);
        for definition in definitions {
            // Said again, it took the place of what was said before.
            top.retain(|known| (known.rank, &known.name) != (definition.rank, &definition.name));
            top.push(definition);
        }
        let Some(statement) = rest else { continue };
        if piece.acts && current != Some(piece.session) {
            let id = serde_json::json!(piece.session);
            body.push_str(&format!("{}session({id}) {{\n", "  ".repeat(depth)));
            current = Some(piece.session);
            depth += 1;
        }
        body.push_str(&format!("{}{statement}\n", "  ".repeat(depth)));
    }
    (0..depth).rev().for_each(|depth| body.push_str(&format!("{}}}\n", "  ".repeat(depth))));
    top.sort_by_key(|definition| definition.rank);
    Script { top: top.iter().map(|definition| format!("{}\n", definition.text)).collect(), body }
}

/// Puts a script into a text: its body as lines of their own before the byte `at`, what belongs to the top before the
/// byte `top`.
#[must_use]
pub fn merge(text: &str, script: &Script, (top, at): (usize, usize), indent: &str) -> String {
    let lines = |part: &str| -> String {
        let own = inside_strings(part);
        let line = |(number, line): (usize, &str)| match line.trim().is_empty() || own.contains(&number) {
            true => format!("{line}\n"),
            false => format!("{indent}{line}\n"),
        };
        part.lines().enumerate().map(line).collect()
    };
    let (before, after) = text.split_at(at);
    let mut out = before.to_owned();
    if !script.body.is_empty() {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&lines(&script.body));
    }
    out.push_str(if script.body.is_empty() { after } else { after.strip_prefix('\n').unwrap_or(after) });
    out.insert_str(top.min(at), &script.top);
    out
}

/// The lines, from 0, that begin inside a string: white space in front would change it.
fn inside_strings(text: &str) -> Vec<usize> {
    let mut lines = Vec::new();
    for token in lex(text).iter().filter(|token| !matches!(token.kind, TokenKind::Identifier | TokenKind::Symbol)) {
        let first = text[..token.span.start].matches('\n').count();
        let more = token.text(text).matches('\n').count();
        lines.extend(first + 1..=first + more);
    }
    lines
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
