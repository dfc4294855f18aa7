//! The parts of a script for an editor's outline: schemas with their fields, functions, sessions, tests, constants.

use super::analysis::Analysis;
use super::docs;
use crate::syntax::StringLiteral;
use crate::text::Span;

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartKind {
    /// A schema.
    Schema,
    /// One of its fields.
    Field,
    /// A function.
    Function,
    /// A session's block.
    Session,
    /// A test.
    Test,
    /// A constant.
    Constant,
}

/// A part with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: PartKind,
    /// All of it.
    pub whole: Span,
    /// Its name's place.
    pub span: Span,
    /// The parts inside, in the order of the text.
    pub parts: Vec<Part>,
}

/// The parts of a script, in its order; what stands inside another is among its parts.
#[must_use]
pub fn outline(script: &Analysis) -> Vec<Part> {
    let facts = &script.facts;
    let mut flat: Vec<Part> = facts
        .functions
        .iter()
        .map(|function| {
            let end = body_end(script, function.span.end);
            part(docs::signature(function), PartKind::Function, Span::new(function.span.start, end), function.span)
        })
        .collect();
    for schema in &facts.schemas {
        let mut found = part(schema.name.clone(), PartKind::Schema, schema.whole, schema.span);
        let fields = schema.fields.iter();
        found.parts = fields.map(|(name, span)| part(name.clone(), PartKind::Field, *span, *span)).collect();
        flat.push(found);
    }
    for session in &facts.sessions {
        let name = name_in(script, session.id);
        flat.push(part(name, PartKind::Session, session.span, session.id));
    }
    for call in facts.calls.iter().filter(|call| call.callee == "test") {
        if let Some(first) = call.arguments.first() {
            flat.push(part(name_in(script, first.value), PartKind::Test, call.span, first.value));
        }
    }
    flat.extend(facts.consts.iter().map(|(name, span)| part(name.clone(), PartKind::Constant, *span, *span)));
    nest(flat)
}

fn part(name: String, kind: PartKind, whole: Span, span: Span) -> Part {
    Part { name, kind, whole, span, parts: Vec::new() }
}

/// The text of a string, or the expression as written.
fn name_in(script: &Analysis, value: Span) -> String {
    let index = script.solid.partition_point(|token| token.span.start < value.start);
    let token = script.solid.get(index).filter(|token| token.span == value);
    let literal = token.and_then(|token| StringLiteral::decode(script.text(), token));
    let name = literal.map_or_else(|| script.source.slice(value).to_owned(), |literal| literal.value);
    // Editors refuse names that are empty.
    if name.trim().is_empty() { "…".to_owned() } else { name }
}

/// The end of the block that begins after `from`; `from` when it is not closed.
fn body_end(script: &Analysis, from: usize) -> usize {
    let mut depth = 0_usize;
    let first = script.solid.partition_point(|token| token.span.start < from);
    for index in first..script.solid.len() {
        match script.word(index) {
            "(" | "[" | "{" | "#{" | "${" => depth += 1,
            closer @ (")" | "]" | "}") => {
                depth = depth.saturating_sub(1);
                if depth == 0 && closer == "}" {
                    return script.solid[index].span.end;
                }
            }
            _ => {}
        }
    }
    from
}

/// Deeper than this parts stand side by side: nobody reads an outline so far down, and editors need not be able to.
const DEEPEST: usize = 32;

/// Puts each part into the innermost one around it.
fn nest(mut flat: Vec<Part>) -> Vec<Part> {
    flat.sort_by_key(|part| (part.whole.start, std::cmp::Reverse(part.whole.end)));
    let mut open: Vec<Part> = Vec::new();
    let mut top = Vec::new();
    for part in flat {
        while open.last().is_some_and(|around| around.whole.end <= part.whole.start) {
            leave(&mut open, &mut top);
        }
        if open.len() >= DEEPEST {
            leave(&mut open, &mut top);
        }
        open.push(part);
    }
    while !open.is_empty() {
        leave(&mut open, &mut top);
    }
    top
}

fn leave(open: &mut Vec<Part>, top: &mut Vec<Part>) {
    let Some(part) = open.pop() else { return };
    open.last_mut().map_or(&mut *top, |around| &mut around.parts).push(part);
}
