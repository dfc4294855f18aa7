//! Writes the blocks of sessions with braces or with angle signs.

use super::super::SyntaxError;
use super::super::lexer::lex;
use super::super::rewrite::{SessionFact, rewrite};
use super::super::token::TokenKind;
use crate::text::Source;

/// How the blocks of sessions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// `session("a") < … >`
    Angle,
    /// `session("a") { … }`
    Brace,
}

/// The text with its sessions' blocks written as asked; those stay that would then mean something else (a `>` at the end
/// of a line inside a block, a brace in the head of an `if`), and those inside back-tick strings.
pub(super) fn convert(text: String, blocks: Blocks) -> Result<String, Vec<SyntaxError>> {
    let before = rewrite(&Source::new("", text.as_str()))?;
    let other: Vec<&SessionFact> = before
        .facts
        .sessions
        .iter()
        .filter(|session| session.angle != (blocks == Blocks::Angle) && !is_in_template(&text, session))
        .collect();
    let means_the_same = |text: &str| rewrite(&Source::new("", text)).is_ok_and(|after| after.text == before.text);
    let all = other.iter().fold(text.clone(), |text, session| written(&text, session, blocks));
    if means_the_same(&all) {
        return Ok(all);
    }
    Ok(other.iter().fold(text, |text, session| {
        let changed = written(&text, session, blocks);
        if means_the_same(&changed) { changed } else { text }
    }))
}

fn written(text: &str, session: &SessionFact, blocks: Blocks) -> String {
    let (open, close) = if blocks == Blocks::Angle { ("<", ">") } else { ("{", "}") };
    let mut text = text.to_owned();
    text.replace_range(session.block.start..=session.block.start, open);
    text.replace_range(session.block.end - 1..session.block.end, close);
    text
}

fn is_in_template(text: &str, session: &SessionFact) -> bool {
    let mut depth = 0_usize;
    for token in lex(text).iter().take_while(|token| token.span.start < session.span.start) {
        match token.kind {
            TokenKind::TemplateStart => depth += 1,
            TokenKind::TemplateEnd => depth -= 1,
            _ => {}
        }
    }
    depth > 0
}
